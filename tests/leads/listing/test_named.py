"""The companies that a link or a name is about are found among all, and nothing is otherwise than if all were read."""

from __future__ import annotations

import pytest

from tests.stats.conftest import Blog, scope
from tracker.leads.companies.asked import find_company
from tracker.leads.companies.ids import company_ids
from tracker.leads.companies.known import known_companies
from tracker.leads.corrections.suggestions import same_beginning
from tracker.leads.listing.named import companies_of_link, companies_of_same_beginning

COMPANIES = (
    ("Acme", "acme.example"),
    ("ACME", None),
    ("Acme Technologies France", None),
    ("Acme County Schools", "schools.example"),
    ("Another", "acme.example"),
    ("acme.example", None),
    ("École  Vauban", None),
)


@pytest.fixture
def of_seven(blog: Blog) -> Blog:
    for hour, (name, domain) in enumerate(COMPANIES, 8):
        at = f"2026-11-10T{hour:02}:00:00+01:00"
        blog.visit(at, (0, "/a"), company=name, company_domain=domain, company_confidence=0.9)
    return blog


def test_a_link_leads_to_the_same_company(of_seven: Blog) -> None:
    store, month = of_seven.store, scope("2026-11")
    known = known_companies(store, month)
    ids = company_ids(store, month.site, known)
    for asked in (*ids.values(), *ids, "nobody.example", "école vauban", "name:Acme"):
        few = companies_of_link(store, month, asked)
        assert find_company(store, month.site, few, asked) == find_company(store, month.site, known, asked), asked


def test_the_same_are_offered_as_likely_the_same(of_seven: Blog) -> None:
    store, month = of_seven.store, scope("2026-11")
    known = known_companies(store, month)
    for name, _ in COMPANIES:
        assert companies_of_same_beginning(store, month, name) == same_beginning(name, known), name
    assert companies_of_same_beginning(store, month, "Acme") != []
