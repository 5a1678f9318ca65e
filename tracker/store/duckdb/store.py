"""Opens the event store and runs its transactions. The only place that knows which engine is behind it.

DuckDB lives in one file that one process owns; readers in that process share it. A batch goes in as columns, with
the journal positions, in one transaction. A damaged store is set aside and opened again
(tracker.store.duckdb.recovery).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import duckdb
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Engine,
    Row,
    Select,
    cast,
    column,
    create_engine,
    func,
    make_url,
    select,
    table,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from tracker.store.arrays import column_array
from tracker.store.duckdb import recovery
from tracker.store.duckdb.migrations import migrate
from tracker.store.errors import NewerStoreError, StoreUnavailable
from tracker.store.schema import EVENT_COLUMNS, events, journal_positions, not_counted, schema_version

# Megabytes for DuckDB where the operator says nothing.
_LEAST_MEMORY_MB = 128
_MOST_MEMORY_MB = 1024

# How long DuckDB's log may be until a checkpoint. At the default of half of it, twice as many checkpoints each write
# the last rows anew: a third more work and five times as much memory while a backlog is stored.
_LOG = "32MiB"

# A batch is stored in this order, for what a visitor's rows share is then stored once a visitor: a fifth less on disk.
# The day comes before the visitor, so that row groups are still left out by time.
_TOGETHER: tuple[ColumnElement[Any], ...] = (
    column("site"),
    cast(column("occurred_at"), Date),
    column("visitor_id"),
    column("occurred_at"),
)


class NotCounted(NamedTuple):
    """Hits of one site and local day that were dropped for one reason and detail."""

    site: str
    day: date
    reason: str
    detail: str
    hits: int


class SegmentPosition(NamedTuple):
    """How far a journal segment is stored (`offset_bytes`) and what became of the hits before that point."""

    segment: str
    offset_bytes: int
    events: int
    pageviews: int
    dropped: dict[str, int]


class Batch(NamedTuple):
    """What one transaction adds. `columns` has a list or an array for every name in EVENT_COLUMNS, all of one length.

    `occurred_at` is whole microseconds since 1970 in UTC, or an array of datetime64[us]. `retracted` are visits that
    turned out not to be counted: their stored events are removed.
    """

    columns: Mapping[str, Any]
    not_counted: Sequence[NotCounted] = ()
    positions: Sequence[SegmentPosition] = ()
    retracted: Sequence[int] = ()


class EventStore:
    """Reads and appends. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        with self.engine.connect() as connection:
            return connection.execute(statement).all()

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        """The result as columns, named and typed as selected."""
        with self.engine.connect() as connection:
            return pd.read_sql(statement, connection)

    def append(self, batch: Batch) -> None:
        """Adds a batch in one transaction: all of it is stored, or nothing. Its rows are stored visitor by visitor."""
        with self.transaction() as connection:
            _add(connection, batch)

    def rehearse(self, batch: Batch) -> None:
        """Raises what `append` would raise; nothing of the batch is stored."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            _add(connection, batch)
            transaction.rollback()

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
            sums = select(*key, func.sum(not_counted.c.hits)).where(not_counted.c.day.in_(days)).group_by(*key)
            rows = [NotCounted(*row[:4], int(row[4]))._asdict() for row in connection.execute(sums) if row[4]]
            connection.execute(not_counted.delete().where(not_counted.c.day.in_(days)))
            if rows:
                connection.execute(not_counted.insert(), rows)

    def positions(self) -> dict[str, SegmentPosition]:
        """How far each journal segment is stored, by its name."""
        found = self.rows(select(journal_positions))
        return {row.segment: SegmentPosition(*row) for row in found}

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
        with self.transaction() as connection:
            connection.execute(events.delete().where(events.c.site == site))
            connection.execute(not_counted.delete().where(not_counted.c.site == site))

    def checkpoint(self) -> None:
        """Makes what was committed so far independent of DuckDB's log, which a crash may leave beyond repair.

        Raises StoreUnavailable when it is not possible now, because others write or the disk is full.
        """
        if self.engine.dialect.name != "duckdb":
            return
        with closing(self.engine.raw_connection()) as connection:  # the ORM's would begin a transaction first
            driver = connection.driver_connection
            assert driver is not None
            try:
                driver.execute("CHECKPOINT")
            except duckdb.Error as problem:
                raise StoreUnavailable(f"the event store cannot be checkpointed: {_first_line(problem)}") from problem

    def recover_from(self, problem: Exception) -> None:
        """After a fatal error DuckDB refuses all further work: lets go of it, so that the next use opens it afresh."""
        if "invalidated" in str(problem) or "FATAL" in str(problem):
            self.engine.dispose()

    def ping(self) -> None:
        """Raises when the store does not answer."""
        self.rows(select(schema_version.c.version))

    def close(self) -> None:
        self.engine.dispose()


def open_event_store(url: str, *, wait_seconds: float = 0.0, memory_mb: int = 0) -> EventStore:
    """The event store at `url`, created on first use and at this version's schema; what is damaged is set aside.

    While another process holds the file, tries again for `wait_seconds`. DuckDB may take `memory_mb` megabytes; 0 is
    a quarter of the machine's memory and 1024 at most. Raises StoreUnavailable.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        engine = _create_engine(url, memory_mb or _default_memory_mb())
        try:
            with engine.connect() as connection:
                migrate(connection)
                connection.commit()
            return EventStore(engine)
        except NewerStoreError:
            engine.dispose()
            raise
        except DBAPIError as problem:
            engine.dispose()
            message = str(problem.orig)
            part = recovery.damaged_part(message)
            if part and recovery.set_aside(url, part, _first_line(message), datetime.now(UTC)):
                continue
            if "lock" not in message.lower():
                raise StoreUnavailable(_describe(url, problem)) from problem
            if time.monotonic() >= deadline:
                raise StoreUnavailable(f"the event store {url} is in use by another process") from problem
            time.sleep(0.1)


def _create_engine(url: str, memory_mb: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "duckdb":
        raise StoreUnavailable(f"the event store {parsed.drivername} is not supported; use duckdb:///path")
    if parsed.database in (None, "", ":memory:"):
        # A name makes one in-memory database that all threads share; nameless, each connection has its own.
        parsed = parsed.set(database=f":memory:{uuid4().hex}")
    # With sampling, DuckDB guesses an object column's type from some rows and fails on the rest; 0 means text.
    config = {"pandas_analyze_sample": 0, "memory_limit": f"{memory_mb}MiB", "checkpoint_threshold": _LOG}
    return create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=32,
        connect_args={"config": config},
        pool_reset_on_return=None,
    )


def _default_memory_mb() -> int:
    """DuckDB's own default is four fifths of the machine, on which a mail server may run too."""
    machine_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(_LEAST_MEMORY_MB, min(_MOST_MEMORY_MB, machine_mb // 4))


def _describe(url: str, problem: DBAPIError) -> str:
    return f"the event store {url} cannot be opened: {_first_line(problem.orig)}"


def _first_line(problem: object) -> str:
    return str(problem).partition("\n")[0]


def _add(connection: Connection, batch: Batch) -> None:
    if batch.retracted:
        connection.execute(events.delete().where(events.c.visit_id.in_(batch.retracted)))
    if batch.columns and len(batch.columns["site"]):
        _insert_events(connection, batch.columns)
    if batch.not_counted:
        connection.execute(not_counted.insert(), [row._asdict() for row in batch.not_counted])
    for position in batch.positions:
        connection.execute(journal_positions.delete().where(journal_positions.c.segment == position.segment))
    if batch.positions:
        connection.execute(journal_positions.insert(), [row._asdict() for row in batch.positions])


def _insert_events(connection: Connection, columns: Mapping[str, Any]) -> None:
    arrays = {name: column_array(name, columns[name]) for name in EVENT_COLUMNS}
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.register("batch", arrays)  # as it is: a DataFrame would look through each text for its type
    try:
        named: list[Any] = [column(name) for name in EVENT_COLUMNS]
        rows = select(*named).select_from(table("batch")).order_by(*_TOGETHER)
        connection.execute(events.insert().from_select(list(EVENT_COLUMNS), rows))
    except BaseException:
        with suppress(duckdb.Error):  # a transaction that failed takes no command but its end, and hides why
            driver.unregister("batch")
        raise
    driver.unregister("batch")
