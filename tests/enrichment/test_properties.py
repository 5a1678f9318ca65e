"""What is stored of the properties that a client gave: always a JSON object that every reader reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tracker.enrichment.properties import as_text, read_properties


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({"plan": "pro", "n": 1, "x": 1.5, "yes": True}, {"plan": "pro", "n": 1, "x": 1.5, "yes": True}, id="scalars"),
        pytest.param({"a": [1], "b": {"c": 1}, "d": None}, {}, id="nested"),
        pytest.param('{"plan":"pro"}', {"plan": "pro"}, id="as-text"),
        pytest.param('{"a":NaN}', {}, id="no-number-as-text"),
        pytest.param({"a": float("inf"), "b": 1}, {"b": 1}, id="infinity"),
        pytest.param('{"a":"\\ud800"}', {}, id="half-an-emoji-as-text"),
        pytest.param("\ud800", {}, id="half-an-emoji"),
        pytest.param("[" * 990 + "]" * 990, {}, id="brackets-as-text"),
        pytest.param('{"a":' * 7000 + "1" + "}" * 7000, {}, id="nested-too-deep-as-text"),
        pytest.param('{"a":%s}' % ("9" * 5000), {}, id="five-thousand-digits-as-text"),
        pytest.param("plan", {}, id="a-word"),
        pytest.param(["a"], {}, id="a-list"),
    ],
)  # fmt: skip
def test_only_what_can_be_stored_is_kept(given: Any, kept: dict[str, Any]) -> None:
    found = read_properties(given)
    assert found == kept
    assert json.loads(as_text(found) or "{}") == kept
