"""The scopes of local days: of one, or of several in a row, and the moments around them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    cast,
    select,
)

from tracker.stats.local_time import local_moment
from tracker.stats.periods import Period
from tracker.stats.scope import Scope, naive
from tracker.store.functions import date_trunc
from tracker.store.protocol import Snapshot
from tracker.store.schema import events


def scope_of_days(site: str, first: date, end: date, time_zone: ZoneInfo) -> Scope:
    """The scope of days in a row."""
    return Scope(site, Period(first, end, time_zone, first.isoformat()))


def scope_of_day(site: str, day: date, time_zone: ZoneInfo) -> Scope:
    """The scope that a seal of the day is of."""
    return Scope(site, Period(day, day + timedelta(days=1), time_zone, day.isoformat()))


def all_tell(snapshot: Snapshot, scope: Scope) -> bool:
    """Whether each event says if its visitor's id lasts. Those that were stored before version 3 do not."""
    return not snapshot.rows(select(events.c.site).where(scope.where(), events.c.consented.is_(None)).limit(1))


def scopes_to_count(snapshot: Snapshot, scope: Scope) -> list[Scope]:
    """A scope of days in a row as it can be counted: at once where all events tell, else each day alone."""
    period = scope.period
    if period.days == 1 or all_tell(snapshot, scope):
        return [scope]
    days = (period.start + timedelta(days=number) for number in range(period.days))
    return [scope_of_day(scope.site, day, period.time_zone) for day in days]


def day_of(period: Period, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The local day of a moment of the period."""
    return cast(date_trunc("day", local_moment(period, moment)), Date)


def days_before(scope: Scope, days: int) -> datetime:
    """The local midnight so many days before, as the store has moments."""
    start = scope.period.start - timedelta(days=days)
    return naive(Period(start, scope.period.start, scope.period.time_zone, "").start_at)
