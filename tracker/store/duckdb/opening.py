"""Opens the event store in a DuckDB file, which is created on first use. A damaged part is moved aside first."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

import tracker.store.duckdb.functions  # noqa: F401 - its rules load with it
from tracker.store.duckdb import recovery
from tracker.store.duckdb.dialect import DRIVER
from tracker.store.duckdb.errors import first_line
from tracker.store.duckdb.migrations import STEPS
from tracker.store.duckdb.store import DuckDBStore
from tracker.store.errors import NewerStoreError, StoreUnavailable
from tracker.store.migrations import migrate

# The most megabytes for DuckDB by default.
_LEAST_MEMORY_MB = 128
_MOST_MEMORY_MB = 1024

# The size of DuckDB's log that causes a checkpoint. Its default is half of this. Then there are twice as many checkpoints,
# and each rewrites the last rows: storing a backlog takes a third more work and five times as much memory.
_LOG = "32MiB"

# The size of a block of a new file, a quarter of DuckDB's default (docs/adr/0040-small-blocks-for-events.md): a part of a column that
# does not fill its block leaves the rest of it to nobody. A file that is there keeps the size that it was made with.
_BLOCK_BYTES = 65_536


def open_store(url: str, *, wait_seconds: float = 0.0, memory_mb: int = 0) -> DuckDBStore:
    """Opens the event store at `url`: creates it on first use, migrates its schema, moves a damaged part aside.

    While another process holds the file, tries again for `wait_seconds`. DuckDB may take `memory_mb` megabytes; 0 means
    a quarter of the machine's memory, and 1024 at most. Raises StoreUnavailable.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        engine = _create_engine(url, memory_mb or _default_memory_mb())
        try:
            with engine.connect() as connection:
                migrate(connection, STEPS)
                connection.commit()
            return DuckDBStore(engine, memory_mb=memory_mb or _default_memory_mb())
        except NewerStoreError:
            engine.dispose()
            raise
        except DBAPIError as problem:
            engine.dispose()
            message = str(problem.orig)
            part = recovery.damaged_part(message)
            if part and recovery.set_aside(url, part, first_line(message), datetime.now(UTC)):
                continue
            if "lock" not in message.lower():
                raise StoreUnavailable(_describe(url, problem)) from problem
            if time.monotonic() >= deadline:
                raise StoreUnavailable(f"the event store {url} is in use by another process") from problem
            time.sleep(0.1)


def _create_engine(url: str, memory_mb: int) -> Engine:
    parsed = make_url(url).set(drivername=DRIVER)
    if parsed.database in (None, "", ":memory:"):
        # A name makes one in-memory database that all threads share; nameless, each connection has its own.
        parsed = parsed.set(database=f":memory:{uuid4().hex}")
    # With sampling, DuckDB guesses an object column's type from some rows and fails on the rest; 0 means text.
    config = {
        "pandas_analyze_sample": 0,
        "memory_limit": f"{memory_mb}MiB",
        "checkpoint_threshold": _LOG,
        "default_block_size": _BLOCK_BYTES,
    }
    return create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=32,
        connect_args={"config": config},
        pool_reset_on_return=None,
    )


def _default_memory_mb() -> int:
    """Returns the default memory in MB. DuckDB's own default is four fifths of the machine's, which others need too."""
    machine_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(_LEAST_MEMORY_MB, min(_MOST_MEMORY_MB, machine_mb // 4))


def _describe(url: str, problem: DBAPIError) -> str:
    return f"the event store {url} cannot be opened: {first_line(problem.orig)}"
