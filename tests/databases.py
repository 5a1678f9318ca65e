"""App databases and event stores for tests: each is empty and one test's own, and the engines make none of them anew.

What all migrations make of an empty app database is made once in a process and copied: from the beginning, one takes a
fifth of a second of the processor. An event store in memory takes almost as long; it is emptied and used again, and so is
what its engine knows of the statements that it has translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine

from tracker.db import engine as app_databases
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.migrations import migrating
from tracker.store.duckdb.opening import open_store
from tracker.store.duckdb.store import DuckDBStore
from tracker.store.protocol import EventStore
from tracker.store.schema import metadata, schema_version

_EMPTY = "; ".join(f"delete from {table.name}" for table in metadata.sorted_tables if table is not schema_version)
# The engines of event stores that no test uses at the moment.
_FREE: list[Engine] = []
# A connection to each of them: DuckDB forgets what is in memory with the last one.
_OPEN: list[Connection] = []


def new_app_database(path: Path) -> AppDatabase:
    """Opens an empty SQLite app database at a path where none is yet."""
    path.write_bytes(_migrated())
    return open_app_database(f"sqlite:///{path}")


@contextmanager
def translated_once() -> Iterator[None]:
    """App databases in SQLite share what their statements were translated to: each engine would translate all of them anew."""
    real = app_databases.create_engine
    first = create_engine("sqlite://")
    first.connect().close()  # now its dialect knows this version of SQLite

    def made(url: str) -> Engine:
        engine = real(url)
        if engine.dialect.name == "sqlite":
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_databases, "create_engine", made)
        yield
    first.dispose()


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "app.sqlite"
        open_app_database(f"sqlite:///{path}").close()
        return path.read_bytes()


@contextmanager
def migrated_once() -> Iterator[None]:
    """Fills each empty app database with what all migrations make of one, wherever it is opened; others are migrated."""
    real = migrating.command

    def upgrade(config: Config, revision: str) -> None:
        connection: Connection = config.attributes["connection"]
        if revision != "head" or not _is_empty(connection):
            real.upgrade(config, revision)
            return
        for statement in statements_of_all_migrations():
            connection.exec_driver_sql(statement)

    migrating.command = SimpleNamespace(upgrade=upgrade)  # type: ignore[assignment]
    try:
        yield
    finally:
        migrating.command = real


def _is_empty(connection: Connection) -> bool:
    is_sqlite = connection.dialect.name == "sqlite"
    return is_sqlite and not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()


@cache
def statements_of_all_migrations() -> list[str]:
    """What makes an empty app database of today, without Alembic."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        driver = connection.connection.driver_connection
        assert driver is not None
        made = [one for one in driver.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;")]
    engine.dispose()
    return made


@contextmanager
def new_event_store() -> Iterator[EventStore]:
    """An empty event store in memory. One whose test failed is not used again."""
    engine = _FREE.pop() if _FREE else _another()
    with engine.begin() as connection:
        connection.exec_driver_sql(_EMPTY)
    with closing(DuckDBStore(engine)) as opened:
        yield opened
    _FREE.append(engine)


def _another() -> Engine:
    engine = open_store(f"duckdb:///:memory:{len(_OPEN)}").engine
    _OPEN.append(engine.connect())
    with engine.begin() as connection:
        connection.exec_driver_sql("set threads = 1")  # for so few rows more of them only wait for each other
    return engine
