"""How a change of the app database is noticed, whoever made it: by a version that is another after each. A database in memory has none."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Hashable
from pathlib import Path

from sqlalchemy import Engine


class SQLiteVersion:
    """The version of an SQLite file, by a connection that never writes: its number changes with the commits of all others.

    https://www.sqlite.org/pragma.html#pragma_data_version
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened = 0

    def __call__(self) -> Hashable | None:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(
                        f"{self._path.absolute().as_uri()}?mode=rw",
                        uri=True,
                        check_same_thread=False,
                        isolation_level=None,
                    )
                    self._opened += 1
                return self._opened, self._connection.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                self._let_go()
                return None

    def close(self) -> None:
        """Closes the file. Whoever asks again opens the one that is at its path then."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class PostgreSQLVersion:
    """The version of a PostgreSQL server's databases: which transactions a snapshot sees, which all that commit change.

    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def __call__(self) -> Hashable | None:
        with self._engine.connect() as connection:
            return str(connection.exec_driver_sql("select pg_current_snapshot()::text").scalar_one())

    def close(self) -> None:
        """It holds nothing open."""


Version = SQLiteVersion | PostgreSQLVersion


def version_of(engine: Engine, file: Path | None) -> Version | None:
    """How changes of a database are noticed; None where they cannot be."""
    if file is not None:
        return SQLiteVersion(file)
    return PostgreSQLVersion(engine) if engine.dialect.name == "postgresql" else None
