"""The site's clock in SQL: UTC moments shifted by the offsets that its zone has in the period.

A zone has at most a few offsets in a year, so the shift is a short CASE, which every engine runs fast and which needs
no time zone data of the engine's own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Interval, case, func, literal

from tracker.reports.periods import Period
from tracker.store.schema import events


def local_moment(period: Period, moment: ColumnElement[Any] = events.c.occurred_at) -> ColumnElement[Any]:
    """A moment of the period, by default an event's, on the site's clock."""
    changes = offset_changes(period)
    _, first = changes[0]
    if len(changes) == 1:
        return moment + literal(first, Interval)
    branches = [
        (moment < change.replace(tzinfo=None), moment + literal(before, Interval))
        for (change, _), (_, before) in zip(changes[1:], changes, strict=False)
    ]
    return case(*branches, else_=moment + literal(changes[-1][1], Interval))


def truncated(period: Period, interval: str, moment: ColumnElement[Any] = events.c.occurred_at) -> ColumnElement[Any]:
    """The local start of the hour, day, ISO week or month in which a moment of the period lies."""
    return func.date_trunc(interval, local_moment(period, moment))


@lru_cache(maxsize=256)
def offset_changes(period: Period) -> tuple[tuple[datetime, timedelta], ...]:
    """The moments (aware, UTC) from which each offset to UTC holds in the period; the first is the period's start."""
    start, end = period.start_at, period.end_at
    changes = [(start, _offset(period, start))]
    moment = start
    while moment < end:
        later = min(moment + timedelta(days=1), end)
        if _offset(period, later) != changes[-1][1]:
            changes.append((_change_between(period, moment, later), _offset(period, later)))
        moment = later
    return tuple(changes)


def _offset(period: Period, moment: datetime) -> timedelta:
    offset = moment.astimezone(period.time_zone).utcoffset()
    assert offset is not None
    return offset


def _change_between(period: Period, before: datetime, after: datetime) -> datetime:
    """The second at which the offset changes, by halving; clocks change on whole seconds."""
    low, high = int(before.timestamp()), int(after.timestamp())
    old = _offset(period, before)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(period, datetime.fromtimestamp(middle, UTC)) == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
