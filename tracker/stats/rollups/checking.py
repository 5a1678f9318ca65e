"""Compares the figures that are kept of days with what their events add up to: every sum of every dimension.

A seal says that both are the same. What differs is therefore a fault, of the code or of a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, except_, select, union_all

from tracker.stats.goals import Goal
from tracker.stats.rollups.checking_goals import unlike_goals
from tracker.stats.rollups.day_figures.figures import DayOfFigures
from tracker.stats.rollups.day_figures.scopes import scope_of_day
from tracker.stats.rollups.kept_rows import hold_rows
from tracker.stats.rollups.months import figures_of_month
from tracker.stats.rollups.registry import RULES
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import (
    KEPT_ROWS,
    counted_months,
    month_rollup_ids,
    month_rollups,
    rollup_ids,
    rollups,
    sealed_days,
)
from tracker.store.seals import final_before, ids_to_keep, rows_to_keep, says_something

# So many are worked out before they are compared, in one state of the store.
_DAYS_AT_ONCE = 20


class Compared(NamedTuple):
    """How many days were compared, and by which dimensions those differ that do."""

    days: int
    different: dict[date, list[str]]


def compare_with_events(
    store: EventStore, site: str, first: date = date.min, end: date = date.max, *, goals: Sequence[Goal] = ()
) -> Compared:
    """Compares the sealed days of a site from `first` to before `end`, with what is kept of its goals, beside whoever stores events.

    Days whose events are gone are not among them: there is nothing to compare them with.
    """
    final = final_before(store.rows, site) or datetime.min  # noqa: DTZ901 - as the store has moments
    days = [row.day for row in store.rows(_seals(site, first, end)) if row.start_at >= final]
    compared, different = 0, {}
    for start in range(0, len(days), _DAYS_AT_ONCE):
        some = days[start : start + _DAYS_AT_ONCE]
        with store.snapshot() as snapshot:
            seals = [row for row in snapshot.rows(_seals(site, some[0], end)) if row.day in some]
            compared += len(seals)
            different.update(_different(snapshot, site, seals))
            for seal in seals if goals else ():
                unlike = unlike_goals(snapshot, site, seal.day, ZoneInfo(seal.time_zone), goals)
                if unlike:
                    different.setdefault(seal.day, []).extend(unlike)
    with store.snapshot() as snapshot:
        for month, dimensions in _different_months(snapshot, site, first, end).items():
            different.setdefault(month, []).extend(f"the whole month by {name or 'all'}" for name in dimensions)
    return Compared(compared, different)


def _seals(site: str, first: date, end: date) -> Select[Any]:
    """The seals that a question may trust; those of earlier rules are made anew."""
    seals = sealed_days.c
    within = (seals.site == site, seals.day >= first, seals.day < end, seals.rules == RULES)
    return select(seals.day, seals.time_zone, seals.start_at).where(*within).order_by(seals.day)


def _different(snapshot: Snapshot, site: str, seals: Sequence[Row[Any]]) -> dict[date, list[str]]:
    for seal in seals:
        scope = scope_of_day(site, seal.day, ZoneInfo(seal.time_zone))
        figures = DayOfFigures(snapshot, scope)
        snapshot.hold(figures.rows(), figures.ids())
        hold_rows(snapshot, scope)
    days = [seal.day for seal in seals]
    found: defaultdict[date, list[str]] = defaultdict(list)
    for row in (*_unlike(snapshot, *_sums(site, days)), *_unlike(snapshot, *_ids(site, days))):
        if row.dimension not in found[row.day]:
            found[row.day].append(row.dimension)
    for kept, held in KEPT_ROWS.items():
        of_days = select(*kept.c).where(kept.c.site == site, kept.c.day.in_(days))
        for row in _unlike_in(snapshot, ("day",), of_days, select(*(held.c[column.name] for column in kept.c))):
            found[row.day].append(kept.name)
    return dict(found)


def _different_months(snapshot: Snapshot, site: str, first: date, end: date) -> dict[date, list[str]]:
    """The months whose figures are not what those of their days add up to, by their first day."""
    marks = counted_months.c
    within = (marks.site == site, marks.month >= first, marks.month < end, marks.rules == RULES)
    found: dict[date, list[str]] = {}
    for month in snapshot.rows(select(marks.month, marks.time_zone).where(*within).order_by(marks.month)):
        figures = figures_of_month(site, month.month, ZoneInfo(month.time_zone))
        rows = select(*month_rollups.c).where(month_rollups.c.site == site, month_rollups.c.day == month.month)
        ids = select(*month_rollup_ids.c).where(month_rollup_ids.c.site == site, month_rollup_ids.c.day == month.month)
        unlike = [
            *_unlike(snapshot, rows, select(figures.rows.order_by(None).subquery())),
            *_unlike(snapshot, ids, select(figures.ids.subquery())),
        ]
        if unlike:
            found[month.month] = list(dict.fromkeys(row.dimension for row in unlike))
    return found


def _unlike(snapshot: Snapshot, kept: Select[Any], counted: Select[Any]) -> Sequence[Row[Any]]:
    """The days and dimensions of rows that are in one of the selects and not in the other."""
    return _unlike_in(snapshot, ("day", "dimension"), kept, counted)


def _unlike_in(snapshot: Snapshot, names: Sequence[str], kept: Select[Any], counted: Select[Any]) -> Sequence[Row[Any]]:
    unlike = union_all(select(except_(kept, counted).subquery()), select(except_(counted, kept).subquery())).subquery()
    key = [unlike.c[name] for name in names]
    return snapshot.rows(select(*key).distinct().order_by(*key))


def _sums(site: str, days: Iterable[date]) -> tuple[Select[Any], Select[Any]]:
    kept = select(*rollups.c).where(rollups.c.site == site, rollups.c.day.in_(days), says_something(rollups))
    return kept, rows_to_keep()


def _ids(site: str, days: Iterable[date]) -> tuple[Select[Any], Select[Any]]:
    return select(*rollup_ids.c).where(rollup_ids.c.site == site, rollup_ids.c.day.in_(days)), ids_to_keep()
