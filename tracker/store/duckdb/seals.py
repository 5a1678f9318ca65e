"""Seals of days in DuckDB: made from one state of the events, and never of one that has changed meanwhile.

A day's figures are worked out without a lock, which may take a while; ingest goes on. Then, for some milliseconds, no
batch may be stored: if one that came meanwhile concerns the day, the figures are let go, else they are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, Select, func, select

from tracker.store.arrays import column_array
from tracker.store.batch import Batch
from tracker.store.protocol import Snapshot
from tracker.store.schema import ROLLUP_SUMS, events, held_rollup_ids, held_rollups, rollup_ids, rollups, sealed_days
from tracker.store.seals import SealedDay, Span, spans_of

if TYPE_CHECKING:
    import pandas as pd


class DuckDBSnapshot:
    """A Snapshot (`tracker.store.protocol`) in a transaction, which is rolled back in the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._holds = False

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(statement).all()

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        import pandas as pd  # as in tracker.store.duckdb.store: not for who only opens the store

        return pd.read_sql(statement, self._connection)

    def hold(self, rows: Sequence[Select[Any]], ids: Select[Any]) -> None:
        """Adds figures of days to the tables that only this snapshot sees."""
        if not self._holds:
            self._holds = True
            held_rollups.metadata.create_all(self._connection, checkfirst=False)
        for table, statement in (*((held_rollups, one) for one in rows), (held_rollup_ids, ids)):
            names = [column.name for column in statement.selected_columns]
            self._connection.execute(table.insert().from_select(names, statement))


class Seals:
    """Seals days of a store, beside whoever changes its events."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._changes = Lock()
        self._sealing = Lock()
        self._changed: list[Span] | None = None

    @contextmanager
    def changing(self) -> Iterator[list[Span]]:
        """While a transaction runs that changes events: takes the spans that it concerns."""
        spans: list[Span] = []
        with self._changes:
            yield spans
            if self._changed is not None:
                self._changed += spans

    def seal(self, day: SealedDay, work_out: Callable[[Snapshot], None]) -> bool:
        """Makes a day's rollups anew, of what is worked out and held in a snapshot; False when a change of its events came between."""
        with self._sealing:
            with self._changes:
                changed: list[Span] = []
                self._changed = changed
            try:
                with self._engine.connect() as connection, connection.begin() as transaction:
                    snapshot = DuckDBSnapshot(connection)
                    work_out(snapshot)
                    with self._changes:
                        if any(span.concerns(day) for span in changed):
                            transaction.rollback()
                            return False
                        _store(connection, day)
                        transaction.commit()
                    return True
            finally:
                with self._changes:
                    self._changed = None

    def unseal(self, site: str, first: date, end: date) -> None:
        """Takes the seals from a site's days."""
        with self._sealing, self._changes, self._engine.begin() as connection:
            within = (sealed_days.c.site == site, sealed_days.c.day >= first, sealed_days.c.day < end)
            connection.execute(sealed_days.delete().where(*within))


def _store(connection: Connection, day: SealedDay) -> None:
    """Puts what the snapshot holds in the place of the day's rollups."""
    for table in (rollups, rollup_ids, sealed_days):
        connection.execute(table.delete().where(table.c.site == day.site, table.c.day == day.day))
    key = [held_rollups.c[name] for name in ("site", "day", "dimension", "value")]
    sums = [func.sum(held_rollups.c[name]).label(name) for name in ROLLUP_SUMS]
    added_up = select(*key, *sums).group_by(*key).order_by(held_rollups.c.dimension)
    connection.execute(rollups.insert().from_select(list(rollups.columns.keys()), added_up))
    ids = select(*held_rollup_ids.columns).order_by(held_rollup_ids.c.dimension)
    connection.execute(rollup_ids.insert().from_select(list(rollup_ids.columns.keys()), ids))
    connection.execute(sealed_days.insert(), [day._asdict()])
    held_rollups.metadata.drop_all(connection, checkfirst=False)


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
    """Takes the seals away of the days that spans concern."""
    for site, start_at, end_at in spans:
        overlap = (sealed_days.c.end_at > start_at, sealed_days.c.start_at < end_at)
        connection.execute(sealed_days.delete().where(sealed_days.c.site == site, *overlap))
