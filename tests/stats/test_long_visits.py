"""Visits of days are followed as far as they go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.stats.conftest import Blog, scope
from tracker.stats import traffic
from tracker.stats.long_visits import followed

MONDAY, BOTH = "2026-11-16", "2026-11-16,2026-11-17"


def test_a_page_that_stays_open_for_days_makes_a_visit_of_its_first_day(blog: Blog) -> None:
    steps: list[Any] = [(0, "/a"), *((hours * 3600, "/a", 1000) for hours in (10, 20, 30, 40, 50)), (180_600, "/z")]
    blog.visit("2026-11-16T12:00:00+01:00", *steps, visitor=9, consented=True)
    for span in (MONDAY, BOTH, "2026-11-16,2026-11-19"):
        total = traffic.totals(blog.store, scope(span)).iloc[0]
        assert (total["visits"], total["bounce_rate"], total["visit_duration_seconds"]) == (1, 0.0, 180_600.0)
    assert followed(blog.store, scope(MONDAY)).reach.after == timedelta(seconds=180_600 - 12 * 3600 + 1)


def test_usual_visits_leave_the_reach_as_it_is(blog: Blog) -> None:
    blog.visit("2026-11-16T23:50:00+01:00", (0, "/a"), (900, "/b"))
    assert followed(blog.store, scope(MONDAY)) == scope(MONDAY)
