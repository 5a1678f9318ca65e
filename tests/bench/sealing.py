"""What it costs to seal a day: its figures by all dimensions, counted from the events and kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from tests.bench.figure import Figure
from tracker.clock import utc_now
from tracker.demo.catalogue import SITE
from tracker.stats.rollups.keeping import Keeper, seal
from tracker.store.protocol import EventStore

_ZONE = ZoneInfo("Europe/Paris")
_DAYS = 15


def figures(store: EventStore, size: int) -> Iterator[Figure]:
    """Seals some days anew and then all that are not, as the service does; medians."""
    today = utc_now().astimezone(_ZONE).date()
    rounds = [_timed(store, number) for number in range(3, 3 + _DAYS)]
    clock, processor = (median(values) for values in zip(*rounds, strict=True))
    yield Figure(f"{size} M events, sealing a day", clock, "s")
    yield Figure(f"{size} M events, sealing a day: processor time", processor, "s")
    Keeper(store).seal_all(SITE, _ZONE, today=today, on_progress=lambda done, left: None)
    clock, processor = _seconds(lambda: Keeper(store).refresh(SITE, _ZONE, today=today, with_days=_days_before(today)))
    yield Figure(f"{size} M events, sealing {_DAYS} days at once: a day", clock / _DAYS, "s")
    yield Figure(f"{size} M events, sealing {_DAYS} days at once: a day's processor time", processor / _DAYS, "s")


def _days_before(today: date) -> list[date]:
    return [today - timedelta(days=number) for number in range(3, 3 + _DAYS)]


def _timed(store: EventStore, days_ago: int) -> tuple[float, float]:
    day = utc_now().astimezone(_ZONE).date() - timedelta(days=days_ago)
    return _seconds(lambda: seal(store, SITE, day, _ZONE))


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of the processor."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - used
