"""When a company was first seen is of all time; how many people came on one day is of the period."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tracker.leads.visit_days import most_visitors_on_a_day


def test_people_are_counted_on_the_day_with_most_of_the_period(blog: Blog) -> None:
    for day, people in ((9, 5), (10, 2), (11, 3)):
        for person in range(people):
            blog.visit(f"2026-11-{day:02}T10:00:00+01:00", (0, "/a"), visitor=day * 10 + person, company="Armor")
    assert most_visitors_on_a_day(blog.store, scope("2026-11-10,2026-11-12"), "Armor") == 3
    assert most_visitors_on_a_day(blog.store, scope("2026-11-01,2026-11-02"), "Armor") == 0
