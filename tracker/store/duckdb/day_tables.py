"""The tables of days in DuckDB: figures and rows in the place of those before, seals, and what a change of events takes away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection, select, tuple_

from tracker.store.arrays import column_array
from tracker.store.batch import Batch
from tracker.store.schema import (
    KEPT_ROWS,
    counted_days,
    counted_months,
    events,
    goal_days,
    held_rollups,
    rollup_ids,
    rollups,
    sealed_days,
)
from tracker.store.seals import SealedDay, Span, final_before, ids_to_keep, rows_to_keep, spans_of

# In this order kept rows are stored, as far as they have these columns: what is alike takes less room side by side.
_TOGETHER = ("day", "company", "visit_id", "path")
_DAY = timedelta(days=1)


def store_figures(connection: Connection, site: str, days: Sequence[SealedDay]) -> date:
    """Puts what the snapshot holds in the place of the days' rollups; other days whose figures are of an earlier moment lose them.

    Returns a day (UTC) before which no figures change.
    """
    these = [day.day for day in days]
    is_sealed = select(sealed_days.c.day).where(sealed_days.c.site == site)
    others = (counted_days.c.site == site, counted_days.c.day.not_in(is_sealed))
    lost = [row.day for row in connection.execute(select(counted_days.c.day).where(*others))]
    earliest = min([*lost, *these], default=date.max)
    earliest = max(earliest, date.min + _DAY) - _DAY
    if lost:
        connection.execute(counted_days.delete().where(*others))
    months = {day.replace(day=1) for day in (*these, *lost)}
    connection.execute(counted_months.delete().where(counted_months.c.site == site, counted_months.c.month.in_(months)))
    if not days:
        return earliest  # nothing is held
    for table in (rollups, rollup_ids, counted_days):
        connection.execute(table.delete().where(table.c.site == site, table.c.day.in_(these)))
    rows, ids = rows_to_keep(), ids_to_keep()
    order = [rows.selected_columns.day, rows.selected_columns.dimension]
    connection.execute(rollups.insert().from_select(list(rollups.columns.keys()), rows.order_by(*order)))
    by_day = ids.order_by(ids.selected_columns.day)
    connection.execute(rollup_ids.insert().from_select(list(rollup_ids.columns.keys()), by_day))
    marks = [{"site": site, "day": day.day, "time_zone": day.time_zone, "rules": day.rules} for day in days]
    connection.execute(counted_days.insert(), marks)
    held_rollups.metadata.drop_all(connection, checkfirst=False)
    return earliest


def store_rows(connection: Connection, site: str, days: Sequence[SealedDay], *, held: bool) -> None:
    """Puts the rows that the snapshot holds in the place of those that are kept of the days."""
    for kept, holding in KEPT_ROWS.items():
        if days:
            connection.execute(kept.delete().where(kept.c.site == site, kept.c.day.in_([day.day for day in days])))
        if held:
            rows = select(*(holding.c[column.name] for column in kept.c)).order_by(
                *(holding.c[name] for name in _TOGETHER if name in holding.c)
            )
            connection.execute(kept.insert().from_select(list(kept.columns.keys()), rows))
            holding.drop(connection, checkfirst=False)


def seal_days(connection: Connection, days: Sequence[SealedDay]) -> None:
    if days:
        these = [(day.site, day.day) for day in days]
        # What is kept of goals is of a seal, which is made anew.
        for table in (goal_days, sealed_days):
            connection.execute(table.delete().where(tuple_(table.c.site, table.c.day).in_(these)))
        connection.execute(sealed_days.insert(), [day._asdict() for day in days])


def concerned(connection: Connection, batch: Batch) -> list[Span]:
    """The spans that a batch concerns, by its events and by those that it takes back."""
    spans = []
    if batch.columns and len(batch.columns["site"]):
        arrays = [column_array(name, batch.columns[name]) for name in ("occurred_at", "visit_age_seconds")]
        spans += spans_of(batch.columns["site"], *arrays)
    if batch.retracted:
        columns = (events.c.site, events.c.occurred_at, events.c.visit_age_seconds)
        rows = connection.execute(select(*columns).where(events.c.visit_id.in_(batch.retracted))).all()
        moments = np.array([row.occurred_at for row in rows], dtype="datetime64[us]")
        ages = np.array([row.visit_age_seconds for row in rows], dtype=np.int64)
        spans += spans_of([row.site for row in rows], moments, ages)
    return spans


def unseal(connection: Connection, spans: Sequence[Span]) -> None:
    """Takes the seals away of the days that spans concern, but of those that are final."""
    for site, start_at, end_at in spans:
        overlap = (sealed_days.c.site == site, sealed_days.c.end_at > start_at, sealed_days.c.start_at < end_at)
        if connection.execute(select(sealed_days.c.day).where(*overlap).limit(1)).first() is not None:
            final = final_days(connection, site)
            concerned_days = select(sealed_days.c.day).where(*overlap, sealed_days.c.day.not_in(final))
            of_goals = (goal_days.c.site == site, goal_days.c.day.in_(concerned_days))
            connection.execute(goal_days.delete().where(*of_goals))
            connection.execute(sealed_days.delete().where(*overlap, sealed_days.c.day.not_in(final)))


def final_days(connection: Connection, site: str) -> list[date]:
    before = final_before(lambda statement: connection.execute(statement).all(), site)
    if before is None:
        return []
    final = select(sealed_days.c.day).where(sealed_days.c.site == site, sealed_days.c.start_at < before)
    return [row.day for row in connection.execute(final)]
