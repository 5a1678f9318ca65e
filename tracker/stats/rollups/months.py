"""The figures of whole months, made of those of their days: a row is added up with days as one of a day is.

`visitors_1` and `visitors_2` of a month are how many of its visitors are not new when the range also has the day before
it, or both days before: of the first day those who were there then, of the second those whom the days within the month
did not yet take off.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Table, case, cast, func, literal, select

from tracker.stats.periods import Period, months_after
from tracker.stats.rollups.days import sealed
from tracker.stats.rollups.registry import HOUR, RULES, TITLES
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import ROLLUP_SUMS, counted_months, rollup_ids, rollups
from tracker.store.seals import CountedMonth, MonthOfFigures


def month_to_count(snapshot: Snapshot, site: str, days: Period) -> date | None:
    """The newest month that is over, has only sealed days and no figures of its own; `days` are all that the site has."""
    table = counted_months
    found = select(table.c.month).where(
        table.c.site == site, table.c.time_zone == days.time_zone.key, table.c.rules == RULES
    )
    made = {row.month for row in snapshot.rows(found)}
    kept = sealed(snapshot, site, days)
    month = days.last_day.replace(day=1)
    while month > days.start:
        month = months_after(month, -1)
        if month not in made and _is_sealed(month, days, kept):
            return month
    return None


def count_month(store: EventStore, site: str, days: Period) -> date | None:
    """Makes the figures of one month that lacks them, and returns it; None where none does."""
    found: list[date] = []

    def work_out(snapshot: Snapshot) -> MonthOfFigures | None:
        month = month_to_count(snapshot, site, days)
        if month is None:
            return None
        found.append(month)
        return figures_of_month(site, month, days.time_zone)

    return found[0] if store.count_month(work_out) else None


def figures_of_month(site: str, month: date, time_zone: ZoneInfo) -> MonthOfFigures:
    """A month with the statements over the rows of its days."""
    end = months_after(month, 1)
    named = CountedMonth(site, month, time_zone.key, RULES)
    sums = [_over_days(name, month).label(name) for name in ROLLUP_SUMS]
    key = (rollups.c.dimension, rollups.c.value)
    rows = select(*_first(named), *key, *sums).where(
        *_within(rollups, site, month, end), rollups.c.dimension.not_in([HOUR, TITLES])
    )
    whole = [rollup_ids.c[name] for name in ("dimension", "value", "visitor_id", "visit_id")]
    ids = select(*_first(named), *whole).where(*_within(rollup_ids, site, month, end)).distinct()
    return MonthOfFigures(named, rows.group_by(*key).order_by(rollups.c.dimension), ids)


def _is_sealed(month: date, days: Period, kept: set[date]) -> bool:
    first, end = max(month, days.start), months_after(month, 1)
    return all(first + timedelta(days=number) in kept for number in range((end - first).days))


def _first(month: CountedMonth) -> list[ColumnElement[Any]]:
    return [literal(month.site).label("site"), literal(month.month).label("day")]


def _within(table: Table, site: str, month: date, end: date) -> list[ColumnElement[bool]]:
    return [table.c.site == site, table.c.day >= month, table.c.day < end]


def _over_days(name: str, month: date) -> ColumnElement[Any]:
    """A sum over a month's days, as the month's row has it."""
    base, _, within = name.partition("_")
    if f"{name}_1" in ROLLUP_SUMS:
        one, two = rollups.c[f"{name}_1"], rollups.c[f"{name}_2"]
        return _by_day(month, rollups.c[name], rollups.c[name] - one, rollups.c[name] - two)
    if within in ("1", "2"):
        one, two = rollups.c[f"{base}_1"], rollups.c[f"{base}_2"]
        return _by_day(month, rollups.c[name], two - one, literal(0))
    return func.sum(rollups.c[name])


def _by_day(
    month: date, first: ColumnElement[Any], second: ColumnElement[Any], later: ColumnElement[Any]
) -> ColumnElement[Any]:
    """A sum of which the month's first and second day have parts of their own."""
    days = cast(month, Date), cast(month + timedelta(days=1), Date)
    return func.sum(case((rollups.c.day == days[0], first), (rollups.c.day == days[1], second), else_=later))
