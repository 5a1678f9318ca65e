"""What commands say in common."""

from __future__ import annotations

import pytest

from tracker.cli.options import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 companies"), (1, "1 company"), (2, "2 companies"), (1200, "1,200 companies")]
)
def test_a_number_agrees_with_its_noun(number: int, said: str) -> None:
    assert counted(number, "company", "companies") == said
    assert counted(1, "line") == "1 line"
    assert counted(3, "line") == "3 lines"
