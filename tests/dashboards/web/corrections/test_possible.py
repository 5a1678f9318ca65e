"""Possible companies on their page: apart from the leads, with their evidence, and one click for past and future."""

from __future__ import annotations

from collections.abc import Callable

from tests.dashboards.web.conftest import SITE, Browser

LEADS, POSSIBLE = f"/{SITE}/leads", f"/{SITE}/possible"
FACTS = {"company_method": "as_organisation", "company_confidence": 0.3}


def test_a_possible_company_is_listed_apart_and_becomes_a_lead_with_a_click(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Perhaps", **FACTS)
    assert "Perhaps" not in signed_in.get(LEADS).text
    page = signed_in.get(POSSIBLE).text
    assert "Perhaps" in page
    assert "of 1 visit on weekdays between 8 and 19" in page
    signed_in.post(POSSIBLE, company="Perhaps", verdict="unknown")
    assert "Perhaps" in signed_in.get(POSSIBLE).text
    signed_in.post(POSSIBLE, company="Perhaps", verdict="company")
    assert "Perhaps" in signed_in.get(LEADS).text
    assert "No possible company in this period." in signed_in.get(POSSIBLE).text


def test_a_provider_is_shown_no_more_and_can_be_brought_back(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Perhaps", **FACTS)
    signed_in.post(POSSIBLE, company="Perhaps", verdict="provider")
    assert "No possible company in this period." in signed_in.get(POSSIBLE).text
    assert "Perhaps is not a company" in signed_in.get(f"/{SITE}/corrections").text
    assert signed_in.post(POSSIBLE, form=f"/{SITE}/corrections", company="Perhaps", verdict="maybe").status_code == 400
