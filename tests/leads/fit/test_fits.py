"""The fit of companies, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from tests.stats.conftest import SITE, Blog
from tracker.leads.fit.fits import Fit, Fits, fits
from tracker.leads.fit.rules import make_rule
from tracker.leads.workflow.resolving import CompanyValues
from tracker.leads.workflow.site_work import Facts, SiteWork
from tracker.leads.workflow.states import State
from tracker.leads.workflow.vocabulary import Kind
from tracker.stats.filters.address_bar import read_filter

TODAY = date(2026, 11, 16)
WORK = SiteWork(
    {
        "Belge": Facts(lists=("Targets",)),
        "Both": Facts(lists=("Targets",)),
        "Rival": Facts(State(kind=Kind.COMPETITOR), Kind.COMPETITOR, lists=("Targets",)),
    }
)
# Much (2): France. Decisive (3): in the list of targets. Competitors are ruled out.
EXAMPLE = (
    make_rule(2, read_filter("country:is:FR")),
    make_rule(3, read_filter("list:is:Targets")),
    make_rule(0, read_filter("relationship:is:competitor")),
)


@pytest.fixture
def companies(blog: Blog) -> Blog:
    for name, country in (("French", "FR"), ("Both", "FR"), ("Belge", "BE"), ("Rival", "FR"), ("Other", "DE")):
        blog.visit("2026-11-03T09:00+01:00", (0, "/"), company=name, country=country, network_kind="business")
    return blog


def test_the_example(companies: Blog) -> None:
    found = fits(companies.store, SITE, EXAMPLE, WORK, today=TODAY)
    points = {name: one.points for name in ("French", "Both", "Belge", "Rival", "Other") if (one := found.of(name))}
    assert points == {"French": 40, "Both": 100, "Belge": 60, "Rival": 0, "Other": 0}
    assert found.of("Both") == Fit(100, (True, True, False))
    assert found.bands == CompanyValues(
        {"French": "middle", "Both": "high", "Belge": "middle", "Rival": "low"}, of_others="low"
    )


def test_a_rule_that_holds_for_companies_nobody_touched(companies: Blog) -> None:
    prospects = (make_rule(1, read_filter("relationship:is:prospect")),)
    found = fits(companies.store, SITE, prospects, WORK, today=TODAY)
    assert [found.of(name) for name in ("Other", "Rival")] == [Fit(100, (True,)), Fit(0, (False,))]
    assert found.bands == CompanyValues({"Rival": "low"}, of_others="high")


def test_where_all_rules_rule_out_all_others_fit(companies: Blog) -> None:
    found = fits(companies.store, SITE, EXAMPLE[2:], WORK, today=TODAY)
    assert [one.points for name in ("French", "Rival") if (one := found.of(name))] == [100, 0]


def test_without_a_rule_no_company_has_a_fit() -> None:
    assert Fits().of("French") is None
    assert Fits().bands == CompanyValues({}, "")
