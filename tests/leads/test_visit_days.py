"""When a company was first seen is of all time; how many people came on one day is of the period."""

from __future__ import annotations

from tests.leads.test_certainty import BY_NAME, BY_NETWORK
from tests.stats.conftest import SITE, Blog, scope
from tracker.leads.visit_days import first_seen, most_visitors_on_a_day


def test_first_seen_is_of_all_time_and_of_visits_that_are_certainly_its_own(blog: Blog) -> None:
    blog.visit("2026-01-05T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NAME)
    blog.visit("2026-03-05T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), company="Armor", **BY_NETWORK)
    assert first_seen(blog.store, SITE, "Armor").isoformat()[:10] == "2026-01-05"  # type: ignore[union-attr]
    assert first_seen(blog.store, SITE, "Armor", only_sure=True).isoformat()[:10] == "2026-03-05"  # type: ignore[union-attr]
    assert first_seen(blog.store, SITE, "Nobody") is None


def test_people_are_counted_on_the_day_with_most_of_the_period(blog: Blog) -> None:
    for day, people in ((9, 5), (10, 2), (11, 3)):
        for person in range(people):
            blog.visit(f"2026-11-{day:02}T10:00:00+01:00", (0, "/a"), visitor=day * 10 + person, company="Armor")
    assert most_visitors_on_a_day(blog.store, scope("2026-11-10,2026-11-12"), "Armor") == 3
    assert most_visitors_on_a_day(blog.store, scope("2026-11-01,2026-11-02"), "Armor") == 0
