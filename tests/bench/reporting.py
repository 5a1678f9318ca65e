"""The dashboard at 1, 10 and more million events: all panels of the overview, the leads, the week; against plain SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from tests.bench.figure import Figure, middle
from tests.bench.memory import resident_mb
from tests.running_service import RunningService, webleads
from tracker.accounts.users import create_user
from tracker.api.health import Health
from tracker.app import create_app
from tracker.clock import utc_now
from tracker.demo.catalogue import SITE
from tracker.leads.report import leads
from tracker.reports.weekly import weekly_report
from tracker.service.databases import OpenDatabases, open_databases
from tracker.settings import Settings, load_settings
from tracker.sites.sites import find_site
from tracker.stats.periods import iso_week, parse_period
from tracker.stats.scope import Scope

PERIODS = {"30d": "30 days", "12mo": "12 months"}
_BUDGETS = {(10, "30d"): 0.2, (10, "12mo"): 1.5}

# What the overview asks, as somebody would write it by hand: one statement a question.
_BY_HAND = (
    "select count(distinct visitor_id), sum(visits), sum(pageviews), sum(bounces), sum(engaged_ms) from events where {span}",
    "select avg(s) from (select date_diff('second', min(occurred_at), max(occurred_at)) s from events where {span} group by visit_id)",
    "select date_trunc('day', occurred_at + interval 1 hour) d, count(distinct visitor_id) from events where {span} group by d",
    "select path, any_value(title), count(distinct visitor_id) v from events where {span} group by path order by v desc limit 8",
    "select source, count(distinct visitor_id) v from events where {span} group by source order by v desc limit 8",
    "select country, count(distinct visitor_id) v from events where {span} group by country order by v desc limit 8",
    "select device, count(distinct visitor_id) v from events where {span} group by device order by v desc limit 8",
    "select company, count(distinct visitor_id) v from events where {span} and company is not null group by company order by v desc limit 8",
    "select company, sum(visits), sum(pageviews), sum(engaged_ms), min(occurred_at), max(occurred_at) from events where {span} and company is not null group by company",
)


def figures(folder: Path, millions: list[int]) -> Iterator[Figure]:
    """Seconds a page at each size, and how they grow."""
    grown: dict[tuple[int, str], float] = {}
    for size in millions:
        data = folder / f"{size}M"
        begun = time.perf_counter()
        made = webleads("demo", "--events", str(size * 1_000_000), "--no-serve", data=data, timeout=7200)
        assert made.returncode == 0, made.stderr
        yield Figure(f"{size} M events: made in", time.perf_counter() - begun, "s")
        stored = (data / "events.duckdb").stat().st_size
        yield Figure(f"{size} M events: event store", stored / size / 1e6, "B/event", at_most=40)
        settings = load_settings(data=data)
        databases = open_databases(settings)
        try:
            for one in _pages(settings, databases, size):
                yield one
                if ", overview of " in one.what:
                    grown[size, one.what.rpartition(", ")[2]] = one.value
        finally:
            databases.events.close()
            databases.app.close()
        yield from _idle(data, size)
    for (size, what), seconds in grown.items():
        if (size * 10, what) in grown:
            yield Figure(f"{what}: {size * 10} M against {size} M events", grown[size * 10, what] / seconds, "x")


def _pages(settings: Settings, databases: OpenDatabases, size: int) -> Iterator[Figure]:
    browser = _signed_in(settings, databases)
    site = find_site(databases.app, SITE)
    assert site is not None
    zone = ZoneInfo(site.time_zone)
    for period, words in PERIODS.items():
        span = parse_period(period, today=utc_now().astimezone(zone).date(), time_zone=zone)
        address = f"/{SITE}?period={period}"
        page = middle(lambda address=address: _seconds(lambda: _get(browser, address)))
        budget = _BUDGETS.get((size, period))
        yield Figure(f"{size} M events, overview of {words}", page, "s", at_most=budget)
        where = f"site = '{SITE}' and occurred_at >= '{_sql(span.start_at)}' and occurred_at < '{_sql(span.end_at)}'"
        by_hand = middle(lambda where=where: _seconds(lambda: _ask_by_hand(databases, where)))
        yield Figure(
            f"{size} M events, {words}: overview against {len(_BY_HAND)} statements by hand", page / by_hand, "x"
        )
        listed = middle(lambda span=span: _seconds(lambda: leads(databases.events, Scope(SITE, span))), times=3)
        yield Figure(f"{size} M events, leads of {words}", listed, "s")
    week = iso_week((utc_now() - timedelta(days=7)).date())
    yield Figure(
        f"{size} M events, weekly report",
        middle(lambda: _seconds(lambda: weekly_report(databases.events, site, week, now=utc_now())), times=3),
        "s",
    )


def _signed_in(settings: Settings, databases: OpenDatabases) -> FlaskClient:
    password = "only for the bench"
    create_user(databases.app, "bench@example.com", password, now=utc_now())
    nothing: Callable[[], Any] = lambda: None  # noqa: E731 - a probe that is well
    probes = Health(nothing, nothing, nothing, nothing, lambda: 0, lambda: 0)
    app = create_app(settings, app_database=databases.app, store=databases.events, probes=probes, operator_key="bench")
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": "bench@example.com", "password": password}).status_code == 302
    return browser


def _get(browser: FlaskClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.status


def _ask_by_hand(databases: OpenDatabases, where: str) -> None:
    with databases.events.engine.connect() as connection:
        for statement in _BY_HAND:
            connection.exec_driver_sql(statement.format(span=where)).all()


def _sql(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _idle(data: Path, size: int) -> Iterator[Figure]:
    service = RunningService(data).start()
    try:
        time.sleep(5)
        yield Figure(
            f"{size} M events, memory of serve, idle",
            resident_mb(service.pid),
            "MB",
            at_most=250 if size == 10 else None,
        )
    finally:
        service.stop()
