"""One company has one score on one day, wherever it is shown and whatever is asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tracker.db.engine import AppDatabase
from tracker.service import operations
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.store.protocol import EventStore

DAY = timedelta(days=1)
# The clock stands on a Monday: that day's scores are of what goes on, Sunday's of what the email tells.
OF_TODAY = ("today", "30d", "12mo", "week")
OF_SUNDAY = ("2026-W46", "2026-11-02,2026-11-15")


@pytest.fixture
def context(tmp_path: Path, database: AppDatabase, store: EventStore, clock: Clock) -> Context:
    return Context(Settings(data=tmp_path, base_url="http://stats.example.fr"), database, store, clock)


@pytest.fixture
def air_france(site: str, company_visit: Callable[..., None]) -> None:
    """Today and on Sunday, and every fourth day of the five weeks before."""
    company_visit("/a", "/tarifs", ago=timedelta(hours=2), source="LinkedIn")
    company_visit("/a", "/b", ago=DAY, visitor=7)
    company_visit("/contact", ago=DAY + timedelta(hours=2), source="LinkedIn", visitor=8)
    for days in range(4, 36, 4):
        company_visit("/a", ago=days * DAY, source="Google", visitor=days)


def in_list(page: str) -> int:
    return int(re.search(r"Score </span>(\d+)</span>", page)[1])  # type: ignore[index]


def in_file(browser: Browser, period: str) -> int:
    (row,) = csv.DictReader(io.StringIO(browser.get(f"/{SITE}/leads.csv?period={period}").data.decode("utf-8-sig")))
    return int(row["Score"])


def of_command(context: Context, period: str) -> int:
    answer = operations.run(context, "leads", {"site": SITE, "period": period})
    (lead,) = answer["leads"]
    assert sum(one["points"] for one in lead["reasons"]) == lead["score"]
    return int(lead["score"])


def scores_of(browser: Browser, context: Context, period: str) -> set[int]:
    """All that a period shows: list, with a filter and search, overview, page, file and command."""
    pages = (
        "/leads",
        "",
        "/leads/air%20france",
        "/leads?f=page:is:/a",
        "/leads?q=air",
        "/leads/air%20france?f=page:is:/a",
    )
    shown = set()
    for page in pages:
        answer = browser.get(f"/{SITE}{page}{'&' if '?' in page else '?'}period={period}")
        assert answer.status_code == 200
        if "Score </span>" in answer.text:  # a filter may leave nothing of a day
            shown.add(in_list(answer.text))
    return shown | {in_file(browser, period), of_command(context, period)}


def test_a_day_has_one_score_in_list_page_overview_file_and_command(
    signed_in: Browser, air_france: None, context: Context
) -> None:
    today = {score for period in OF_TODAY for score in scores_of(signed_in, context, period)}
    sunday = {score for period in OF_SUNDAY for score in scores_of(signed_in, context, period)}
    assert len(today) == len(sunday) == 1
    assert min(today) > 0


def test_the_email_says_of_which_day_its_scores_are_and_its_link_opens_that_day(
    signed_in: Browser, air_france: None, context: Context
) -> None:
    def weekly(form: str) -> str:
        return str(operations.run(context, "report", {"site": SITE, "label": "2026-W46", "form": form})["content"])

    report, asked = json.loads(weekly("json")), operations.run(context, "leads", {"site": SITE, "period": "2026-W46"})
    assert report["scored_on"] == asked["scored_on"] == "2026-11-15"
    assert report["leads"] == asked["leads"]
    text = weekly("text")
    score = report["leads"][0]["score"]
    assert f"[{score}] Air France" in text
    assert "Scores au dimanche 15 novembre 2026." in text
    (link,) = re.findall(r"http://\S+/leads/\S+", text)
    page = signed_in.get(urlsplit(link).path + "?" + urlsplit(link).query)
    assert in_list(page.text) == score
    assert "As of Sunday 15 November 2026" in unescape(page.text)


def test_the_day_of_the_score_is_the_sites_own(
    signed_in: Browser, air_france: None, context: Context, clock: Clock
) -> None:
    before = of_command(context, "today")
    clock.now += timedelta(hours=14, minutes=30)  # half past midnight in Paris, still Monday in UTC
    assert of_command(context, "2026-11-16") == before
    assert operations.run(context, "leads", {"site": SITE, "period": "7d"})["scored_on"] == "2026-11-17"
