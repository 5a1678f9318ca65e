"""The service seals the days of its sites, the newest first, and leaves the machine to ingest when hits queue up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from tests.databases import new_app_database, new_event_store
from tests.stats.conftest import SITE, Blog, scope
from tracker.db.engine import AppDatabase
from tracker.service.sealing import Sealing
from tracker.sites.sites import add_site
from tracker.stats import traffic
from tracker.stats.rollups.moment import moment
from tracker.stats.rollups.ready import asked
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore
from tracker.store.schema import counted_months, sealed_days

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, SITE, now=NOW - timedelta(days=30))
    yield opened
    opened.close()


@pytest.fixture
def blog() -> Iterator[Blog]:
    with new_event_store() as store:
        yield Blog(store)


def days(blog: Blog) -> list[date]:
    return sorted(row.day for row in blog.store.rows(select(sealed_days.c.day)))


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_it_seals_the_newest_days_first_until_all_are(app: AppDatabase, blog: Blog) -> None:
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"), consented=False)
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0)
    found = [(sealing.step(threading.Event()), days(blog)) for _ in range(4)]
    both = [date(2026, 11, 17), date(2026, 11, 18)]
    # The third step keeps what reached goals on both.
    assert found == [(True, both[1:]), (True, both), (True, both), (False, both)]


def test_memory_is_given_back_once_after_the_last_day(
    app: AppDatabase, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, tries = Clock(), []

    def give_back() -> bool:
        """In use at first."""
        tries.append(clock.seconds)
        return len(tries) > 1

    monkeypatch.setattr(blog.store, "give_back_memory", give_back)
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"), consented=False)
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=clock)
    for _ in range(5):
        sealing.step(threading.Event())
        clock.seconds += 10
    assert tries == [30, 40]


def test_a_day_that_changes_is_counted_again_soon_and_not_at_each_look(app: AppDatabase, blog: Blog) -> None:
    clock = Clock()
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), consented=False)
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=clock)
    assert sealing.step(threading.Event())
    blog.visit("2026-11-18T10:05:00+01:00", (0, "/a"), consented=False)
    assert not sealing.step(threading.Event())
    clock.seconds += 1
    assert sealing.step(threading.Event())
    assert days(blog) == [date(2026, 11, 18)]


def test_days_of_before_are_sealed_while_hits_of_today_never_stop(app: AppDatabase, blog: Blog) -> None:
    clock = Clock()
    for day in (14, 15, 16):
        blog.visit(f"2026-11-{day}T12:00:00+01:00", (0, "/a"), consented=False)
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=clock)
    for minute in range(12):
        blog.visit(f"2026-11-18T10:{minute:02}:00+01:00", (0, "/a"), consented=False)
        sealing.step(threading.Event())
        clock.seconds += 1
    assert {date(2026, 11, day) for day in (14, 15, 16)} <= set(days(blog))


def test_a_page_shows_what_came_once_it_is_counted(app: AppDatabase, blog: Blog) -> None:
    clock, today = Clock(), scope("2026-11-18")
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=clock)

    def visitors_of_a_page() -> int:
        with moment(blog.store) as store:
            return traffic.visitors(store, today)

    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), consented=False)
    sealing.step(threading.Event())
    blog.visit("2026-11-18T10:05:00+01:00", (0, "/a"), consented=False)
    before = visitors_of_a_page(), traffic.visitors(blog.store, today)
    clock.seconds += 1
    sealing.step(threading.Event())
    assert (before, visitors_of_a_page()) == ((1, 2), 2)


def test_months_that_are_over_have_figures_of_their_own(app: AppDatabase, blog: Blog) -> None:
    blog.visit("2026-10-30T12:00:00+01:00", (0, "/a"), consented=False)
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0)
    while sealing.step(threading.Event()):
        pass
    assert [row.month for row in blog.store.rows(select(counted_months.c.month))] == [date(2026, 10, 1)]


def test_it_waits_while_hits_queue_up(app: AppDatabase, blog: Blog) -> None:
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), consented=False)
    clock, lag = Clock(), [50_000_000]
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: lag[0], monotonic=clock)
    assert not sealing.step(threading.Event())
    lag[0] = 0  # a batch was stored, and more of them come
    assert not sealing.step(threading.Event())
    assert days(blog) == []
    clock.seconds += 2
    assert sealing.step(threading.Event())


@pytest.mark.parametrize(("is_seen", "after_seconds"), [(True, 10), (False, 25)], ids=["seen", "unseen"])
def test_open_days_are_counted_seldom_while_hits_queue_up_and_less_where_nobody_looks(
    app: AppDatabase, blog: Blog, *, is_seen: bool, after_seconds: int
) -> None:
    clock, lag = Clock(), [0]
    blog.store = cast(EventStore, AnsweringStore(blog.store))
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), consented=False)
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: lag[0], monotonic=clock)
    sealing.step(threading.Event())
    if is_seen:
        asked(blog.store, SITE, "list", lambda _page: None)
    blog.visit("2026-11-18T10:05:00+01:00", (0, "/a"), consented=False)
    lag[0] = 50_000_000
    while not sealing.step(threading.Event()):
        clock.seconds += 1
        assert clock.seconds < 100
    assert clock.seconds == after_seconds


def test_sites_that_somebody_looks_at_are_counted_first(
    app: AppDatabase, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, clock, counted = "another.example", Clock(), []
    add_site(app, other, now=NOW)
    blog.store = cast(EventStore, AnsweringStore(blog.store))
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=clock)

    def visit_both() -> None:
        for site in (SITE, other):
            blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), consented=False, site=site)
        clock.seconds += 100

    visit_both()
    for _ in range(4):
        sealing.step(threading.Event())
    monkeypatch.setattr(sealing, "_work_off_some", lambda *_: False)
    monkeypatch.setattr(sealing, "_refresh", lambda site: counted.append(site.stored_as))
    for looked_at in (SITE, other, SITE):
        asked(blog.store, looked_at, "list", lambda _page: None)
        visit_both()
        sealing.step(threading.Event())
        assert counted.pop(0) == looked_at
        counted.clear()
