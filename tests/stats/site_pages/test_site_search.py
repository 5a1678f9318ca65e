"""What visitors searched for on the site, of the paths and properties that events have."""

from __future__ import annotations

from tests.stats.conftest import Blog, scope
from tracker.stats.breakdowns import breakdown
from tracker.stats.details import Asked, details
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.address_bar import read_filter
from tracker.stats.site_pages.site_search import as_typed

WEEK = "2026-W47"


def test_searches_are_read_from_paths_and_properties(blog: Blog) -> None:
    blog.visit("2026-11-16T10:00:00+01:00", (0, "/"), (10, "/?s=prix+et+délais"), (20, "/contact"), visitor=1)
    blog.visit("2026-11-16T11:00:00+01:00", (0, "/?p=3&s=prix+et+délais"), visitor=2)
    blog.visit("2026-11-16T12:00:00+01:00", (0, "/blog?q=seo"), (5, "/blog?cats=a"), visitor=3)
    blog.visit("2026-11-16T13:00:00+01:00", (0, "/", "WP Search"), visitor=4, props='{"search_query":"logo"}')
    frame = breakdown(blog.store, scope(WEEK), Dimension.SITE_SEARCH)
    found = {value: number for value, number in zip(frame["value"], frame["visitors"], strict=True) if value}
    assert found == {"prix+et+délais": 2, "logo": 1, "seo": 1}
    listed = details(blog.store, scope(WEEK), Dimension.SITE_SEARCH, Asked(("visitors", "visits"), search="PRIX"))
    assert listed.rows[["value", "visits"]].to_numpy().tolist() == [["prix+et+délais", 2]]
    narrowed = scope(WEEK, read_filter("site_search:is:seo"))
    assert breakdown(blog.store, narrowed, Dimension.PAGE)["value"].tolist() == ["/blog?cats=a", "/blog?q=seo"]


def test_a_search_reads_as_it_was_typed() -> None:
    assert as_typed("prix+et+d%26lais") == "prix et d&lais"
