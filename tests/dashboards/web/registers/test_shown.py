from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.dashboards.web.conftest import SITE, Browser
from tests.dashboards.web.test_leads_pages import text
from tests.reference.registers.published import imported, seat, unit


@pytest.fixture
def register(app: Flask, tmp_path: Path) -> Path:
    units = [
        unit("552100554", "BREGUET SYSTEMES", size="32"),
        unit("111111101", "PAPILLON", size="12"),
        unit("111111102", "PAPILLON", size="11", activitePrincipaleUniteLegale="01.12Z"),
    ]
    places = [seat("552100554", "BESANCON"), seat("111111101", "LYON"), seat("111111102", "BREST")]
    return imported(tmp_path / "registers", units, places)


def test_a_companys_page_shows_what_the_register_says(
    signed_in: Browser, site: str, register: Path, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Breguet Systèmes", city="Besançon")
    said = text(signed_in.get(f"/{SITE}/leads/breguet systèmes").text)
    assert "Manufacture of machinery and equipment n.e.c. 28.99B" in said
    assert "250–499 people (2024)" in said
    assert "25000 Besancon" in said
    assert "552\u202f100\u202f554" in said
    assert (
        "same name without its legal form · seat in the town of its visits · the only active company of this name"
        in said
    )
    assert "Source: SIRENE (INSEE), Licence Ouverte 2.0, as of 31 Oct 2026" in said


def test_an_ambiguous_name_shows_its_candidates(
    signed_in: Browser, site: str, register: Path, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Papillon", city="Paris")
    said = text(signed_in.get(f"/{SITE}/leads/papillon").text)
    assert "Several companies of the register may be meant" in said
    assert said.index("20–49 people · 25000 Lyon") < said.index("10–19 people · 25000 Brest")
    company_visit("/a", company="Breguet Systèmes", city="Lyon")
    said = text(signed_in.get(f"/{SITE}/leads/breguet systèmes").text)
    assert "One company of the register has this name, and no place confirms that it is this one." in said
    assert "250–499 people · 25000 Besancon" in said


def test_without_a_register_the_page_says_nothing_of_one(
    signed_in: Browser, site: str, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Breguet Systèmes")
    assert "company register" not in signed_in.get(f"/{SITE}/leads/breguet systèmes").text


def choose(browser: Browser, company: str, entry: str, domain: str = "") -> None:
    fields = {"company": company.title(), "company_id": company, "entry": entry, "domain": domain}
    browser.post(f"/{SITE}/register", form=f"/{SITE}/leads/{company}", **fields)


def test_a_candidate_is_chosen_with_one_click_and_survives_the_next_edition(
    signed_in: Browser, site: str, register: Path, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Papillon", city="Paris")
    address = f"/{SITE}/leads/papillon"
    choose(signed_in, "papillon", "sirene:111111102")
    assert "Growing" not in signed_in.get(address).text
    assert "10–19 people (2024)" in text(signed_in.get(address).text)
    imported(register.parent, [unit("111111102", "PAPILLON DE BREST", size="12")])
    said = text(signed_in.get(address).text)
    assert "PAPILLON DE BREST" in said
    assert "chosen by you" in said
    choose(signed_in, "papillon", "automatic")
    assert "chosen by you" not in text(signed_in.get(address).text)


def test_a_company_that_is_none_of_the_register_shows_none(
    signed_in: Browser, site: str, register: Path, company_visit: Callable[..., None]
) -> None:
    company_visit("/a", company="Breguet Systèmes", company_domain="breguet.fr", city="Besançon")
    company_visit("/a", company="Breguet", company_domain="breguet.fr", city="Besançon")
    choose(signed_in, "breguet.fr", "sirene:none", "breguet.fr")
    assert "none of the register" in text(signed_in.get(f"/{SITE}/leads/breguet.fr").text)


@pytest.mark.parametrize("entry", ["", "sirene", "sirene:123456789", "nowhere:none", "sirene:" + "9" * 1000])
def test_refuses_an_entry_that_is_not_there(signed_in: Browser, site: str, register: Path, entry: str) -> None:
    answer = signed_in.post(f"/{SITE}/register", form=f"/{SITE}/lists", company="Papillon", entry=entry)
    assert answer.status_code == 400
