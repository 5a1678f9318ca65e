"""Figures belong to days: what a visit has as a whole counts where it began, whatever range is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.stats.conftest import Blog, scope
from tracker.db.models import Site
from tracker.stats import traffic
from tracker.stats.aggregation import Aggregation, Group
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.query.run import run_query

MONDAY, TUESDAY, BOTH = "2026-11-16", "2026-11-17", "2026-11-16,2026-11-17"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
SUMS = ("visitors", "bounce_rate", "visit_duration_seconds", "pageviews")


def by(blog: Blog, span: str, dimension: Dimension) -> dict[Any, tuple[Any, ...]]:
    statement = Aggregation(scope(span), SUMS, [Group(dimension)]).statement()
    return {row[0]: tuple(row[1:]) for row in blog.store.rows(statement)}


def depth(blog: Blog, site: Site, span: str) -> float | None:
    query = {"metrics": ["scroll_depth"], "date_range": [*span.split(","), span][:2]}
    found: float | None = run_query(blog.store, site, query, now=NOW)["results"][0]["metrics"][0]
    return found


@pytest.fixture
def night(blog: Blog) -> Blog:
    """/a at 23:50, /b at 00:05; the time on /a is told at 00:04, with a depth of 80, that of /b at 00:09 with 40."""
    blog.visit("2026-11-16T23:50:00+01:00", (0, "/a"), (840, "/a", 9000, 80), (900, "/b"), (1140, "/b", 9000, 40))
    return blog


def test_an_exit_page_is_the_visits_on_each_of_its_days(night: Blog) -> None:
    assert by(night, MONDAY, Dimension.EXIT_PAGE) == {"/b": (1, 0.0, 1140.0, 1)}
    assert by(night, TUESDAY, Dimension.EXIT_PAGE) == {"/b": (1, None, None, 1)}
    assert by(night, BOTH, Dimension.EXIT_PAGE) == {"/b": (1, 0.0, 1140.0, 2)}


def test_a_filter_by_exit_page_asks_for_the_visits_end_wherever_it_lies(night: Blog) -> None:
    of_b = Comparison(Dimension.EXIT_PAGE, "is", ("/b",))
    assert traffic.totals(night.store, scope(MONDAY, of_b)).iloc[0]["visits"] == 1


def test_scroll_depth_counts_where_the_page_was_first_viewed(night: Blog, site: Site) -> None:
    assert [depth(night, site, span) for span in (MONDAY, TUESDAY, BOTH)] == [80, 40, 60]


def test_of_two_views_at_one_moment_the_path_decides_where_a_visit_ended(blog: Blog) -> None:
    for paths in (("/a", "/b"), ("/b", "/a")):
        blog.visit("2026-11-16T10:00:00+01:00", (0, paths[0]), (0, paths[1]))
    assert set(by(blog, MONDAY, Dimension.EXIT_PAGE)) == {"/b"}


def test_a_company_named_after_midnight_is_the_visits_where_it_began(blog: Blog) -> None:
    number = blog.visit("2026-11-16T23:50:00+01:00", (0, "/a"), company="Alpha")
    late = {"visit_id": number, "visitor_id": number, "company": "Beta", "visits": 0, "bounces": -1}
    blog.visit("2026-11-17T00:10:00+01:00", (0, "/b"), **late | {"visit_seconds": 1200, "visit_age_seconds": 1200})
    assert by(blog, MONDAY, Dimension.COMPANY) == {"Alpha": (1, None, None, 1)}
    assert by(blog, BOTH, Dimension.COMPANY) == {"Alpha": (1, None, None, 1), "Beta": (1, 0.0, 1200.0, 1)}


def test_what_was_done_after_midnight_is_done_by_the_visit_where_it_began(blog: Blog) -> None:
    blog.visit("2026-11-16T23:50:00+01:00", (0, "/a"), (840, "/a", "Signup"))
    assert by(blog, BOTH, Dimension.EVENT)["Signup"] == (1, 0.0, 840.0, 0)
    assert by(blog, TUESDAY, Dimension.EVENT)["Signup"] == (1, None, None, 0)
