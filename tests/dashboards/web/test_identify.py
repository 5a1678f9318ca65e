from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.dashboards.web.conftest import Browser
from tests.mmdb import write_asn, write_city


@pytest.fixture
def databases(tmp_path: Path) -> None:
    for folder in ("geo", "geo-in-use"):
        (tmp_path / folder).mkdir()
        write_city(tmp_path / folder / "city.mmdb")
        write_asn(tmp_path / folder / "asn.mmdb")


@pytest.mark.usefixtures("databases")
def test_a_company_is_named_with_everything_that_was_looked_at(signed_in: Browser) -> None:
    page = signed_in.post("/identify", of="192.0.2.7").text
    for words in ("Quimper, Brittany, France", "Biscuiterie Armor SAS (AS64500)", "would count as a lead", "75%"):
        assert words in page


@pytest.mark.usefixtures("databases")
def test_a_provider_is_no_lead_and_says_why(signed_in: Browser) -> None:
    page = signed_in.post("/identify", of="198.51.100.7").text
    assert "No company identified" in page
    assert "Example Telecom is not the visitor: the network belongs to an internet provider" in page


@pytest.mark.usefixtures("databases", "user")
def test_the_page_is_in_french(app: Flask) -> None:
    french = Browser(app.test_client(), language="fr")
    french.post("/sign-in", email="lea@exemple.fr", password="une phrase de passe")
    page = french.post("/identify", of="192.0.2.7").text
    assert "Identifier une adresse" in page
    assert "Bretagne" in page


def test_without_databases_the_page_says_what_is_missing(signed_in: Browser) -> None:
    assert "no network database" in signed_in.post("/identify", of="192.0.2.7").text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "no thing", ""])
def test_what_is_no_address_is_refused_and_shown_as_text(signed_in: Browser, text: str) -> None:
    answer = signed_in.post("/identify", of=text)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_only_who_is_signed_in_may_ask(browser: Browser, user: str) -> None:
    assert browser.get("/identify").status_code == 302
    assert browser.client.post("/identify", data={"of": "192.0.2.7"}).status_code in {302, 400}


@pytest.mark.usefixtures("databases")
def test_the_footer_names_the_databases_as_their_licences_ask(signed_in: Browser, browser: Browser) -> None:
    assert "GeoLite2 Data created by MaxMind" in signed_in.get("/identify").text
    assert 'href="https://www.maxmind.com"' in signed_in.get("/identify").text


@pytest.mark.usefixtures("databases")
def test_who_is_not_signed_in_sees_no_databases(browser: Browser, user: str) -> None:
    assert "MaxMind" not in browser.get("/sign-in").text
