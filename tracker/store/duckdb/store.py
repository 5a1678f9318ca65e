"""The event store in DuckDB: reads, appends and checkpoints.

DuckDB lives in one file that one process owns; readers in that process share it. A batch goes in as columns, with
the journal positions, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
from sqlalchemy import Connection, Engine, Row, Select, func, select

from tracker.store.batch import Batch, SegmentPosition
from tracker.store.changes.revisions import State
from tracker.store.duckdb.day_tables import concerned, unseal
from tracker.store.duckdb.errors import first_line
from tracker.store.duckdb.frames import read_frame
from tracker.store.duckdb.in_use import InUse
from tracker.store.duckdb.insertion import insert_events
from tracker.store.duckdb.seals import Seals
from tracker.store.duckdb.snapshot import DuckDBSnapshot
from tracker.store.errors import StoreUnavailable
from tracker.store.patience import interruptible
from tracker.store.protocol import Snapshot, SnapshotToCount
from tracker.store.schema import (
    ROLLUP_TABLES,
    event_ids,
    events,
    journal_positions,
    not_counted,
    schema_version,
)
from tracker.store.seals import KeptGoals, MonthOfFigures, SealedDay, Span

if TYPE_CHECKING:
    import pandas as pd

_KEPT_MB = 24


class DuckDBStore:
    """An EventStore (`tracker.store.protocol`) over an engine of SQLAlchemy's. Safe to use from several threads."""

    def __init__(self, engine: Engine, *, memory_mb: int = 0) -> None:
        """`memory_mb` is what DuckDB may take; 0 where its memory is not to be given back."""
        self.engine = engine
        self._memory_mb = memory_mb
        self._seals = Seals(engine)
        self._in_use = InUse(engine) if memory_mb > _KEPT_MB else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        with self._reading() as connection:
            return connection.execute(statement).all()

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        """The result as columns, named and typed as selected."""
        with self._reading() as connection:
            return read_frame(connection, statement)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection whose statement is interrupted when nobody waits for it any more."""
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            with interruptible(driver.interrupt):
                yield connection

    def append(self, batch: Batch) -> None:
        """Adds a batch in one transaction: all of it is stored, or nothing. Its rows are stored visitor by visitor."""
        with (
            self._seals.changing(batch) as spans,
            self.engine.connect() as connection,
            connection.begin() as transaction,
        ):
            if not batch.is_stored(_offsets(connection, batch.starts)):
                spans.extend(_add(connection, batch))
            with self._seals.committing(spans):
                transaction.commit()

    def rehearse(self, batch: Batch) -> None:
        """Raises what `append` would raise; nothing of the batch is stored."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            _add(connection, batch)
            transaction.rollback()

    @contextmanager
    def snapshot(self) -> Iterator[DuckDBSnapshot]:
        with self._reading() as connection, connection.begin() as transaction:
            try:
                yield DuckDBSnapshot(connection, self._seals.states(connection))
            finally:
                transaction.rollback()

    def count(
        self,
        site: str,
        work_out: Callable[[SnapshotToCount], Sequence[SealedDay]],
        *,
        ready: Callable[[Snapshot], object] | None = None,
        counted: Callable[[State], object] | None = None,
    ) -> set[date]:
        """Makes the rollups anew of the days that are worked out and held in a snapshot; returns those that are sealed."""
        return self._seals.count(site, work_out, ready=ready, counted=counted)

    def seal(self, day: SealedDay, work_out: Callable[[Snapshot], None]) -> bool:
        """Counts one day; False when a change of its events came between, so that it is not sealed."""

        def one(snapshot: Snapshot) -> list[SealedDay]:
            work_out(snapshot)
            return [day]

        return day.day in self.count(day.site, one)

    def unseal(self, site: str, first: date, end: date) -> None:
        """Takes the figures of a site's days out of use, so that they are counted from the events. Those whose events are gone stay."""
        self._seals.unseal(site, first, end)

    def count_month(self, work_out: Callable[[Snapshot], MonthOfFigures | None]) -> bool:
        """Makes a month's rollups of those of its days; False where it is not to be made."""
        return self._seals.count_month(work_out)

    def keep_goals(self, site: str, work_out: Callable[[Snapshot], KeptGoals | None]) -> set[date]:
        """Keeps the events of goals on sealed days; returns the days of which they are."""
        return self._seals.keep_goals(site, work_out)

    def forget_goals(self, site: str, goals: Collection[str]) -> None:
        """Removes what is kept of a site's goals but these."""
        self._seals.forget_goals(site, goals)

    def lags(self) -> dict[str, float]:
        """For how many seconds the figures of sites have lacked events. Sites of which no day was counted are not among them."""
        return self._seals.lags()

    def details_of(self, day: date) -> Sequence[tuple[str, str, str]]:
        """The site, reason and detail of what is not counted on a day."""
        columns = (not_counted.c.site, not_counted.c.reason, not_counted.c.detail)
        found = self.rows(select(*columns).where(not_counted.c.day == day).distinct())
        return [(site, reason, detail) for site, reason, detail in found]

    def compact_not_counted(self) -> None:
        """Makes one row of the rows that batches added for the same site, day, reason and detail."""
        key = (not_counted.c.site, not_counted.c.day, not_counted.c.reason, not_counted.c.detail)
        several = select(not_counted.c.day).group_by(*key).having(func.count() > 1)
        with self.transaction() as connection:
            days = {row.day for row in connection.execute(several)}
            if not days:
                return
            sums = (
                select(*key, func.sum(not_counted.c.hits).label("hits"))
                .where(not_counted.c.day.in_(days))
                .group_by(*key)
            )
            rows = [{**row, "hits": int(row["hits"])} for row in connection.execute(sums).mappings() if row["hits"]]
            connection.execute(not_counted.delete().where(not_counted.c.day.in_(days)))
            if rows:
                connection.execute(not_counted.insert(), rows)

    def forget_event_ids(self, kept: timedelta) -> None:
        """Removes the ids that clients gave events which are older by more than this than the newest with one."""
        with self.transaction() as connection:
            newest = connection.execute(select(func.max(event_ids.c.occurred_at))).scalar()
            if newest is not None:
                connection.execute(event_ids.delete().where(event_ids.c.occurred_at < newest - kept))

    def positions(self) -> dict[str, SegmentPosition]:
        """How far each journal segment is stored, by its name."""
        found = self.rows(select(journal_positions))
        return {row.segment: SegmentPosition(**row._asdict()) for row in found}

    def offsets(self) -> dict[str, int]:
        """How many bytes of each journal segment are stored."""
        return {name: position.offset_bytes for name, position in self.positions().items()}

    def forget_positions(self, segments: Sequence[str]) -> None:
        """Removes the positions of segments that are no longer there."""
        if segments:
            with self.transaction() as connection:
                connection.execute(journal_positions.delete().where(journal_positions.c.segment.in_(segments)))

    def forget_site(self, site: str) -> None:
        """Deletes a site's events and what was not counted for it. DuckDB uses their room again; it does not overwrite it."""
        with self._seals.clearing(site), self.transaction() as connection:
            for of_days in ROLLUP_TABLES:
                connection.execute(of_days.delete().where(of_days.c.site == site))
            for kept in (events, event_ids, not_counted):
                connection.execute(kept.delete().where(kept.c.site == site))

    def checkpoint(self) -> None:
        """Makes what was committed so far independent of DuckDB's log, which a crash may leave beyond repair.

        Raises StoreUnavailable when it is not possible now, because others write or the disk is full.
        """
        with closing(self.engine.raw_connection()) as connection:  # the ORM's would begin a transaction first
            driver = connection.driver_connection
            assert driver is not None
            try:
                driver.execute("CHECKPOINT")
            except duckdb.Error as problem:
                raise StoreUnavailable(f"the event store cannot be checkpointed: {first_line(problem)}") from problem

    def give_back_memory(self) -> bool:
        """Makes DuckDB let go of what it read and does not use now, all but some; else it keeps it up to its limit.

        What was committed since the last checkpoint is in memory as well. False where something is asked just now: for an
        instant DuckDB may take no more than it keeps, in which a statement would fail.
        """
        if self._in_use is None:
            return True
        with suppress(StoreUnavailable):  # others write: soon there is another checkpoint
            self.checkpoint()
        with closing(self.engine.raw_connection()) as connection:
            driver = connection.driver_connection
            assert driver is not None
            with self._in_use.alone() as is_alone, suppress(duckdb.Error):  # more is kept: the limit is as it was
                if is_alone:
                    driver.execute(f"SET memory_limit = '{_KEPT_MB}MiB'")
                    driver.execute(f"SET memory_limit = '{self._memory_mb}MiB'")
            return is_alone

    def recover_from(self, problem: Exception) -> None:
        """After a fatal error DuckDB refuses all further work: lets go of it, so that the next use opens it afresh."""
        if "invalidated" in str(problem) or "FATAL" in str(problem):
            self.engine.dispose()
            self._seals.lose_added()

    def ping(self) -> None:
        """Raises when the store does not answer."""
        self.rows(select(schema_version.c.version))

    def close(self) -> None:
        self.engine.dispose()


def _offsets(connection: Connection, segments: Collection[str]) -> dict[str, int]:
    """How many bytes of these segments are stored."""
    if not segments:
        return {}
    table = journal_positions.c
    statement = select(table.segment, table.offset_bytes).where(table.segment.in_(segments))
    return {row.segment: row.offset_bytes for row in connection.execute(statement)}


def _add(connection: Connection, batch: Batch) -> list[Span]:
    """Adds a batch, and takes the seals away of the days that it concerns; returns the spans of these."""
    spans = concerned(connection, batch)
    unseal(connection, spans)
    if batch.retracted:
        for kept in (events, event_ids):
            connection.execute(kept.delete().where(kept.c.visit_id.in_(batch.retracted)))
    if batch.columns and len(batch.columns["site"]):
        insert_events(connection, batch.columns)
    if batch.not_counted:
        connection.execute(not_counted.insert(), [row._asdict() for row in batch.not_counted])
    for position in batch.positions:
        connection.execute(journal_positions.delete().where(journal_positions.c.segment == position.segment))
    if batch.positions:
        connection.execute(journal_positions.insert(), [row._asdict() for row in batch.positions])
    return spans
