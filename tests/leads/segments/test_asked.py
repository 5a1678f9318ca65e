"""Filters of where companies stand and how well they fit, as all who list companies ask them."""

from __future__ import annotations

import pytest

from tests.leads.kept_site import NOW
from tests.stats.conftest import Blog, scope
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.fit.rules import agree_on_fit, make_rule
from tracker.leads.report import leads
from tracker.leads.segments.asked import KnownCompanies
from tracker.leads.segments.work_columns import fit_first
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Or
from tracker.stats.filters.address_bar import read_filter

WEEK = scope("2026-11-09,2026-11-15")


@pytest.fixture
def known(blog: Blog, database: AppDatabase, site: Site) -> KnownCompanies:
    """A is new in the week, B is back after eight weeks, C comes every few days and D was last there before the week."""
    company = {"company_method": "as_organisation", "company_confidence": 0.9, "network_kind": "business"}
    blog.visit("2026-11-10T09:00+01:00", (0, "/"), company="A", country="FR", **company)
    blog.visit("2026-09-10T09:00+02:00", (0, "/"), company="B", country="BE", **company)
    blog.visit("2026-11-10T09:00+01:00", (0, "/"), (60, "/b"), company="B", country="BE", **company)
    for day in (20, 24, 28):
        blog.visit(f"2026-10-{day}T09:00+01:00", (0, "/"), company="C", country="FR", **company)
    blog.visit("2026-11-11T09:00+01:00", (0, "/"), company="C", country="FR", **company)
    blog.visit("2026-10-11T09:00+02:00", (0, "/"), company="D", country="FR", **company)
    return KnownCompanies(database, blog.store, site, NOW)


def kept(known: KnownCompanies, text: str) -> set[str]:
    """The names that a filter keeps of the four, in the week."""
    (one,) = known.of_events((read_filter(text),), WEEK.period)
    if one == Or(()):
        return set()
    assert isinstance(one, Comparison)
    assert one.dimension is Dimension.COMPANY
    return set(one.values) if one.operator == "is" else set("ABCD") - set(one.values)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("standing:is:new", "A"),
        ("standing:is:back", "B"),
        ("standing:is:new|back", "AB"),
        ("standing:is_not:new", "BCD"),
        ("standing:is:rising", ""),
        ("standing:is:", "CD"),
    ],
)
def test_a_standing_keeps_the_companies_that_stand_so_in_the_period(
    known: KnownCompanies, text: str, names: str
) -> None:
    assert kept(known, text) == set(names)


def test_a_fit_keeps_companies_by_its_band_and_is_none_without_rules(
    known: KnownCompanies, database: AppDatabase, site: Site, blog: Blog
) -> None:
    assert kept(known, "fit:is:high") == set()
    agree_on_fit(database, site.id, [make_rule(1, read_filter("country:is:FR"))])
    again = KnownCompanies(database, blog.store, site, NOW)
    assert kept(again, "fit:is:high") == set("ACD")
    assert kept(again, "fit:is_not:high") == {"B"}


def test_fit_first_sorts_by_fit_then_by_score(
    known: KnownCompanies, database: AppDatabase, site: Site, blog: Blog
) -> None:
    agree_on_fit(database, site.id, [make_rule(1, read_filter("country:is:BE"))])
    again = KnownCompanies(database, blog.store, site, NOW)
    found = again.described(leads(blog.store, WEEK, now=NOW))
    by_score = found["company"].tolist()
    first = fit_first(found)
    assert first["company"].tolist() == ["B", *(name for name in by_score if name != "B")]
    assert first["fit"].tolist() == [100, 0, 0]
