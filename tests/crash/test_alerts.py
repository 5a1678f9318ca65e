"""The show of `tests.crash.alerts`, small: each alert is raised once, and delivered at least once under one id."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.alerts import run


@pytest.mark.long
def test_each_alert_is_raised_once_and_delivered_whatever_is_killed(tmp_path: Path) -> None:
    counts = run(tmp_path, companies=4, kills=1)
    print(counts)
    assert counts.is_good
