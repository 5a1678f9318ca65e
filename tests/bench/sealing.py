"""What it costs to seal a day: its figures by all dimensions, counted from the events and kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
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
    keeper = Keeper(store)
    while keeper.seal_next(SITE, _ZONE, today=today) is not None:
        pass
    while keeper.make_month(SITE, _ZONE, today=today) is not None:
        pass


def _timed(store: EventStore, days_ago: int) -> tuple[float, float]:
    day = utc_now().astimezone(_ZONE).date() - timedelta(days=days_ago)
    begun, used = time.perf_counter(), time.process_time()
    seal(store, SITE, day, _ZONE)
    return time.perf_counter() - begun, time.process_time() - used
