"""Figures of days in DuckDB: counted from one state of the events, and sealed where none has changed meanwhile.

Days are worked out and stored without a lock, which may take a while; ingest goes on. Then, for some milliseconds, no
batch may be stored: the days that no batch concerned meanwhile are sealed. The others have figures of the moment at
which they were counted.

All days of a site that have figures and are not sealed have them of one moment. So whoever counts some of them anew takes
the figures of the rest out of use.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, Select, Table, select, tuple_

from tracker.store.arrays import column_array
from tracker.store.batch import Batch
from tracker.store.duckdb.frames import read_frame
from tracker.store.duckdb.goals import KEPT_OF_GOALS, seal_goals, store_goals
from tracker.store.protocol import Snapshot
from tracker.store.reading import Reading
from tracker.store.revisions import State, States
from tracker.store.schema import (
    KEPT_ROWS,
    counted_days,
    counted_months,
    events,
    goal_days,
    held_rollup_ids,
    held_rollups,
    month_rollup_ids,
    month_rollups,
    rollup_ids,
    rollups,
    schema_version,
    sealed_days,
)
from tracker.store.seals import (
    KeptGoals,
    MonthOfFigures,
    SealedDay,
    Span,
    final_before,
    ids_to_keep,
    rows_to_keep,
    spans_of,
)

if TYPE_CHECKING:
    import pandas as pd

# In this order kept rows are stored, as far as they have these columns: what is alike takes less room side by side.
_TOGETHER = ("day", "company", "visit_id", "path")
_DAY = timedelta(days=1)
# What a snapshot sees of all changes, and of those of figures of days alone.
SeenStates = tuple[State | None, State | None]


class DuckDBSnapshot:
    """A Snapshot (`tracker.store.protocol`) in a transaction, which is rolled back in the end."""

    def __init__(self, connection: Connection, states: SeenStates = (None, None)) -> None:
        self._connection = connection
        self._of_all, self._of_figures = states
        self._holds = False
        self.holds_rows = False

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(statement).all()

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return read_frame(self._connection, statement)

    def hold(self, rows: Sequence[Select[Any]], ids: Select[Any] | None) -> None:
        """Adds figures of days to the tables that only this snapshot sees."""
        if not self._holds:
            self._holds = True
            held_rollups.metadata.create_all(self._connection, checkfirst=False)
        both = [(held_rollups, one) for one in rows] + ([] if ids is None else [(held_rollup_ids, ids)])
        for table, statement in both:
            names = [column.name for column in statement.selected_columns]
            self._connection.execute(table.insert().from_select(names, statement))

    def hold_rows(self, table: Table, rows: Select[Any]) -> None:
        """Adds rows of days to the table that holds what is to be kept in another one."""
        if not self.holds_rows:
            self.holds_rows = True
            for held in KEPT_ROWS.values():
                held.create(self._connection, checkfirst=False)
        names = [column.name for column in rows.selected_columns]
        self._connection.execute(KEPT_ROWS[table].insert().from_select(names, rows))

    def revision(self, reading: Reading, *, of_figures: bool = False) -> int | None:
        """The number of the last change of what is read; None where that is not known."""
        state = self._of_figures if of_figures else self._of_all
        return None if state is None else state.revision(reading)

    def once(
        self,
        reading: Reading,  # noqa: ARG002 - part of the protocol
        question: Hashable,  # noqa: ARG002
        work: Callable[[], Any],
        *,
        of_figures: bool = False,  # noqa: ARG002
    ) -> Any:
        """It keeps no answers."""
        return work()

    def let_go(self) -> None:
        """Drops what it holds, for a transaction that is committed."""
        if self._holds:
            held_rollups.metadata.drop_all(self._connection, checkfirst=False)
        if self.holds_rows:
            for held in KEPT_ROWS.values():
                held.drop(self._connection, checkfirst=False)
        self._holds = self.holds_rows = False

    def corrects_companies(self, site: str) -> bool:  # noqa: ARG002 - part of the protocol
        """It reads what is stored."""
        return False


class Seals:
    """Counts and seals days of a store, beside whoever changes its events."""

    def __init__(self, engine: Engine, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._changes = Lock()
        self._sealing = Lock()
        self._changed: list[tuple[Span, float]] | None = None
        # Since when events of a site have changed that its figures do not know; None where they know all.
        self._since: dict[str, float | None] = {}
        self._states = States()
        self._figures = States()

    def states(self, connection: Connection) -> SeenStates:
        """The states that a transaction sees, which is begun by this."""
        of_all: list[State | None] = []

        def begin() -> None:
            of_all.append(self._states.seen_by(lambda: connection.execute(select(schema_version.c.version))))

        of_figures = self._figures.seen_by(begin)
        return of_all[0], of_figures

    def committing(self, spans: Sequence[Span]) -> AbstractContextManager[None]:
        """Around the commit of a transaction that changes events."""
        return self._states.committing((span.site, span.start_at.date()) for span in spans)

    @contextmanager
    def _committing_figures(self, site: str, earliest: date) -> Iterator[None]:
        """Around the commit of a transaction that changes figures of days."""
        with self._states.committing([(site, earliest)]), self._figures.committing([(site, earliest)]):
            yield

    @contextmanager
    def changing(self) -> Iterator[list[Span]]:
        """While a transaction runs that changes events: takes the spans that it concerns."""
        spans: list[Span] = []
        with self._changes:
            yield spans
            now = self._monotonic()
            for span in spans:
                if self._since.get(span.site, now) is None:
                    self._since[span.site] = now
            if self._changed is not None:
                self._changed += [(span, now) for span in spans]

    def lags(self) -> dict[str, float]:
        """For how many seconds figures of sites have lacked events; sites that no day was counted of are not among them."""
        with self._changes:
            now = self._monotonic()
            return {site: 0.0 if since is None else now - since for site, since in self._since.items()}

    def count(
        self,
        site: str,
        work_out: Callable[[Snapshot], Sequence[SealedDay]],
        *,
        ready: Callable[[Snapshot], object] | None = None,
        counted: Callable[[State], object] | None = None,
    ) -> set[date]:
        """Makes the rollups anew of the days that are worked out and held in a snapshot; returns those that are sealed."""
        with self._sealing:
            with self._changes:
                changed: list[tuple[Span, float]] = []
                self._changed = changed
            try:
                with self._engine.connect() as connection, connection.begin() as transaction:
                    snapshot = DuckDBSnapshot(connection)
                    days = work_out(snapshot)
                    earliest = _store(connection, site, days)
                    _store_rows(connection, site, days, held=snapshot.holds_rows)
                    if ready is not None:
                        self._ask(connection, self._figures.now().but(site, earliest), ready)
                    with self._changes:
                        sealed = [day for day in days if not any(span.concerns(day) for span, _ in changed)]
                        _seal(connection, sealed)
                        with self._committing_figures(site, earliest):
                            transaction.commit()
                        self._since[site] = next((at for span, at in changed if span.site == site), None)
                    if counted is not None:
                        counted(self._figures.now())
                    return {day.day for day in sealed}
            finally:
                with self._changes:
                    self._changed = None

    def _ask(self, connection: Connection, state: State, ready: Callable[[Snapshot], object]) -> None:
        """Asks of what is counted and not committed yet."""
        snapshot = DuckDBSnapshot(connection, (None, state))
        ready(snapshot)
        snapshot.let_go()

    @contextmanager
    def clearing(self, site: str) -> Iterator[None]:
        """While a transaction runs that removes all of a site: as `changing` and `committing`, and no day is counted meanwhile."""
        span = Span.always(site)
        with self._sealing, self.changing() as changed, self._committing_figures(site, span.start_at.date()):
            changed.append(span)
            yield

    def unseal(self, site: str, first: date, end: date) -> None:
        """Takes the figures of a site's days out of use, but of those that are final."""
        figures = self._committing_figures(site, date.min)
        with self._sealing, self._changes, figures, self._engine.begin() as connection:
            final = _final_days(connection, site)
            connection.execute(counted_months.delete().where(counted_months.c.site == site))
            for table in (sealed_days, counted_days, goal_days):
                within = (table.c.site == site, table.c.day >= first, table.c.day < end)
                connection.execute(table.delete().where(*within, table.c.day.not_in(final)))

    def keep_goals(self, site: str, work_out: Callable[[Snapshot], KeptGoals | None]) -> set[date]:
        """Keeps what reached goals on sealed days; returns the days of which it is, as none of their events changed meanwhile."""
        with self._sealing:
            with self._changes:
                changed: list[tuple[Span, float]] = []
                self._changed = changed
            try:
                with self._engine.connect() as connection, connection.begin() as transaction:
                    kept = work_out(DuckDBSnapshot(connection))
                    if kept is None:
                        return set()
                    store_goals(connection, site, kept)
                    with self._changes:
                        days = [day for day in kept.days if not any(span.concerns(day) for span, _ in changed)]
                        seal_goals(connection, site, days, kept)
                        transaction.commit()
                return {day.day for day in days}
            finally:
                with self._changes:
                    self._changed = None

    def forget_goals(self, site: str, goals: Collection[str]) -> None:
        """Removes what is kept of a site's goals but these."""
        with self._sealing, self._engine.begin() as connection:
            for table in (goal_days, *KEPT_OF_GOALS):
                connection.execute(table.delete().where(table.c.site == site, table.c.goal.not_in(goals)))

    def count_month(self, work_out: Callable[[Snapshot], MonthOfFigures | None]) -> bool:
        """Makes a month's rollups of those of its days; False where it is not to be made."""
        with self._sealing, self._engine.begin() as connection:
            made = work_out(DuckDBSnapshot(connection))
            if made is None:
                return False
            month = made.month
            for kept, rows in ((month_rollups, made.rows), (month_rollup_ids, made.ids)):
                connection.execute(kept.delete().where(kept.c.site == month.site, kept.c.day == month.month))
                connection.execute(kept.insert().from_select([column.name for column in rows.selected_columns], rows))
            connection.execute(counted_months.insert(), [month._asdict()])
            return True


def _store(connection: Connection, site: str, days: Sequence[SealedDay]) -> date:
    """Puts what the snapshot holds in the place of the days' rollups; other days whose figures are of an earlier moment lose them.

    Returns a day (UTC) before which no figures change.
    """
    these = [day.day for day in days]
    months = {day.day.replace(day=1) for day in days}
    is_sealed = select(sealed_days.c.day).where(sealed_days.c.site == site)
    others = (counted_days.c.site == site, counted_days.c.day.not_in(is_sealed))
    lost = [row.day for row in connection.execute(select(counted_days.c.day).where(*others))]
    earliest = min([*lost, *these], default=date.max)
    earliest = max(earliest, date.min + _DAY) - _DAY
    if lost:
        connection.execute(counted_days.delete().where(*others))
    if not days:
        return earliest  # nothing is held
    connection.execute(counted_months.delete().where(counted_months.c.site == site, counted_months.c.month.in_(months)))
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


def _store_rows(connection: Connection, site: str, days: Sequence[SealedDay], *, held: bool) -> None:
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


def _seal(connection: Connection, days: Sequence[SealedDay]) -> None:
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
            final = _final_days(connection, site)
            concerned_days = select(sealed_days.c.day).where(*overlap, sealed_days.c.day.not_in(final))
            of_goals = (goal_days.c.site == site, goal_days.c.day.in_(concerned_days))
            connection.execute(goal_days.delete().where(*of_goals))
            connection.execute(sealed_days.delete().where(*overlap, sealed_days.c.day.not_in(final)))


def _final_days(connection: Connection, site: str) -> list[date]:
    before = final_before(lambda statement: connection.execute(statement).all(), site)
    if before is None:
        return []
    final = select(sealed_days.c.day).where(sealed_days.c.site == site, sealed_days.c.start_at < before)
    return [row.day for row in connection.execute(final)]
