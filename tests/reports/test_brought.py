"""What brought companies, counted by hand."""

from __future__ import annotations

from datetime import date

from tests.stats.conftest import PARIS, SITE, Blog, blog, store  # noqa: F401 - fixtures
from tracker.reports.brought import brought
from tracker.stats.periods import Period
from tracker.stats.scope import Scope

WEEK = Scope(SITE, Period(date(2026, 11, 9), date(2026, 11, 16), PARIS, "2026-W46"))
SURE = {"company_confidence": 1.0}


def test_companies_are_counted_once_a_source_and_article(blog: Blog) -> None:  # noqa: F811
    blog.visit("2026-11-10T10:00:00+01:00", (0, "/a"), (60, "/b"), company="Acme", source="LinkedIn", **SURE)
    blog.visit("2026-11-11T10:00:00+01:00", (0, "/a"), company="Acme", source="LinkedIn", **SURE)
    blog.visit("2026-11-11T11:00:00+01:00", (0, "/c"), company="Acme", source=None, **SURE)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/a"), company="Borée", source="LinkedIn", **SURE)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/c"), company="Borée", source="Google", **SURE)
    # Out of the week, hidden from the report, not certain, and nobody's company: none of them counts.
    blog.visit("2026-11-17T10:00:00+01:00", (0, "/c"), company="Borée", source="Bing", **SURE)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/d"), company="Masquée", source="Bing", **SURE)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/d"), company="Acme", source="Bing", company_confidence=0.4)
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/d"), source="Bing")

    found = brought(blog.store, WEEK, {"Acme", "Borée"})
    assert found.sources.to_dict("records") == [
        {"value": "LinkedIn", "companies": 2, "visits": 3},
        {"value": "Google", "companies": 1, "visits": 1},
        {"value": None, "companies": 1, "visits": 1},
    ]
    assert found.pages.to_dict("records") == [
        {"value": "/a", "companies": 2, "visits": 3, "title": "Titre de /a"},
        {"value": "/c", "companies": 2, "visits": 2, "title": "Titre de /c"},
    ]
    assert found.pairs.to_dict("records") == [
        {"source": "LinkedIn", "page": "/a", "companies": 2, "title": "Titre de /a"},
        {"source": "Google", "page": "/c", "companies": 1, "title": "Titre de /c"},
    ]


def test_without_companies_nothing_is_brought(blog: Blog) -> None:  # noqa: F811
    blog.visit("2026-11-12T10:00:00+01:00", (0, "/d"), source="Bing")
    found = brought(blog.store, WEEK, set())
    assert found.sources.empty
    assert found.pages.empty
    assert found.pairs.empty
