"""A site with 20,000 companies, 2 million events and a list of as many customers: how long the pages of its companies take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from tests.bench.figure import Figure, middle
from tests.bench.one_hit import OneHit
from tests.bench.pages import Bench
from tests.bench.reporting import COMPANIES, signed_in
from tests.bench.timed_store import TimedStore
from tests.running_service import webleads
from tracker.clock import utc_now
from tracker.db.engine import AppDatabase, open_app_database
from tracker.demo.catalogue import SITE
from tracker.leads.activity import ScoredDay, scores
from tracker.leads.score_rules import rules_of
from tracker.leads.workflow.list_files import read_list
from tracker.leads.workflow.lists import save_list
from tracker.leads.workflow.vocabulary import Kind
from tracker.settings import load_settings
from tracker.sites.sites import find_site
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore

_MILLIONS = 2
_LIST = "Customers"
_AT_MOST = 0.3
_SCORES_AT_MOST = 0.5
_PAGES = {
    "list of leads": "leads?period=30d",
    "list of leads, 12 months": "leads?period=12mo",
    "search in it": "leads?period=12mo&q=lyon",
    "list narrowed to a list of 20,000 lines": f"leads?period=30d&f=list:is:{_LIST}",
    "possible companies": "possible?period=30d",
    "page of a company": "leads/verrier-fils.example?period=30d",
}


def figures(folder: Path) -> Iterator[Figure]:
    """Returns the seconds of each page, of the scores of all companies, and those until a hit is seen.

    Each page first without anything that is kept, then as the service has it after a hit.
    """
    data = folder / "companies"
    size = ("--events", str(_MILLIONS * 1_000_000), "--companies", str(COMPANIES))
    made = webleads("demo", *size, "--no-serve", data=data, timeout=7200)
    assert made.returncode == 0, made.stderr
    settings = load_settings(data=data)
    app, opened = open_app_database(settings.app_database), open_event_store(settings.event_store)
    store = TimedStore(opened)
    try:
        _import_customers(app)
        bench = Bench(signed_in(settings, app, store), store, _MILLIONS)
        hit = OneHit(app, opened)
        kept = TimedStore(hit.store)
        served = Bench(signed_in(settings, app, kept, email="kept@example.com"), kept, _MILLIONS, hit)
        for one in (bench, served):
            for what, address in _PAGES.items():
                yield from one.listed(f"20,000 companies, {what}", f"/{SITE}/{address}", at_most=_AT_MOST)
        yield _all_scores(app, opened)
        yield Figure("20,000 companies, a hit is seen after", median(hit.seconds), "s", at_most=2)
    finally:
        opened.close()
        app.close()


def _import_customers(app: AppDatabase) -> None:
    """Imports as many domains as there are companies; those of the demo are among them."""
    site = find_site(app, SITE)
    assert site is not None
    lines = ["verrier-fils.example", *(f"customer-{number}.example" for number in range(COMPANIES - 1))]
    entries = read_list("\n".join(["domain", *lines]).encode()).entries
    save_list(app, site.id, _LIST, Kind.CUSTOMER, entries, by="bench@example.com", now=utc_now())


def _all_scores(app: AppDatabase, store: EventStore) -> Figure:
    site = find_site(app, SITE)
    assert site is not None
    zone = ZoneInfo(site.time_zone)
    of = ScoredDay(site.stored_as, utc_now().astimezone(zone).date(), zone, (), rules_of(site))
    seconds = middle(lambda: _seconds_of(store, of), times=3)
    return Figure("20,000 companies, the scores of all of them", seconds, "s", at_most=_SCORES_AT_MOST)


def _seconds_of(store: EventStore, of: ScoredDay) -> float:
    begun = time.perf_counter()
    scores(store, of)
    return time.perf_counter() - begun
