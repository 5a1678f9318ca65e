"""How deep a JSON text nests: counted as a decoder would, whatever stands in its strings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.hit.nesting import MAX_NESTING, nests_too_deep

_values = st.recursive(
    st.none() | st.integers() | st.text(alphabet='"\\[]{}a', max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('"\\[{', max_size=3), inner, max_size=3),
    max_leaves=30,
)


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(_values, st.integers(1, 6))
def test_tells_what_a_decoder_would_find(value: Any, most: int) -> None:
    assert nests_too_deep(json.dumps(value).encode(), most) == (depth_of(value) > most)


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        pytest.param(b"[" * MAX_NESTING + b"]" * MAX_NESTING, False, id="as-deep-as-it-may-be"),
        pytest.param(b"[" * (MAX_NESTING + 1) + b"]" * (MAX_NESTING + 1), True, id="one-deeper"),
        pytest.param(b'{"a":' * 40 + b"1" + b"}" * 40, True, id="objects"),
        pytest.param(b"[" * 7000, True, id="never-closed"),
        pytest.param(b"[]" * 7000, False, id="side-by-side"),
        pytest.param(b"[" + b"[]," * 7000 + b"[]]", False, id="many-in-one"),
        pytest.param(b'["]",' * 40 + b"1" + b"]" * 40, True, id="closed-in-strings-only"),
        pytest.param(b'"' + b"[" * 7000 + b'"', False, id="in-a-string"),
        pytest.param(b'["\\\\",' * 40 + b"]" * 40, True, id="a-string-that-ends-in-a-backslash"),
        pytest.param(b'["\\\\\\"]",' * 40 + b"]" * 40, True, id="an-escaped-quote-behind-a-backslash"),
    ],
)
def test_counts_what_is_open_at_once(text: bytes, deep: bool) -> None:
    assert nests_too_deep(text) is deep
