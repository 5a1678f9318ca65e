"""Keeps a site's days sealed: finds those that are not, and makes their figures from the events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tracker.stats.periods import Period
from tracker.stats.rollups.counting import sealed
from tracker.stats.rollups.registry import RULES
from tracker.stats.rollups.sealing import DayOfFigures, scope_of_day
from tracker.stats.scope import naive
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.seals import SealedDay


def seal(store: EventStore, site: str, day: date, time_zone: ZoneInfo) -> bool:
    """Makes a day's rollups anew from its events; False when they changed meanwhile."""
    scope = scope_of_day(site, day, time_zone)
    start_at, end_at = naive(scope.period.start_at), naive(scope.period.end_at)

    def work_out(snapshot: Snapshot) -> None:
        figures = DayOfFigures(snapshot, scope)
        snapshot.hold(figures.rows(), figures.ids())

    return store.seal(SealedDay(site, day, time_zone.key, RULES, start_at, end_at), work_out)


def unsealed_days(store: EventStore, site: str, period: Period) -> Iterator[date]:
    """The days of a period that are not sealed, the newest first."""
    with store.snapshot() as snapshot:
        kept = sealed(snapshot, site, period)
    for number in range(1, period.days + 1):
        day = period.end - timedelta(days=number)
        if day not in kept:
            yield day
