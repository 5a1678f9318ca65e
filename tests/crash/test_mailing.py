"""The show of `tests.crash.mailing`, small: nobody gets two, and whoever is in doubt is named and sent by one click."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.mailing import run


@pytest.mark.long
def test_nobody_gets_two_whatever_is_killed_refused_put_off_or_cut(tmp_path: Path) -> None:
    counts = run(tmp_path, recipients=60, refused=2, greylisted=2, kills=2)
    print(counts)
    assert counts.is_good
    assert (counts.received, counts.refused, counts.greylisted) == (58, 2, 2)
