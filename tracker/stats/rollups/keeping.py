"""Keeps a site's days counted and sealed: finds those that are not, and makes their figures from the events."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tracker.stats.periods import Period
from tracker.stats.rollups.days import counted, sealed
from tracker.stats.rollups.months import count_month
from tracker.stats.rollups.registry import RULES
from tracker.stats.rollups.sealing import DayOfFigures, scope_of_day
from tracker.stats.scope import Scope, naive
from tracker.stats.traffic import first_day
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.seals import SealedDay

# So many days that change are counted together; a batch of now concerns one day, or two around midnight.
_MOST_TOGETHER = 3
_ALL = (date(1, 1, 1), date(9999, 12, 31))


def sealed_day(scope: Scope) -> SealedDay:
    """The seal of a day by today's rules."""
    period = scope.period
    return SealedDay(
        scope.site, period.start, period.time_zone.key, RULES, naive(period.start_at), naive(period.end_at)
    )


def seal(store: EventStore, site: str, day: date, time_zone: ZoneInfo) -> bool:
    """Makes a day's rollups anew from its events; False when they changed meanwhile."""
    return day in store.count(site, lambda snapshot: work_out(snapshot, site, [day], time_zone))


def work_out(snapshot: Snapshot, site: str, days: Sequence[date], time_zone: ZoneInfo) -> list[SealedDay]:
    """Works days out from one state of their events, and holds them."""
    scopes = [scope_of_day(site, day, time_zone) for day in days]
    for scope in scopes:
        figures = DayOfFigures(snapshot, scope)
        snapshot.hold(figures.rows(), figures.ids())
    return [sealed_day(scope) for scope in scopes]


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
    """Counts and seals the days of sites, the newest first."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def refresh(self, site: str, time_zone: ZoneInfo, *, today: date, with_day: date | None = None) -> set[date]:
        """Counts the days anew, all of one moment, whose events changed since they were counted; returns those sealed now.

        Today is among them if it is not sealed, and so is `with_day`.
        """

        def changed(snapshot: Snapshot) -> list[SealedDay]:
            days = Period(*_ALL, time_zone, "")
            open_days = counted(snapshot, site, days) - (kept := sealed(snapshot, site, days))
            newest = sorted((open_days | {today}) - kept, reverse=True)[:_MOST_TOGETHER]
            more = [] if with_day is None or with_day in newest else [with_day]
            return work_out(snapshot, site, [*newest, *more], time_zone)

        return self._store.count(site, changed)

    def seal_next(self, site: str, time_zone: ZoneInfo, *, today: date, leaving: Collection[date] = ()) -> date | None:
        """Seals one day that is not sealed and returns it; None when all are that it does not leave as they are.

        One that changes meanwhile stays for later.
        """
        for day in self.left(site, time_zone, today=today):
            if day not in leaving and day in self.refresh(site, time_zone, today=today, with_day=day):
                return day
        return None

    def make_month(self, site: str, time_zone: ZoneInfo, *, today: date) -> date | None:
        """Makes the figures of one month of sealed days that has none, and returns its first day; None where none is left."""
        days = all_days(self._store, site, time_zone, today=today)
        return None if days is None else count_month(self._store, site, days)

    def left(self, site: str, time_zone: ZoneInfo, *, today: date) -> list[date]:
        """The site's days that are not sealed, the newest first."""
        days = all_days(self._store, site, time_zone, today=today)
        return list(unsealed_days(self._store, site, days)) if days else []
