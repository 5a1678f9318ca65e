"""One company has one score on one day, wherever it is shown and whatever is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.dashboards.web.conftest import SITE, Browser, Clock
from tests.dashboards.web.score_walk import Walk, unlike
from tests.imports.log_lines import line
from tracker.db.engine import AppDatabase
from tracker.imports.access_log import LogOf, LogReading
from tracker.imports.log_import import import_log, survey
from tracker.service import operations
from tracker.service.context import Context
from tracker.service.ingesting import build_ingest
from tracker.settings import Settings
from tracker.store.protocol import EventStore

DAY = timedelta(days=1)
# The clock stands on a Monday: that day's scores are of what goes on, Sunday's of what the email tells.
PERIODS = ("today", "12mo", "2026-W46")


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


@pytest.fixture
def imported(site: str, context: Context) -> None:
    """An access log of five weeks that ends with the clock's hour: two companies by the list of networks, and a home line."""
    data = context.settings.data
    (data / "networks.csv").write_text(
        "network,name,kind\n203.0.113.0/28,Cabinet Ronsard,business\n203.0.113.16/28,Imprimerie Labé,business\n"
    )
    lines = [
        line(f"GET {path} HTTP/1.1", ip=ip, time=f"{context.now() - ago - DAY / 1440 * minute:%d/%b/%Y:%H:%M:%S} +0000")
        for ip, paths, days in (
            ("203.0.113.3", ("/contact", "/tarifs", "/a"), (0, 1, 4, 12, 33)),
            ("203.0.113.17", ("/a",), (0, 3, 20)),
            ("198.51.100.7", ("/a", "/tarifs"), (0, 1)),
        )
        for ago in map(DAY.__mul__, days)
        for minute, path in enumerate(paths)
    ]
    log = data / "access.log"
    log.write_text("\n".join(sorted(lines)))
    reading = LogReading(LogOf(site=SITE, hosts=frozenset({SITE})))
    survey([log], reading, lambda _: None)
    journal = context.settings.journal_folder
    journal.mkdir()
    done = import_log(
        log,
        now=context.now(),
        on_bytes=lambda _: None,
        reading=reading,
        database=context.app_db,
        journal_folder=journal,
    )
    assert done.hits == len(lines)
    ingest, _ = build_ingest(context.settings, context.app_db, context.event_store, keeps_geo=False)
    while ingest.run_once().lines:
        pass


def in_list(page: str) -> int:
    return int(re.search(r"Score </span>(\d+)</span>", page)[1])  # type: ignore[index]


def of_command(context: Context, period: str) -> int:
    answer = operations.run(context, "leads", {"site": SITE, "period": period})
    (lead,) = answer["leads"]
    return int(lead["score"])


def test_a_day_has_one_score_in_list_page_overview_file_command_and_email(
    signed_in: Browser, air_france: None, imported: None, context: Context
) -> None:
    walk = Walk(signed_in, context, SITE, filters=("page:contains:a",), opened=1)
    shown = [one for period in PERIODS for one in walk.of_period(period)]
    shown += walk.of_email("2026-W46")
    assert unlike(shown) == []
    assert {one.day.isoformat() for one in shown} == {"2026-11-15", "2026-11-16"}
    assert {one.company for one in shown if one.score > 0} == {"Air France", "Cabinet Ronsard", "Imprimerie Labé"}
    assert len({one.place.split()[0].partition("?")[0] for one in shown}) >= 7


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
