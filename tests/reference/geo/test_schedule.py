from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.reference.geo.providers import NotConfigured
from tracker.reference.geo.schedule import GeoUpdates
from tracker.reference.geo.update import UpdateOutcome
from tracker.settings import Settings


class Clock:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Fetching:
    """Stands for `update`: counts its runs and says what it is told to."""

    def __init__(self, outcome: UpdateOutcome | Exception) -> None:
        self.runs = 0
        self.outcome = outcome

    def __call__(self, settings: Settings, provider: str, *, now: datetime) -> Iterable[UpdateOutcome]:
        self.runs += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return [self.outcome]


UPDATED = UpdateOutcome("x.mmdb", "updated", "1.0 MB")
FAILED = UpdateOutcome("x.mmdb", "failed", "it is a web page")


def ticks(settings: Settings, fetching: Fetching, hours: Iterable[float]) -> list[int]:
    """How often was fetched by each of some hours after the start."""
    clock = Clock()
    clock.now = Clock.now
    updates = GeoUpdates(settings, clock, run=fetching)
    runs = []
    for hour in hours:
        clock.now = Clock.now + timedelta(hours=hour)
        updates()
        updates.wait()
        runs.append(fetching.runs)
    return runs


def on(folder: Path) -> Settings:
    return Settings(data=folder, geo_update="dbip")


def test_it_is_off_by_default(tmp_path: Path) -> None:
    assert ticks(Settings(data=tmp_path), Fetching(UPDATED), [0, 48]) == [0, 0]


def test_it_fetches_at_the_start_and_once_a_day(tmp_path: Path) -> None:
    assert ticks(on(tmp_path), Fetching(UPDATED), [0, 0.1, 23.9, 24, 24.1, 48]) == [1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("outcome", [FAILED, NotConfigured("set the key"), RuntimeError("unforeseen")])
def test_it_tries_again_six_hours_after_a_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, outcome: UpdateOutcome | Exception
) -> None:
    assert ticks(on(tmp_path), Fetching(outcome), [0, 5.9, 6, 11.9, 12]) == [1, 1, 2, 2, 3]
    assert "geo database" in caplog.text


def test_a_restart_does_not_fetch_what_was_fetched_today(tmp_path: Path) -> None:
    (tmp_path / "geo").mkdir()
    notes = tmp_path / "geo" / "fetched.json"
    notes.write_text("{}")
    then = (Clock.now - timedelta(hours=20)).timestamp()
    os.utime(notes, (then, then))
    assert ticks(on(tmp_path), Fetching(UPDATED), [0, 3.9, 4]) == [0, 0, 1]
