"""The dashboard at 1, 10 and more million events of 20,000 companies: how long its pages take, and how much memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from flask.testing import FlaskClient

from tests.bench import sealing
from tests.bench.figure import Figure, middle
from tests.bench.memory import resident_mb
from tests.bench.one_hit import OneHit
from tests.bench.pages import Bench
from tests.bench.timed_store import TimedStore
from tests.running_service import RunningService, webleads
from tracker.accounts.users import create_user
from tracker.api.health import Health
from tracker.app import create_app
from tracker.clock import utc_now
from tracker.db.engine import AppDatabase, open_app_database
from tracker.demo.catalogue import SITE
from tracker.reports.report import report_on
from tracker.settings import Settings, load_settings
from tracker.sites.sites import find_site
from tracker.stats.periods import iso_week
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore

COMPANIES = 20_000


def figures(folder: Path, millions: list[int]) -> Iterator[Figure]:
    """Returns the seconds of each page at each size, and how they grow with it."""
    grown: dict[tuple[int, str], float] = {}
    for size in millions:
        data = folder / f"{size}M"
        begun = time.perf_counter()
        number = ("--events", str(size * 1_000_000), "--companies", str(COMPANIES))
        made = webleads("demo", *number, "--no-serve", data=data, timeout=7200)
        assert made.returncode == 0, made.stderr
        yield Figure(f"{size} M events: made in", time.perf_counter() - begun, "s")
        stored = (data / "events.duckdb").stat().st_size
        yield Figure(
            f"{size} M events: event store", stored / size / 1e6, "B/event", at_most=40 if size >= 10 else None
        )
        for one in _asked(data, size):
            yield one
            if ", overview of " in one.what and one.unit == "s":
                grown[size, one.what.partition(", ")[2]] = one.value
        yield from _served(data, size)
    for (size, what), seconds in grown.items():
        if (size * 10, what) in grown:
            yield Figure(f"{what}: {size * 10} M against {size} M events", grown[size * 10, what] / seconds, "x")


def _asked(data: Path, size: int) -> Iterator[Figure]:
    """Measures in this process: first without the answers that the service keeps, then with them, after a hit each time."""
    settings = load_settings(data=data)
    app, opened = open_app_database(settings.app_database), open_event_store(settings.event_store)
    store = TimedStore(opened)
    try:
        yield from sealing.figures(opened, size)
        bench = Bench(signed_in(settings, app, store), store, size)
        yield from bench.figures()
        yield _weekly(app, opened, size)
        hit = OneHit(app, opened)
        kept = TimedStore(hit.store)
        yield from Bench(signed_in(settings, app, kept, email="kept@example.com"), kept, size, hit).figures()
        yield from bench.sites_page(app)
    finally:
        opened.close()
        app.close()


def _weekly(app: AppDatabase, store: EventStore, size: int) -> Figure:
    site = find_site(app, SITE)
    assert site is not None
    week = iso_week((utc_now() - timedelta(days=7)).date())
    seconds = middle(lambda: _seconds(lambda: report_on(store, site, "weekly", week, now=utc_now())), times=3)
    return Figure(f"{size} M events, weekly report", seconds, "s")


def signed_in(
    settings: Settings, app_database: AppDatabase, store: TimedStore, *, email: str = "bench@example.com"
) -> FlaskClient:
    """Returns a browser of somebody who may see everything."""
    password = "only for the bench"
    create_user(app_database, email, password, now=utc_now())
    nothing: Callable[[], Any] = lambda: None  # noqa: E731 - a probe that is well
    probes = Health(nothing, nothing, nothing, nothing, lambda: 0, lambda: 0)
    asked = cast(EventStore, store)
    app = create_app(settings, app_database=app_database, store=asked, probes=probes, operator_key="bench")
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": password}).status_code == 302
    return browser


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _served(data: Path, size: int) -> Iterator[Figure]:
    """Measures the service on the data: how fast it answers, and its memory when it is idle."""
    begun = time.perf_counter()
    service = RunningService(data).start()
    ready = time.perf_counter() - begun
    try:
        yield Figure(f"{size} M events, serve ready after", ready, "s", at_most=2 if size == 10 else None)
        time.sleep(5)
        yield Figure(
            f"{size} M events, memory of serve, idle",
            resident_mb(service.pid),
            "MB",
            at_most=250 if size == 10 else None,
        )
    finally:
        service.stop()
