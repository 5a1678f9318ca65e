"""Keeps a site's days counted and sealed: finds those that are not, and makes their figures from the events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tracker.stats.local_time import truncated
from tracker.stats.periods import Period
from tracker.stats.rollups.day_figures.figures import DayOfFigures
from tracker.stats.rollups.day_figures.scopes import scope_of_day, scope_of_days, scopes_to_count
from tracker.stats.rollups.day_figures.updating import days_to_update, hold_updated
from tracker.stats.rollups.days import counted, runs, sealed
from tracker.stats.rollups.kept_rows import hold_rows
from tracker.stats.rollups.months import count_month
from tracker.stats.rollups.registry import RULES
from tracker.stats.scope import Scope, naive
from tracker.stats.traffic import first_day
from tracker.store.protocol import EventStore, Snapshot, SnapshotToCount
from tracker.store.seals import SealedDay

# So many days that change are counted together; a batch of now concerns one day, or two around midnight.
_MOST_TOGETHER = 3
# So many days in a row are counted at once, or fewer that have about so many events: these take half a second and 100 MB.
_MOST_AT_ONCE = 62
_EVENTS_AT_ONCE = 30_000
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


def work_out(snapshot: SnapshotToCount, site: str, days: Sequence[date], time_zone: ZoneInfo) -> list[SealedDay]:
    """Works days out from one state of their events, and holds them; those whose figures are kept are brought up to date."""
    updated = days_to_update(snapshot, site, days, time_zone)
    hold_updated(snapshot, site, updated, time_zone)
    for first, end in runs(sorted({*days} - {*updated})):
        for one in scopes_to_count(snapshot, scope_of_days(site, first, end, time_zone)):
            figures = DayOfFigures(snapshot, one)
            snapshot.hold(figures.rows(), figures.ids())
            hold_rows(snapshot, one)
    return [sealed_day(scope_of_day(site, day, time_zone)) for day in days]


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
    """Counts and seals the days of sites, the newest first.

    `ready` asks of a site's figures, each time that some were counted, what is to be answered when they are seen.
    """

    def __init__(self, store: EventStore, ready: Callable[[str, Snapshot], object] | None = None) -> None:
        self._store = store
        self._ready = ready

    def refresh(
        self,
        site: str,
        time_zone: ZoneInfo,
        *,
        today: date,
        with_days: Collection[date] = (),
    ) -> set[date]:
        """Counts the days anew, all of one moment, whose events changed since they were counted; returns those sealed now.

        Today is among them if it is not sealed, and so are `with_days`.
        """

        def changed(snapshot: SnapshotToCount) -> list[SealedDay]:
            days = Period(*_ALL, time_zone, "")
            open_days = counted(snapshot, site, days) - (kept := sealed(snapshot, site, days))
            newest = sorted((open_days | {today}) - kept, reverse=True)[:_MOST_TOGETHER]
            return work_out(snapshot, site, sorted({*newest, *with_days}), time_zone)

        ready = None if self._ready is None else partial(self._ready, site)
        return self._store.count(site, changed, ready=ready)

    def seal_next(self, site: str, time_zone: ZoneInfo, *, today: date, leaving: Collection[date] = ()) -> date | None:
        """Seals one day that is not sealed and returns it; None when all are that it does not leave as they are.

        One that changes meanwhile stays for later.
        """
        for day in self.left(site, time_zone, today=today):
            if day not in leaving and day in self.refresh(site, time_zone, today=today, with_days=[day]):
                return day
        return None

    def seal_some(
        self, site: str, time_zone: ZoneInfo, *, today: date, leaving: Collection[date] = (), most: int = _MOST_AT_ONCE
    ) -> set[date]:
        """As `seal_next`, several days in a row at once."""
        days: list[date] = []
        for day in self.left(site, time_zone, today=today):
            follows = not days or (days[-1] - day).days == 1
            if days and (not follows or day in leaving or len(days) >= min(most, _MOST_AT_ONCE)):
                break
            if day not in leaving:
                days.append(day)
        if not days:
            return set()
        days = self._as_many_as_suit(site, time_zone, days)
        found = self.refresh(site, time_zone, today=today, with_days=days) & set(days)
        # With one that goes on changing the rest of them would stay for ever.
        return found or set(filter(None, [self.seal_next(site, time_zone, today=today, leaving=leaving)]))

    def _as_many_as_suit(self, site: str, time_zone: ZoneInfo, days: list[date]) -> list[date]:
        """Of days in a row, the newest first, those that together have not too many events; one at least."""
        scope = scope_of_days(site, days[-1], days[0] + timedelta(days=1), time_zone)
        day = truncated(scope.period, "day").label("day")
        rows = self._store.rows(select(day, func.count().label("events")).where(scope.span()).group_by(day))
        numbers, total = {row.day.date(): row.events for row in rows}, 0
        for index, one in enumerate(days):
            total += numbers.get(one, 0)
            if index and total > _EVENTS_AT_ONCE:
                return days[:index]
        return days

    def seal_all(self, site: str, time_zone: ZoneInfo, *, today: date, on_progress: Callable[[int, int], None]) -> None:
        """Seals all days that do not go on changing, and makes months; `on_progress` is told days done and days left."""
        while done := self.seal_some(site, time_zone, today=today):
            on_progress(len(done), len(self.left(site, time_zone, today=today)))
        while self.make_month(site, time_zone, today=today) is not None:
            pass

    def make_month(self, site: str, time_zone: ZoneInfo, *, today: date) -> date | None:
        """Makes the figures of one month of sealed days that has none, and returns its first day; None where none is left."""
        days = all_days(self._store, site, time_zone, today=today)
        return None if days is None else count_month(self._store, site, days)

    def left(self, site: str, time_zone: ZoneInfo, *, today: date) -> list[date]:
        """The site's days that are not sealed, the newest first."""
        days = all_days(self._store, site, time_zone, today=today)
        return list(unsealed_days(self._store, site, days)) if days else []
