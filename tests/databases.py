"""App databases and event stores for tests: each is empty and one test's own, and the engines make none of them anew.

What all migrations make of an empty app database is made once in a process and copied: from the beginning, one takes a
tenth of a second of the processor. An event store in memory takes almost as long; it is emptied and used again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.db.engine import AppDatabase, open_app_database
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import metadata, schema_version

# Event stores in memory that no test uses at the moment. They are not closed: DuckDB would forget them.
_FREE: list[EventStore] = []
_MADE: list[EventStore] = []
_EMPTY = "; ".join(f"delete from {table.name}" for table in metadata.sorted_tables if table is not schema_version)


def new_app_database(path: Path) -> AppDatabase:
    """Opens an empty SQLite app database at a path where none is yet."""
    path.write_bytes(_migrated())
    return open_app_database(f"sqlite:///{path}")


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "app.sqlite"
        open_app_database(f"sqlite:///{path}").close()
        return path.read_bytes()


@contextmanager
def new_event_store() -> Iterator[EventStore]:
    """An empty event store in memory, with an engine of its own. One whose test failed is not used again."""
    kept = _FREE.pop() if _FREE else _another()
    with kept.transaction() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(_EMPTY)
    with closing(open_event_store(kept.engine.url.render_as_string())) as opened:  # type: ignore[attr-defined]
        yield opened
    _FREE.append(kept)


def _another() -> EventStore:
    made = open_event_store(f"duckdb:///:memory:{len(_MADE)}")
    with made.transaction() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("set threads = 1")  # for so few rows more of them only wait for each other
    _MADE.append(made)
    return made
