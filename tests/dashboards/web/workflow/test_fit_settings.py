"""Fit: rules on their page, and the figure in list, overview, company page, email, files and commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.test_leads_pages import names, text
from tests.dashboards.web.workflow.test_views import LIST, send
from tracker.db.engine import AppDatabase
from tracker.service import operations
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.store.protocol import EventStore

FIT = f"/{SITE}/fit"
DAY = timedelta(days=1)


@pytest.fixture
def context(database: AppDatabase, store: EventStore, clock: Clock) -> Context:
    return Context(Settings(base_url="http://stats.example.fr"), database, store, clock)


@pytest.fixture
def three(site: str, company_visit: Callable[..., None]) -> None:
    company_visit("/a", "/tarifs", "/contact", company_domain="airfrance.fr", ago=DAY)
    company_visit("/a", "/b", company="Zéphyr", country="BE", ago=DAY)
    company_visit("/a", company="Concurrent SARL", company_domain="concurrent.example", ago=DAY)


def listed(browser: Browser, query: str = "") -> list[str]:
    return names(browser.get(f"{LIST}?{query}").text)


def test_fit_is_empty_until_a_rule_is_set_and_the_same_in_all_places(
    signed_in: Browser, three: None, context: Context
) -> None:
    page = signed_in.get(FIT).text
    assert "No rule yet: companies have no fit." in text(page)
    assert '<option value="country:is:BE">Belgium</option>' in page
    assert "Fit 0" not in text(signed_in.get(LIST).text)

    signed_in.post(FIT, form=FIT, rule="country:is:BE", weight="3")
    assert "The rule is saved." in text(signed_in.get(FIT).text)
    signed_in.post(FIT, form=FIT, domain=".fr", weight="1")
    signed_in.post(FIT, form=FIT, rule="relationship:is:competitor", weight="0")
    send(signed_in, "0:concurrent.example", kind="competitor")
    fits = {"Air France": 25, "Zéphyr": 75, "Concurrent SARL": 0}

    found = operations.run(context, "leads", {"site": SITE, "period": "30d", "sort": "fit"})
    assert {one["company"]: one["fit"] for one in found["leads"]} == fits
    assert [one["company"] for one in found["leads"]] == ["Zéphyr", "Air France", "Concurrent SARL"]
    assert listed(signed_in)[0] == "Air France", "the score alone sorts unless fit is asked for"
    assert listed(signed_in, "sort=fit") == ["Zéphyr", "Air France", "Concurrent SARL"]
    assert "Fit first: the highest fit first" in text(signed_in.get(f"{LIST}?sort=fit").text)
    assert listed(signed_in, "f=fit:is:high") == ["Zéphyr"]
    query = {"metrics": ["pageviews"], "date_range": "30d", "filters": [["is", "company:fit", ["high"]]]}
    assert operations.run(context, "query", {"site": SITE, "query": query})["results"][0]["metrics"] == [2]

    assert "Fit 75" in text(signed_in.get(f"/{SITE}").text)
    page = text(signed_in.get(f"{LIST}/zéphyr").text)
    assert "Fit 75 of 100" in page
    assert "holds: Country Belgium (is decisive (3))" in " ".join(page.split())
    header, *rows = signed_in.get(f"/{SITE}/leads.csv?sort=fit").text.splitlines()
    assert "Fit" in header.split(",")
    assert rows[0].split(",")[0] == "Zéphyr"
    report = operations.run(context, "report", {"site": SITE, "label": "2026-W46", "form": "json"})["content"]
    assert {one["company"]: one["fit"] for one in json.loads(report)["leads"]} == fits
    assert (
        "Adéquation 25"  # Air France: an email lists companies from a score of 20 on
        in operations.run(context, "report", {"site": SITE, "label": "2026-W46", "form": "text"})["content"]
    )

    signed_in.post(f"{FIT}/remove", form=FIT, rule="relationship:is:competitor")
    assert "Remove the rule Competitor" not in signed_in.get(FIT).text


def test_refuses_a_rule_without_a_choice(signed_in: Browser, site: str) -> None:
    answer = signed_in.post(FIT, form=FIT, rule="", weight="2")
    assert answer.status_code == 422
    assert "Choose what the rule looks for." in unescape(answer.text)
    assert signed_in.post(FIT, form=FIT, rule="browser:is:Firefox", weight="2").status_code == 422
    assert signed_in.post(FIT, form=FIT, rule="country:is:FR", weight="9").status_code == 422
