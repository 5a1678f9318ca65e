"""Breakdowns and filters by hand: who is in a row, and that nobody is in it twice."""

from __future__ import annotations

import pytest

from tests.stats.conftest import Blog, scope
from tracker.stats import traffic
from tracker.stats.breakdowns import breakdown, leading
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Filter
from tracker.stats.filters.address_bar import clicked

WEEK = "2026-W47"


@pytest.fixture
def week(blog: Blog) -> Blog:
    """A: Google, two pages, leaves on /b after a report of time on /a. B: direct, /a. C: Google, /b, twice the visitor."""
    google = {"source": "Google", "channel": "Organic Search", "country": "FR", "device": "desktop"}
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (50, "/b"), (55, "/a", 40_000), visitor=1, **google)
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/a"), visitor=2, country="BE", device="mobile")
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/b"), visitor=3, **google)
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/b"), (60, "/c"), visitor=3, **google)
    return blog


def rows(blog: Blog, dimension: Dimension, *filters: Filter, **options: object) -> list[tuple[object, ...]]:
    frame = breakdown(blog.store, scope(WEEK, *filters), dimension, **options)  # type: ignore[arg-type]
    return list(frame[["value", "visitors", "visits", "pageviews"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        pytest.param(Dimension.PAGE, [("/a", 2, 2, 2), ("/b", 2, 3, 3), ("/c", 1, 1, 1)], id="pages"),
        pytest.param(Dimension.ENTRY_PAGE, [("/a", 2, 2, 3), ("/b", 1, 2, 3)], id="entry-pages"),
        pytest.param(Dimension.EXIT_PAGE, [("/b", 2, 2, 3), ("/a", 1, 1, 1), ("/c", 1, 1, 2)], id="exit-pages"),
        pytest.param(Dimension.SOURCE, [("Google", 2, 3, 5), (None, 1, 1, 1)], id="sources-with-none"),
        pytest.param(Dimension.COUNTRY, [("FR", 2, 3, 5), ("BE", 1, 1, 1)], id="countries"),
        pytest.param(Dimension.EVENT, [("pageview", 3, 4, 6), ("engagement", 1, 1, 0)], id="events"),
    ],
)
def test_breakdowns_by_hand(week: Blog, dimension: Dimension, expected: list[tuple[object, ...]]) -> None:
    assert rows(week, dimension) == expected


def test_an_exit_page_is_where_the_last_page_view_was_and_none_without_one(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), (10, "/b"), (90, "/a", 5000))
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/x", "Signup"))
    assert rows(blog, Dimension.EXIT_PAGE) == [("/b", 1, 1, 2), (None, 1, 1, 0)]


def test_pages_have_their_newest_title_and_their_share(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/a"), title="Ancien titre")
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/a"), title="Nouveau titre")
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/b"), title=None)
    frame = breakdown(blog.store, scope(WEEK), Dimension.PAGE)
    assert frame["title"].tolist() == ["Nouveau titre", None]
    assert frame["share"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_an_empty_breakdown_has_its_columns(blog: Blog) -> None:
    frame = breakdown(blog.store, scope(WEEK), Dimension.PAGE)
    assert frame.empty
    assert set(frame.columns) == {"value", "visitors", "visits", "pageviews", "share", "title"}


def test_pages_of_a_breakdown_follow_each_other(week: Blog) -> None:
    whole = rows(week, Dimension.PAGE, order_by="pageviews")
    assert whole == [("/b", 2, 3, 3), ("/a", 2, 2, 2), ("/c", 1, 1, 1)]
    parts = [rows(week, Dimension.PAGE, order_by="pageviews", limit=1, offset=offset) for offset in range(4)]
    assert [row for part in parts for row in part] == whole


@pytest.mark.parametrize(
    ("one", "visits"),
    [
        pytest.param(clicked(Dimension.SOURCE, "is", ("Google",)), 3, id="is"),
        pytest.param(clicked(Dimension.SOURCE, "is", ("Google", "")), 4, id="is-one-of-with-none"),
        pytest.param(clicked(Dimension.SOURCE, "is", ("",)), 1, id="is-none"),
        pytest.param(clicked(Dimension.SOURCE, "is_not", ("Google",)), 1, id="is-not-keeps-none"),
        pytest.param(clicked(Dimension.SOURCE, "is_not", ("",)), 3, id="is-not-none"),
        pytest.param(clicked(Dimension.SOURCE, "is_not", ("Google", "")), 0, id="is-not-any"),
        pytest.param(clicked(Dimension.SOURCE, "contains", ("oOG",)), 3, id="contains-any-case"),
        pytest.param(clicked(Dimension.SOURCE, "contains", ("%",)), 0, id="percent-is-a-percent"),
        pytest.param(clicked(Dimension.SOURCE, "contains", ("_",)), 0, id="underscore-is-an-underscore"),
        pytest.param(clicked(Dimension.SOURCE, "contains_not", ("oog",)), 1, id="contains-not-keeps-none"),
        pytest.param(clicked(Dimension.SOURCE, "is", ()), 0, id="is-nothing"),
        pytest.param(clicked(Dimension.SOURCE, "is_not", ()), 4, id="is-not-nothing"),
        pytest.param(clicked(Dimension.PAGE, "is", ("/b",)), 3, id="page-keeps-whole-visits"),
        pytest.param(clicked(Dimension.PAGE, "is_not", ("/b",)), 1, id="page-not-drops-whole-visits"),
        pytest.param(clicked(Dimension.PAGE, "contains", ("/C",)), 1, id="page-contains"),
        pytest.param(clicked(Dimension.PAGE, "contains_not", ("c",)), 3, id="page-contains-not"),
        pytest.param(clicked(Dimension.ENTRY_PAGE, "is", ("/a",)), 2, id="entry-page"),
        pytest.param(clicked(Dimension.EXIT_PAGE, "is", ("/b",)), 2, id="exit-page"),
        pytest.param(clicked(Dimension.EXIT_PAGE, "is_not", ("/b",)), 2, id="exit-page-not"),
        pytest.param(clicked(Dimension.EXIT_PAGE, "contains", ("c",)), 1, id="exit-page-contains"),
    ],
)
def test_filters_keep_visits(week: Blog, one: Filter, visits: int) -> None:
    total = traffic.totals(week.store, scope(WEEK, one)).iloc[0]
    assert total["visits"] == visits
    assert traffic.course(week.store, scope(WEEK, one), "day")[1]["visits"].sum() == visits


def test_like_signs_are_found_as_they_stand(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/50%_off"))
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/5000"))
    assert rows(blog, Dimension.PAGE, clicked(Dimension.PAGE, "contains", ("0%_O",))) == [("/50%_off", 1, 1, 1)]


def test_filters_add_up_and_count_nobody_twice(week: Blog) -> None:
    filters = (clicked(Dimension.PAGE, "is", ("/a", "/b")), clicked(Dimension.SOURCE, "is", ("Google",)))
    total = traffic.totals(week.store, scope(WEEK, *filters)).iloc[0]
    assert total[["visitors", "visits", "pageviews"]].tolist() == [2, 3, 5]


def test_all_panels_at_once_say_what_each_says_alone(week: Blog) -> None:
    dimensions = [Dimension.PAGE, Dimension.SOURCE, Dimension.COUNTRY, Dimension.DEVICE, Dimension.EXIT_PAGE]
    frames = leading(week.store, scope(WEEK), dimensions, limit=2, everybody=3)
    for dimension in dimensions:
        alone = breakdown(week.store, scope(WEEK), dimension, limit=2)
        columns = ["value", "visitors", "share"]
        assert frames[dimension][columns].to_numpy().tolist() == alone[columns].to_numpy().tolist()
    assert frames[Dimension.PAGE]["title"].tolist() == ["Titre de /a", "Titre de /b"]


def test_somebody_whose_visit_began_the_day_before_is_in_the_panels(blog: Blog) -> None:
    blog.visit("2026-11-15T23:50:00+01:00", (0, "/a"), (900, "/b"), country="FR")
    frames = leading(blog.store, scope(WEEK), [Dimension.COUNTRY], limit=5, everybody=1)
    assert frames[Dimension.COUNTRY][["value", "visitors"]].to_numpy().tolist() == [["FR", 1]]
