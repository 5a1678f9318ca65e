"""Keeps a site's days sealed: finds those that are not, and makes their figures from the events."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tracker.stats.periods import Period
from tracker.stats.rollups.counting import sealed
from tracker.stats.rollups.registry import RULES
from tracker.stats.rollups.sealing import DayOfFigures, scope_of_day
from tracker.stats.scope import Scope, naive
from tracker.stats.traffic import first_day
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.seals import SealedDay


def sealed_day(scope: Scope) -> SealedDay:
    """The seal of a day by today's rules."""
    period = scope.period
    return SealedDay(
        scope.site, period.start, period.time_zone.key, RULES, naive(period.start_at), naive(period.end_at)
    )


def seal(store: EventStore, site: str, day: date, time_zone: ZoneInfo) -> bool:
    """Makes a day's rollups anew from its events; False when they changed meanwhile."""
    scope = scope_of_day(site, day, time_zone)

    def work_out(snapshot: Snapshot) -> None:
        figures = DayOfFigures(snapshot, scope)
        snapshot.hold(figures.rows(), figures.ids())

    return store.seal(sealed_day(scope), work_out)


def unsealed_days(store: EventStore, site: str, period: Period) -> Iterator[date]:
    """The days of a period that are not sealed, the newest first."""
    with store.snapshot() as snapshot:
        kept = sealed(snapshot, site, period)
    for number in range(1, period.days + 1):
        day = period.end - timedelta(days=number)
        if day not in kept:
            yield day


def all_days(store: EventStore, site: str, time_zone: ZoneInfo, *, today: date) -> Period | None:
    """From a site's first day to `today`; None where it has no event."""
    first = first_day(store, site, time_zone)
    return None if first is None or first > today else Period(first, today + timedelta(days=1), time_zone, "all")


class Keeper:
    """Seals the days of sites one by one, the newest first."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def seal_next(self, site: str, time_zone: ZoneInfo, *, today: date, leaving: Collection[date] = ()) -> date | None:
        """Seals one day that is not sealed and returns it; None when all are that it does not leave as they are.

        One that changes meanwhile stays for later.
        """
        for day in self.left(site, time_zone, today=today):
            if day not in leaving and seal(self._store, site, day, time_zone):
                return day
        return None

    def left(self, site: str, time_zone: ZoneInfo, *, today: date) -> list[date]:
        """The site's days that are not sealed, the newest first."""
        days = all_days(self._store, site, time_zone, today=today)
        return list(unsealed_days(self._store, site, days)) if days else []
