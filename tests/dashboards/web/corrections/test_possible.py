"""Possible companies on their page: apart from the leads, with their evidence, and one click for past and future."""

from __future__ import annotations

import csv
import io
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
    assert "of 1 visit on weekdays between 8 and 19 local time" in page
    assert "1 visitor" in page
    assert "seen on 1 day" in page
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


def test_another_word_replaces_the_one_before(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Perhaps", **FACTS)
    signed_in.post(POSSIBLE, company="Perhaps", verdict="company")
    signed_in.post(POSSIBLE, form=f"/{SITE}/corrections", company="Perhaps", verdict="provider")
    assert "Perhaps is not shown any more" in signed_in.get(LEADS).text
    assert "Perhaps" not in signed_in.get(LEADS).text
    signed_in.post(POSSIBLE, form=f"/{SITE}/corrections", company="Perhaps", verdict="unknown")
    assert "Perhaps" in signed_in.get(POSSIBLE).text
    signed_in.post(POSSIBLE, company="Perhaps", verdict="provider")
    signed_in.post(POSSIBLE, form=f"/{SITE}/corrections", company="Perhaps", verdict="company")
    assert "Perhaps" in signed_in.get(LEADS).text


def test_its_own_page_has_the_same_buttons(site: str, signed_in: Browser, company_visit: Callable[..., None]) -> None:
    company_visit("/a", company="Perhaps", **FACTS)
    page = signed_in.get(f"{LEADS}/perhaps").text
    assert f'action="/{SITE}/possible' in page
    assert all(f'value="{verdict}"' in page for verdict in ("company", "provider"))


def test_one_that_is_merged_into_another_possible_one_does_not_become_certain(
    site: str, signed_in: Browser, company_visit: Callable[..., None]
) -> None:
    for name in ("Perhaps", "Maybe"):
        company_visit("/a", company=name, **FACTS)
    corrections = f"/{SITE}/corrections"
    signed_in.post(corrections, form=f"{LEADS}/perhaps", kind="merge", subject="Perhaps", target="Maybe")
    assert "Perhaps counts as Maybe" in signed_in.get(corrections).text
    assert "Maybe" not in signed_in.get(LEADS).text
    assert "0 of 2 visits" in signed_in.get(POSSIBLE).text or "2 of 2 visits" in signed_in.get(POSSIBLE).text
    signed_in.post(POSSIBLE, company="Maybe", verdict="company")
    (row,) = csv.DictReader(io.StringIO(signed_in.get(f"{LEADS}.csv?words=codes").data.decode("utf-8-sig")))
    assert (row["company"], row["visits"]) == ("Maybe", "2"), "both count once it is confirmed"
