"""Seals: which local days have rollups that are what their events add up to, and what a change of events takes away.

A day that is *counted* has rollups of some moment; one that is *sealed* has changed in nothing since.

Owns the rule. A row counts on the day on which it happened; with its visit on the one on which that began, and on each
between; and among the visitors that the two days after may have had before. So it concerns the days from the visit's
beginning, or the event where that is earlier, to two days after the event, in any time zone.

Days whose events are gone, because a retention period or the operator removed them, are final: nothing can count them anew,
so nothing takes their figures away. Neither can the two days after them, which had some of the same visitors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, func, literal, or_, select, union_all

from tracker.store.schema import (
    BEYOND,
    ROLLUP_SUMS,
    events,
    held_rollup_ids,
    held_rollups,
    rollup_ids,
    rollups,
    sealed_days,
)

# Two days, one of which may be longer by an hour when the clocks change, and the hour in which the event lies.
_HOURS_AFTER = 2 * 24 + 1 + 1
# A visit may have events from before the one with which it began, which came late.
_HOURS_BEFORE = 3

# Two days, one of which may be shorter by an hour.
_HOURS_WITH_VISITORS_OF_BEFORE = 2 * 24 - 1

HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - as the store has moments


# More values of one dimension on one day are not kept.
MOST_VALUES = 20_000


class SealedDay(NamedTuple):
    """A site's local day in a time zone, by the rules of a version; from `start_at` to before `end_at`, UTC without a zone."""

    site: str
    day: date
    time_zone: str
    rules: int
    start_at: datetime
    end_at: datetime


class CountedMonth(NamedTuple):
    """A site's month in a time zone, by the rules of a version; `month` is its first day."""

    site: str
    month: date
    time_zone: str
    rules: int


class GoalVisits(NamedTuple):
    """The visits that reached any of a site's goals, and what is kept of them. `goal` is the hash of all that these goals count.

    `visits` selects the columns of `held_goal_visits`, `values` those of `goal_values` from that table.
    """

    goal: str
    visits: Select[Any]
    values: Select[Any]


class KeptGoals(NamedTuple):
    """Days of a site, sealed ones in a row, with the goals that are kept of them, and the statement of the events that reached these.

    `goals` are hashes of what they count (`tracker.store.schema.goal_sums`), `rules` the version by which they are counted.
    `reached` selects the columns of `held_goal_events`; None where of single goals nothing is to be kept. `any_goal` are the visits
    that reached any goal, if these are to be kept.
    """

    days: Sequence[SealedDay]
    goals: Sequence[str]
    rules: int
    reached: Select[Any] | None
    any_goal: GoalVisits | None = None

    @property
    def sealed(self) -> Sequence[str]:
        """The hashes of all that is kept."""
        return self.goals if self.any_goal is None else [*self.goals, self.any_goal.goal]


class MonthOfFigures(NamedTuple):
    """A month with the statements of its rollups, over those of its days."""

    month: CountedMonth
    rows: Select[Any]
    ids: Select[Any]


class Span(NamedTuple):
    """Days of a site that overlap it are concerned by a change; UTC without a zone."""

    site: str
    start_at: datetime
    end_at: datetime

    @classmethod
    def always(cls, site: str) -> Span:
        """All days of a site."""
        return cls(site, datetime(1, 1, 1), datetime(9999, 1, 1))  # noqa: DTZ001

    def concerns(self, day: SealedDay) -> bool:
        return self.site == day.site and day.end_at > self.start_at and day.start_at < self.end_at


def final_before(rows: Callable[[Select[Any]], Sequence[Row[Any]]], site: str) -> datetime | None:
    """The moment before which the site's sealed days are final that begin before it (UTC without a zone); None where none is.

    `rows` answers statements. Final are the days that had events and end before the site's first event, and the two after.
    """
    earliest = select(events.c.occurred_at).where(events.c.site == site).order_by(events.c.occurred_at).limit(1)
    first = rows(earliest)
    day = sealed_days.c
    had_events = select(rollups.c.day).where(rollups.c.site == site, rollups.c.events > 0)
    gone = select(func.max(day.end_at)).where(day.site == site, day.day.in_(had_events))
    last = rows(gone.where(day.end_at <= first[0].occurred_at) if first else gone)[0][0]
    return None if last is None else last + _HOURS_WITH_VISITORS_OF_BEFORE * HOUR


def rows_to_keep() -> Select[Any]:
    """The rows of rollups that are made of what a snapshot holds: added up, but for dimensions with too many values on a day."""
    key = [held_rollups.c[name] for name in ("site", "day", "dimension", "value")]
    sums = [func.sum(held_rollups.c[name]).label(name) for name in ROLLUP_SUMS]
    summed = select(*key, *sums).group_by(*key).subquery("summed")
    rows = select(*summed.c).where(says_something(summed)).subquery("rows")
    beyond = _beyond()
    same = and_(rows.c.day == beyond.c.day, rows.c.dimension == beyond.c.dimension)
    kept = select(*rows.c).select_from(rows.join(beyond, same, isouter=True)).where(beyond.c.dimension.is_(None))
    mark = {"site": beyond.c.site, "day": beyond.c.day, "dimension": literal(BEYOND), "value": beyond.c.dimension}
    mark |= {name: beyond.c["number"] if name == "events" else literal(0) for name in ROLLUP_SUMS}
    marks = select(*(mark[column.name].label(column.name) for column in rows.c))
    return select(union_all(kept, marks).subquery("kept"))


def says_something(rows: FromClause) -> ColumnElement[bool]:
    """The rows of rollups that have a sum: what was taken off as a whole leaves none."""
    return or_(*(rows.c[name] != 0 for name in ROLLUP_SUMS))


def ids_to_keep() -> Select[Any]:
    """The same of the ids that last."""
    ids, beyond = held_rollup_ids, _beyond()
    same = and_(ids.c.day == beyond.c.day, ids.c.dimension == beyond.c.dimension)
    columns = [ids.c[column.name] for column in rollup_ids.c]
    return select(*columns).select_from(ids.join(beyond, same, isouter=True)).where(beyond.c.dimension.is_(None))


def _beyond() -> Any:
    """The days and dimensions with too many values, as they are held, and their number."""
    held = held_rollups.c
    number = func.count(held.value.distinct())
    days = select(held.site, held.day, held.dimension, number.label("number")).group_by(
        held.site, held.day, held.dimension
    )
    return days.having(number > MOST_VALUES).subquery("beyond")


def spans_of(sites: Iterable[str], occurred_at: NDArray[np.datetime64], age_seconds: NDArray[np.int64]) -> list[Span]:
    """The spans that events concern, few and apart, by when they happened and how old their visits were with them."""
    happened = occurred_at.astype("datetime64[s]").astype(np.int64)
    began = np.minimum(happened, happened - age_seconds)
    hours: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for site, first, last in set(zip(sites, (began // 3600).tolist(), (happened // 3600).tolist(), strict=True)):
        hours[site].add((first - _HOURS_BEFORE, last + _HOURS_AFTER))
    return [Span(site, *span) for site, found in hours.items() for span in _merged(found)]


def _merged(spans: set[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    """Spans of hours as moments, those that touch as one."""
    merged: list[list[int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return [(_EPOCH + first * HOUR, _EPOCH + last * HOUR) for first, last in merged]
