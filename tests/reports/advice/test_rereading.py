"""Old articles that are read again, day after day; neither new articles nor a burst of two days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.reports.advice.made_visits import ManyVisits
from tests.stats.conftest import PARIS, SITE, store  # noqa: F401 - fixtures
from tracker.reports.advice.rereading import rank_z, reread
from tracker.reports.advice.window import window
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

END = date(2026, 11, 16)


def read(made: ManyVisits, path: str, day: date, times: int) -> None:
    for number in range(times):
        made.visit(f"{day}T{8 + number % 12:02}:00:00+01:00", (0, path))


@pytest.mark.parametrize("is_sealed", [False, True], ids=["of events", "of figures of days and months"])
def test_an_old_article_that_is_read_more_each_day_is_found(store: EventStore, *, is_sealed: bool) -> None:  # noqa: F811
    made = ManyVisits(store)
    for path in ("/old", "/burst"):
        read(made, path, date(2026, 3, 2), 1)
    for ago in range(1, 92):
        day = END - timedelta(days=ago)
        read(made, "/steady", day, 5)
        for path in ("/old", "/new"):
            read(made, path, day, 3 if ago <= 28 else ago % 3 == 0)
    read(made, "/burst", END - timedelta(days=10), 60)
    read(made, "/burst", END - timedelta(days=9), 40)
    made.store_all()
    if is_sealed:
        Keeper(store).seal_all(SITE, PARIS, today=END, on_progress=lambda _done, _left: None)
    (found,) = reread(store, Scope(SITE, window(END, PARIS)))
    before, of_before = 21, 63 * 5 + 2 * 21
    of_recent = 28 * 5 + 2 * 84 + 100
    assert (found.path, found.visits) == ("/old", 84)
    assert found.expected == pytest.approx(before / of_before * of_recent)


def test_days_are_ranked_as_mann_and_whitney_do() -> None:
    # All of 5 above all of 4: U is 20 of 20, its mean 10, its variance 4 · 5 · 10 / 12.
    assert rank_z([10, 11, 12, 13, 14], [1, 2, 3, 4]) == pytest.approx(10 / (200 / 12) ** 0.5)
    assert rank_z([1, 1, 1], [1, 1]) == 0
    quiet = np.zeros(63).tolist()
    assert rank_z([500.0, *[0.0] * 27], quiet) < 2
