"""How much is named: one number on the overview, in the weekly email as text and JSON, and in the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from dashboards.web.first_day.geo_knowledge import GeoDatabases, GeoKnowledge
from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.leads.confirmations import confirm_company, take_back_confirmation
from tracker.service import operations
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import find_site
from tracker.store.protocol import EventStore

DAY = timedelta(days=1)
SENTENCE = (
    "Of 8 visits, 25% came from a named company and 12% from a possible one."
    " The others: home and mobile lines 50%, hosts and VPNs 12%."
)
PHRASE = (
    "Sur 8 visites, 25\u202f% viennent d’une entreprise identifiée et 12\u202f% d’une entreprise possible."
    " Les autres\u00a0: lignes domestiques et mobiles 50\u202f%, hébergeurs et VPN 12\u202f%."
)


@pytest.fixture
def context(tmp_path: Path, database: AppDatabase, store: EventStore, clock: Clock) -> Context:
    settings = Settings(data=tmp_path, base_url="http://stats.example.fr", reverse_dns=True)
    return Context(settings, database, store, clock)


@pytest.fixture
def eight_visits(site: str, visit: Callable[..., None], company_visit: Callable[..., None]) -> None:
    """Of the week that ended yesterday: two of a company, one of a possible one, four from lines, one from a host."""
    for number in range(2):
        company_visit("/a", ago=DAY + timedelta(hours=number), visitor=number + 1)
    possible = {"company_method": "as_organisation", "company_confidence": 0.3, "network_kind": "unknown"}
    visit("/a", ago=2 * DAY, company="Kollin", **possible)
    for kind in ("isp", "isp", "isp", "mobile", "hosting"):
        visit("/b", ago=2 * DAY, network_kind=kind)


def test_one_visit_is_not_many(signed_in: Browser, site: str, visit: Callable[..., None]) -> None:
    visit("/a")
    assert "Of 1 visit, 0% came from a named company" in unescape(signed_in.get(f"/{SITE}").text)
    signed_in.post("/language", language="fr")
    assert "Sur 1 visite, 0\u202f% viennent" in unescape(signed_in.get(f"/{SITE}").text)


def test_nobody_is_named_for_want_of_a_database_and_not_because_people_are_at_home(
    signed_in: Browser, site: str, visit: Callable[..., None]
) -> None:
    visit("/a")
    link = signed_in.post(f"/{SITE}/sharing", name="Anna", shows_companies="1").text
    shared = link.partition('id="made-link">https://stats.exemple.fr')[2].partition("<")[0]
    for address, times in ((f"/{SITE}", 2), (f"/{SITE}/leads", 1), (f"/{SITE}/panels/companies", 1), (shared, 2)):
        shown = signed_in.get(address).text
        assert shown.count("this service has no database of networks yet") == times, address
        assert "Most people read from home" not in shown


def test_with_a_database_of_networks_nobody_is_named_because_people_are_at_home(
    signed_in: Browser, site: str, visit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = GeoKnowledge(networks=True, places=True)
    monkeypatch.setattr(GeoDatabases, "known", property(lambda _: known))
    visit("/a")
    for address, times in ((f"/{SITE}", 2), (f"/{SITE}/leads", 1)):
        shown = signed_in.get(address).text
        assert shown.count("Most people read from home") == times, address
        assert "this service has no database of networks yet" not in shown


def weekly(context: Context, form: str) -> str:
    return str(operations.run(context, "report", {"site": SITE, "label": "2026-W46", "form": form})["content"])


def test_overview_email_and_api_say_the_same(signed_in: Browser, eight_visits: None, context: Context) -> None:
    query = {
        "metrics": ["visits_begun"],
        "date_range": ["2026-11-09", "2026-11-15"],
        "dimensions": ["visit:identification"],
    }
    answer = operations.run(context, "query", {"site": SITE, "query": query})
    of_api = {one["dimensions"][0]: one["metrics"][0] for one in answer["results"]}
    assert of_api == {"named": 2, "possible": 1, "line": 4, "hosting": 1}

    report: dict[str, Any] = json.loads(weekly(context, "json"))
    assert report["identified"] == {"visits": 8, **of_api, "other": 0}
    assert report["identified"]["visits"] == report["totals"]["visits"]

    assert SENTENCE in unescape(signed_in.get(f"/{SITE}?period=2026-W46").text)
    for form in ("text", "html"):
        assert PHRASE in unescape(weekly(context, form))  # the site's language is French


def test_says_what_would_name_more_and_not_what_is_there(
    signed_in: Browser, eight_visits: None, context: Context, tmp_path: Path
) -> None:
    assert json.loads(weekly(context, "json"))["would_name_more"] == ["network_database", "network_list"]
    assert "Ce qui en identifierait davantage\u00a0: une base de réseaux, votre propre liste de réseaux." in weekly(
        context, "text"
    )
    page = signed_in.get(f"/{SITE}?period=2026-W46").text
    assert "More would be named with:" in page
    assert f'href="/{SITE}/corrections">your own list of networks</a>' in page
    (tmp_path / "networks.csv").write_text("network,company,domain,kind\n192.0.2.0/24,Armor,armor.example,\n")
    assert json.loads(weekly(context, "json"))["would_name_more"] == ["network_database"]
    assert "your own list of networks" not in signed_in.get(f"/{SITE}?period=2026-W46").text


def test_a_filtered_page_does_not_say_how_much_of_the_site_is_named(signed_in: Browser, eight_visits: None) -> None:
    assert 'class="named"' not in signed_in.get(f"/{SITE}?f=page:is:/a").text


def test_a_company_that_the_publisher_confirmed_is_named_until_the_word_is_taken_back(
    signed_in: Browser, eight_visits: None, context: Context, database: AppDatabase
) -> None:
    found = find_site(database, SITE)
    assert found is not None

    def named_and_possible() -> tuple[int, int]:
        said = json.loads(weekly(context, "json"))["identified"]
        return said["named"], said["possible"]

    def companies() -> list[str]:
        query = {"metrics": ["visits"], "date_range": ["2026-11-09", "2026-11-15"], "dimensions": ["visit:company"]}
        answer = operations.run(context, "query", {"site": SITE, "query": query})
        return [one["dimensions"][0] for one in answer["results"]]

    assert (named_and_possible(), "Kollin" in companies()) == ((2, 1), False)
    confirm_company(database, found.id, "Kollin", by="a@b.fr", now=context.now())
    assert (named_and_possible(), "Kollin" in companies()) == ((3, 0), True)
    assert "38% came from a named company and 0% from a possible one" in unescape(
        signed_in.get(f"/{SITE}?period=2026-W46").text
    )
    take_back_confirmation(database, found.id, "Kollin")
    assert (named_and_possible(), "Kollin" in companies()) == ((2, 1), False)
