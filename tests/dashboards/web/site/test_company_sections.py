"""A company's page says how each fact is known, who named themselves, what was read when, and who reads alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from tests.dashboards.web.conftest import SITE, Browser

DAY = timedelta(days=1)


def section(page: str, name: str) -> str:
    """The words of a section."""
    found = re.search(rf'<section class="section company-{name}".*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[0]))) if found else ""


@pytest.fixture
def acme(site: str, company_visit: Callable[..., None]) -> None:
    said = {"company_method": "given", "company_evidence": '{"code":"email_host","values":{"host":"acme.fr"}}'}
    for days in (0, 3):
        company_visit("/a", "/tarifs", company="Acme", ago=days * DAY, source="LinkedIn")
    company_visit("/a", company="Acme", ago=5 * DAY, visitor=99, city="Lyon", company_domain="acme.fr", **said)
    company_visit("/a", "/tarifs", company="Twin", ago=DAY)
    company_visit("/zz", company="Stranger", ago=DAY)


def test_each_fact_says_how_it_is_known(signed_in: Browser, acme: None) -> None:
    how = section(signed_in.get(f"/{SITE}/leads/acme.fr").text, "how")
    assert "Domain acme.fr the email address that the visitor gave" in how
    assert "the type of network of 3 visits" in how
    assert "Roissy-en-France, France by the IP addresses of 2 of 3 visits" in how
    assert "Others: Lyon, France (1)" in how
    assert "People who said who they are" in how
    assert "1 person: the visitor gave an email address at acme.fr · 1 visit" in how
    assert "last visit: 11 Nov" in how


def test_pages_and_sources_have_their_number_and_days(signed_in: Browser, acme: None) -> None:
    page = signed_in.get(f"/{SITE}/leads/acme.fr").text
    reading = section(page, "reading")
    assert "Titre de /a 3 page views · 11–16 Nov" in reading
    assert "Titre de /tarifs 2 page views · 13–16 Nov" in reading
    assert "LinkedIn 2 visits · 13–16 Nov" in reading
    assert "Direct 1 visit · 11 Nov" in reading
    assert len(re.findall(r'<rect x="\d+" y="\d+" width="2"', page)) == 3 + 2 + 2 + 1


def test_companies_that_read_alike_are_linked_unless_they_are_hidden(signed_in: Browser, acme: None) -> None:
    alike = section(signed_in.get(f"/{SITE}/leads/acme.fr").text, "alike")
    assert "Twin also read: Titre de /a, Titre de /tarifs" in alike
    assert "Stranger" not in alike
    signed_in.post(f"/{SITE}/work", form=f"/{SITE}/leads", company="0:twin", hidden="yes")
    assert "Twin" not in section(signed_in.get(f"/{SITE}/leads/acme.fr").text, "alike")
