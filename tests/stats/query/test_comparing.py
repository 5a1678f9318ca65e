"""`include.comparisons` of a Stats API v2 query: by hand, and a sentence for what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stats.conftest import Blog
from tracker.db.models import Site
from tracker.stats.query.run import QueryError, run_query

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # a Tuesday, 14:00 in Paris
PREVIOUS = {"mode": "previous_period"}


@pytest.fixture
def two_tuesdays(blog: Blog) -> Blog:
    """Today: two visits via Google, one of them with two pages. A week before: one via Google, one direct, one after 14:00."""
    blog.visit("2026-11-24T10:15:00+01:00", (0, "/a"), (10, "/b"), source="Google")
    blog.visit("2026-11-24T11:00:00+01:00", (0, "/a"), source="Google")
    blog.visit("2026-11-17T10:20:00+01:00", (0, "/a"), source="Google")
    blog.visit("2026-11-17T13:59:00+01:00", (0, "/b"))
    blog.visit("2026-11-17T14:01:00+01:00", (0, "/c"), source="Google")
    return blog


def ask(blog: Blog, site: Site, comparison: Any = PREVIOUS, **query: Any) -> dict[str, Any]:
    asked = {"metrics": ["visits", "pageviews", "bounce_rate"], "date_range": "day"} | query
    return run_query(blog.store, site, asked | {"include": {"comparisons": comparison}}, now=NOW)


def test_totals_with_what_they_are_compared_with(two_tuesdays: Blog, site: Site) -> None:
    answer = ask(two_tuesdays, site)
    (row,) = answer["results"]
    assert row["metrics"] == [2, 3, 50]
    assert row["comparison"] == {"dimensions": [], "metrics": [2, 2, 100], "change": [0, 50, -50]}
    assert answer["query"]["comparison_date_range"] == ["2026-11-17T00:00:00+01:00", "2026-11-17T13:59:59+01:00"]


def test_each_row_is_compared_with_its_own(two_tuesdays: Blog, site: Site) -> None:
    rows = ask(two_tuesdays, site, dimensions=["visit:source"])["results"]
    assert [(row["dimensions"], row["metrics"][0], row["comparison"]["metrics"][0]) for row in rows] == [
        (["Google"], 2, 1)
    ]
    rows = ask(two_tuesdays, site, dimensions=["event:page"], metrics=["visits"])["results"]
    compared = {row["dimensions"][0]: (row["metrics"], row["comparison"]["metrics"]) for row in rows}
    assert compared == {"/a": ([2], [1]), "/b": ([1], [1])}


@pytest.mark.parametrize(
    ("dimension", "now", "before"),
    [
        ("time:hour", "2026-11-24 10:00:00", "2026-11-17 10:00:00"),
        ("time:minute", "2026-11-24 10:15:00", "2026-11-17 10:15:00"),
        ("time:day", "2026-11-24", "2026-11-17"),
    ],
)
def test_times_are_compared_with_the_same_times(
    two_tuesdays: Blog, site: Site, dimension: str, now: str, before: str
) -> None:
    rows = ask(two_tuesdays, site, dimensions=[dimension])["results"]
    assert rows[0]["dimensions"] == [now]
    assert rows[0]["comparison"]["dimensions"] == [before]


@pytest.mark.parametrize(
    ("comparison", "first"),
    [
        ({"mode": "year_over_year"}, "2025-11-25"),
        ({"mode": "year_over_year", "match_day_of_week": False}, "2025-11-24"),
        ({"mode": "previous_period", "match_day_of_week": False}, "2026-11-23"),
        ({"mode": "custom", "date_range": ["2026-06-01", "2026-06-02"]}, "2026-06-01"),
    ],
)
def test_every_mode(two_tuesdays: Blog, site: Site, comparison: dict[str, Any], first: str) -> None:
    assert ask(two_tuesdays, site, comparison)["query"]["comparison_date_range"][0].startswith(first)


@pytest.mark.parametrize(
    "comparison",
    [
        True,
        {},
        {"mode": "soon"},
        {"mode": "custom"},
        {"mode": "custom", "date_range": "7d"},
        {"mode": "custom", "date_range": ["2026-11-15", "2026-11-01"]},
        {"mode": "custom", "date_range": ["2026-11-01T10:00:00", "2026-11-01T11:00:00"]},
        {"mode": "previous_period", "date_range": ["2026-11-01", "2026-11-15"]},
        {"mode": "previous_period", "match_day_of_week": "yes"},
        {"mode": "previous_period", "until": "now"},
        {"mode": ["previous_period"]},
    ],
)
def test_what_is_wrong_is_said(two_tuesdays: Blog, site: Site, comparison: Any) -> None:
    with pytest.raises(QueryError, match=r"comparisons|date_range"):
        ask(two_tuesdays, site, comparison)


def test_minutes_are_of_one_day(blog: Blog, site: Site) -> None:
    with pytest.raises(QueryError, match="time:minute takes a `date_range` of one day"):
        run_query(blog.store, site, {"metrics": ["visits"], "date_range": "7d", "dimensions": ["time:minute"]}, now=NOW)
