"""What a stranger types as a company's name on the pages, and the publisher's word on it."""

from __future__ import annotations

from collections.abc import Callable

from tests.dashboards.web.conftest import EMAIL, SITE, Browser
from tracker.db.engine import AppDatabase
from tracker.sites.sites import find_site

BY_NAME = {"company_method": "given", "company_evidence": "the visitor named the company", "company_confidence": 0.4}
LEADS = f"/{SITE}/leads"


def test_a_named_company_is_confirmed_and_taken_back_with_a_click(
    site: str, signed_in: Browser, database: AppDatabase, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Typed", **BY_NAME)
    listed = signed_in.get(LEADS).text
    assert listed.index("To be confirmed") < listed.index("Typed")
    page = signed_in.get(f"{LEADS}/typed").text
    assert "It is them: confirm" in page
    signed_in.post(f"{LEADS}/typed", verdict="confirm")
    assert "To be confirmed" not in signed_in.get(LEADS).text
    found = find_site(database, SITE)
    assert found is not None
    assert [(one.company, one.confirmed_by) for one in found.confirmations] == [("Typed", EMAIL)]
    assert "Take the confirmation back" in signed_in.get(f"{LEADS}/typed").text
    signed_in.post(f"{LEADS}/typed", verdict="take_back")
    assert "To be confirmed" in signed_in.get(LEADS).text


def test_a_verdict_that_is_none_is_refused(site: str, signed_in: Browser, company_visit: Callable[..., None]) -> None:
    company_visit("/a", company="Typed", **BY_NAME)
    assert signed_in.post(f"{LEADS}/typed", verdict="maybe").status_code == 400


def test_stored_names_show_no_control_and_no_override(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Ac\x1b[31mme \u202egro", titles={"/a": "Bad\x07\u202etitle"}, source="S\x9bource")
    for address in (f"/{SITE}", LEADS, f"{LEADS}.csv"):
        text = signed_in.get(address).text
        assert not set("\x1b\x07\u202e\x9b") & set(text), address


def test_a_domain_that_a_visitor_gave_is_no_link(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Evil", company_domain="evil.example", company_method="given", company_confidence=0.95)
    page = signed_in.get(f"{LEADS}/evil.example").text
    assert "evil.example" in page
    assert 'href="https://evil.example' not in page
