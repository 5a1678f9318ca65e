"""The site's clock in SQL: UTC moments shifted by the offsets that its zone has in the period.

A zone has at most a few offsets in a year, so the shift is a short CASE, which every engine runs fast and which needs
no time zone data of the engine's own. Of a period of few months even that is spared: their beginnings are worked
out here, and the engine only compares a moment with some of them, which is faster than date_trunc. Of days, weeks and hours
date_trunc takes half as long as that, and its statement is a tenth as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Interval, case, literal

from tracker.stats.periods import Period, months_after
from tracker.store import functions
from tracker.store.schema import events

# So many days have few months, which are searched by halving; a statement of more takes longer to plan than it saves.
_FEW_MONTHS = 32 * 31

# Before all periods.
OUTSIDE = datetime(1900, 1, 1)  # noqa: DTZ001 - as the store has moments

# An interval's beginning: in UTC and on the site's clock, both without a zone.
_Beginning = tuple[datetime, datetime]


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
    """The local start of the minute, hour, day, ISO week or month in which a moment of the period lies."""
    few = _few_beginnings(period, interval)
    # A single one would be a mere value, by which an engine cannot group.
    return (
        _searched(moment, few) if few and len(few) > 1 else functions.date_trunc(interval, local_moment(period, moment))
    )


def truncated_within(period: Period, interval: str, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """As `truncated` of a moment that may lie outside of the period, which returns OUTSIDE."""
    start, end = (one.replace(tzinfo=None) for one in (period.start_at, period.end_at))
    few = _few_beginnings(period, interval)
    if few is None:
        outside = literal(OUTSIDE, DateTime)
        return case((moment < start, outside), (moment >= end, outside), else_=truncated(period, interval, moment))
    (_, first), *others = few
    return _searched(moment, [(start, OUTSIDE), (start, first), *others, (end, OUTSIDE)])


def _searched(moment: ColumnElement[Any], beginnings: Sequence[_Beginning]) -> ColumnElement[Any]:
    """The second of the last pair whose first is not after the moment; the first pair's for all that lies before."""
    if len(beginnings) == 1:
        return literal(beginnings[0][1], DateTime)
    middle = len(beginnings) // 2
    earlier, later = _searched(moment, beginnings[:middle]), _searched(moment, beginnings[middle:])
    return case((moment < beginnings[middle][0], earlier), else_=later)


@lru_cache(maxsize=256)
def _few_beginnings(period: Period, interval: str) -> tuple[_Beginning, ...] | None:
    """When each month begins, in the order of time, or None where there are many, and for other intervals."""
    if interval != "month" or period.days > _FEW_MONTHS:
        return None
    month = period.start.replace(day=1)
    found: list[_Beginning] = []
    while month < period.end:
        local = datetime.combine(month, time())
        found.append((local.replace(tzinfo=period.time_zone).astimezone(UTC).replace(tzinfo=None), local))
        month = months_after(month, 1)
    return tuple(found)


def quarter(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour that a moment lies in."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


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
