"""Ids of companies, the way back from them, and that one lead's page has the list's figures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stats.conftest import SITE, Blog, scope
from tracker.leads.companies.asked import find_company, name_of_company
from tracker.leads.companies.ids import company_ids, ids_among
from tracker.leads.companies.known import known_companies
from tracker.leads.report import leads, one_lead
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison

SURE = {"company_method": "as_organisation", "company_evidence": "AS64500", "company_confidence": 0.8}
TYPED = {"company_method": "given", "company_evidence": "the visitor named the company", "company_confidence": 0.4}


def visit(blog: Blog, day: int, name: str, domain: str | None = None, **facts: Any) -> None:
    blog.visit(f"2026-11-{day:02}T10:00:00+01:00", (0, "/a"), company=name, company_domain=domain, **(SURE | facts))


def ids(blog: Blog, period: str = "2026-11") -> dict[str, str]:
    return company_ids(blog.store, SITE, known_companies(blog.store, scope(period)))


def test_the_domain_else_the_folded_name(blog: Blog) -> None:
    visit(blog, 2, "Air France", "airfrance.fr")
    visit(blog, 3, "  ÉCOLE\u00a0 Vauban ")
    assert ids(blog) == {"Air France": "airfrance.fr", "  ÉCOLE\u00a0 Vauban ": "école vauban"}


def test_of_two_names_of_a_domain_the_first_has_it_in_every_period(blog: Blog) -> None:
    visit(blog, 2, "Airbus", "airbus.com")
    visit(blog, 12, "Airbus Defence", "airbus.com")
    assert ids(blog) == {"Airbus": "airbus.com", "Airbus Defence": "airbus defence"}
    assert ids(blog, "2026-11-12,2026-11-13") == {"Airbus Defence": "airbus defence"}


def test_who_types_a_domain_first_does_not_take_it(blog: Blog) -> None:
    visit(blog, 1, "Eve", "airbus.com", **TYPED)
    visit(blog, 2, "Airbus", "airbus.com")
    visit(blog, 3, "airbus.com", **TYPED)
    assert ids(blog) == {"Airbus": "airbus.com", "Eve": "eve", "airbus.com": "name:airbus.com"}


def test_of_names_that_fold_alike_each_has_its_own(blog: Blog) -> None:
    for day, name in enumerate(("ACME", "Acme", "name:acme", "acme"), 2):
        visit(blog, day, name)
    assert ids(blog) == {"ACME": "acme", "Acme": "name:Acme", "name:acme": "name:name:acme", "acme": "name:acme"}


def test_some_of_a_filter_s_companies_have_the_ids_that_they_have_among_all_of_it(blog: Blog) -> None:
    for day, (name, source) in enumerate((("ACME", "Google"), ("Acme", "Bing"), ("acme", "Bing"), ("Bolt", "Bing")), 2):
        visit(blog, day, name, source=source)
    for source in ("Google", "Bing"):
        narrowed = scope("2026-11", Comparison(Dimension.SOURCE, "is", (source,)))
        known = known_companies(blog.store, narrowed)
        for one in known:
            found = ids_among(blog.store, narrowed, [one])
            assert found[one.name] == company_ids(blog.store, SITE, known)[one.name]


@pytest.mark.parametrize("asked", ["airfrance.fr", "Air France", "air france"])
def test_a_link_finds_the_company_also_where_its_domain_is_not_known(blog: Blog, asked: str) -> None:
    visit(blog, 2, "Air France", "airfrance.fr")
    visit(blog, 12, "Air France")
    assert name_of_company(blog.store, SITE, asked) == "Air France"
    later = known_companies(blog.store, scope("2026-11-12,2026-11-13"))
    assert find_company(blog.store, SITE, later, "Air France") == ("Air France", "air france")


def test_what_was_never_here_is_nobody(blog: Blog) -> None:
    visit(blog, 2, "Air France", "airfrance.fr")
    assert find_company(blog.store, SITE, known_companies(blog.store, scope("2026-11")), "klm.com") is None
    assert name_of_company(blog.store, SITE, "klm.com") is None


COMPANY = st.tuples(
    st.sampled_from(["Acme", "ACME", "acme.fr", "name:Acme", "name:acme", "A/B", "ǰ\u0323 %", "Bolt"]) | st.text(min_size=1, max_size=4),
    st.sampled_from([None, "acme.fr", "bolt.fr", "acme"]),
    st.booleans(),
    st.integers(1, 28),
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(visits=st.lists(COMPANY, min_size=1, max_size=6))
def test_every_row_of_the_list_has_an_id_that_leads_to_it_and_to_its_figures(
    blog: Blog, visits: list[tuple[str, str | None, bool, int]]
) -> None:
    store, month = blog.store, scope("2026-11")
    store.forget_site(SITE)
    with blog.at_once():
        for name, domain, is_sure, day in visits:
            visit(blog, day, name, domain, **(SURE if is_sure else TYPED))
    listed = leads(store, month)
    known = known_companies(store, month)
    assert {one.name for one in known} == set(listed["company"])
    assert listed["company_id"].is_unique
    for position, row in enumerate(listed.to_dict("records")):
        assert find_company(store, SITE, known, row["company_id"]) == (row["company"], row["company_id"])
        alone = one_lead(store, month, row["company"])
        pd.testing.assert_frame_equal(alone, listed.iloc[[position]].reset_index(drop=True))
