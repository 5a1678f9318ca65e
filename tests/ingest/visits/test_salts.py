"""Salts: the same all day and across restarts, gone when their time is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.engine import AppDatabase
from tracker.ingest.visits.salts import Salts

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 16)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    yield opened
    opened.close()


def salts(database: AppDatabase, now: datetime = NOW, start: int = 0) -> Salts:
    numbers = count(start)
    return Salts(database, now=lambda: now, random_bytes=lambda size: next(numbers).to_bytes(size, "big"))


def test_a_day_keeps_its_salt_across_restarts(database: AppDatabase) -> None:
    first = salts(database).of(DAY)
    assert salts(database, start=50).of(DAY) == first


def test_each_day_has_its_own(database: AppDatabase) -> None:
    made = salts(database)
    assert made.of(DAY) != made.of(DAY + timedelta(days=1))


def test_a_deleted_salt_does_not_come_back(database: AppDatabase) -> None:
    first = salts(database).of(DAY)
    salts(database).delete_made_before(NOW + timedelta(hours=1))
    assert salts(database, start=50).of(DAY) != first


def test_an_old_logs_salt_goes_by_when_it_was_made(database: AppDatabase) -> None:
    old_day = date(2015, 5, 17)
    first = salts(database).of(old_day)
    salts(database).delete_made_before(NOW - timedelta(hours=1))
    assert salts(database, start=50).of(old_day) == first
