"""The service seals the days of its sites, the newest first, and leaves the machine to ingest when hits queue up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.stats.conftest import SITE, Blog
from tracker.db.engine import AppDatabase, open_app_database
from tracker.service.sealing import Sealing
from tracker.sites.sites import add_site
from tracker.store.engines import open_event_store
from tracker.store.schema import sealed_days

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = open_app_database(f"sqlite:///{tmp_path / 'app.sqlite'}")
    add_site(opened, SITE, now=NOW - timedelta(days=30))
    yield opened
    opened.close()


@pytest.fixture
def blog() -> Iterator[Blog]:
    store = open_event_store("duckdb:///:memory:")
    yield Blog(store)
    store.close()


def days(blog: Blog) -> list[date]:
    return sorted(row.day for row in blog.store.rows(select(sealed_days.c.day)))


def test_it_seals_the_newest_days_first_until_all_are(app: AppDatabase, blog: Blog) -> None:
    blog.visit("2026-11-17T12:00:00+01:00", (0, "/a"))
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0)
    found = [(sealing.step(threading.Event()), days(blog)) for _ in range(3)]
    both = [date(2026, 11, 17), date(2026, 11, 18)]
    assert found == [(True, both[1:]), (True, both), (False, both)]


def test_a_day_that_goes_on_changing_is_sealed_again_after_a_while(app: AppDatabase, blog: Blog) -> None:
    clock = [0.0]
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"))
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=lambda: clock[0])
    assert sealing.step(threading.Event())
    blog.visit("2026-11-18T10:05:00+01:00", (0, "/a"))
    assert not sealing.step(threading.Event())
    clock[0] += 61
    assert sealing.step(threading.Event())
    assert days(blog) == [date(2026, 11, 18)]


def test_it_waits_while_hits_queue_up(app: AppDatabase, blog: Blog) -> None:
    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"))
    sealing = Sealing(app, blog.store, now=lambda: NOW, lag_bytes=lambda: 50_000_000)
    assert not sealing.step(threading.Event())
    assert days(blog) == []
