"""What a company read and from where it came, by the intervals of a period."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stats.conftest import Blog, period, scope
from tracker.leads.one_company.courses import intervals, pages_over_time, sources_over_time

ACME = {"company": "Acme", "company_method": "as_organisation", "company_confidence": 0.75}


def test_pages_and_sources_are_counted_by_interval_the_most_frequent_first(blog: Blog) -> None:
    blog.visit("2026-11-09T23:30:00+01:00", (0, "/a"), (1900, "/a"), source="LinkedIn", **ACME)  # its end is on Tuesday
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/b"), (20, "/b", 60_000), source="LinkedIn", **ACME)
    blog.visit("2026-11-11T12:00:00+01:00", (0, "/a"), **ACME)
    blog.visit("2026-11-11T12:00:00+01:00", (0, "/c"), company="Bolt")
    asked = scope("2026-11-09,2026-11-12")
    first, second = pages_over_time(blog.store, asked, "Acme")
    assert (first.value, first.title, first.amount, first.by_interval) == ("/a", "Titre de /a", 3, [1, 1, 1, 0])
    assert (first.first, first.last) == (date(2026, 11, 9), date(2026, 11, 11))
    assert (second.value, second.by_interval) == ("/b", [0, 0, 1, 0])
    linkedin, direct = sources_over_time(blog.store, asked, "Acme")
    assert (linkedin.value, linkedin.by_interval) == ("LinkedIn", [1, 1, 1, 0])
    assert (direct.value, direct.amount) == (None, 1)
    assert len(pages_over_time(blog.store, asked, "Acme", most=1)) == 1


@pytest.mark.parametrize(
    ("text", "first", "number"),
    [
        ("2026-11-16", date(2026, 11, 16), 1),
        ("2026-W46", date(2026, 11, 9), 7),
        ("2026-09-01,2026-11-24", date(2026, 8, 31), 13),
        ("2026-01-15,2026-11-24", date(2026, 1, 1), 11),
    ],
)
def test_intervals_cover_the_period(text: str, first: date, number: int) -> None:
    found = intervals(period(text))
    assert (found[0], len(found)) == (first, number)
