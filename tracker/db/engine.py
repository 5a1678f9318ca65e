"""Opens the app database: creates it on first use, migrates it at start, refuses it when a newer version wrote it.

A damaged SQLite file is restored from the service's own copies (tracker.db.recovery): when it is opened, and by
`repair` while it is in use. Deleted data is overwritten in the file at once, and in the write-ahead log by
`forget_deleted`.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from tracker.db import (  # noqa: F401 - their tables are the database's too
    alert_models,
    correction_models,
    damage,
    register_models,
    sharing_models,
    workflow_models,
)
from tracker.db.copies import Copy, SourceDamaged, make_copy
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.kept.reads import KeptReads
from tracker.db.kept.versions import version_of
from tracker.db.migrations.schema_number import newest_number, stored_number
from tracker.db.opened_file import OpenedFile

log = logging.getLogger(__name__)

T = TypeVar("T")

_PRAGMAS = (
    # Several processes share the file: they wait for a writer instead of failing, and reading goes on during a write.
    "journal_mode=WAL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "synchronous=FULL",
    # A deleted salt must be gone from the file, and must never reach a temporary file.
    "secure_delete=ON",
    "temp_store=MEMORY",
)
# Stands in the file's `user_version` once data is gone that was deleted before `secure_delete` was on.
_PACKED = 1
# How long a repair waits for running transactions, and a transaction for a running repair.
_IDLE_SECONDS = 15.0


class AppDatabase:
    """The engine and its transactions. `damage` says, in words, what was found damaged; `repair` sets it back to None."""

    def __init__(self, engine: Engine, opened: OpenedFile | None = None) -> None:
        self.engine = engine
        self.damage: str | None = None
        self._logged = ""
        self._opened = opened
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._state = threading.Condition()
        self._running = 0
        self._is_closed_for_repair = False
        self._version = version_of(engine, self.file)
        self._kept = KeptReads(self.version)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for another engine and for a database in memory."""
        return self._opened.path if self._opened else None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Opens a session that commits at the end and rolls back on an error.

        Raises AppDatabaseUnavailable for failures of the database itself: a full disk, damage, a server that is away.
        Errors of the statements stay SQLAlchemy's.
        """
        with self._state:
            if not self._state.wait_for(lambda: not self._is_closed_for_repair, _IDLE_SECONDS):
                raise AppDatabaseUnavailable("the app database is damaged and being restored: try again in a minute")
            self._running += 1
        try:
            with self._sessions.begin() as session:
                yield session
        except DBAPIError as problem:
            self._raise(problem)
        finally:
            with self._state:
                self._running -= 1
                self._state.notify_all()

    def kept(self, question: Hashable, read: Callable[[], T]) -> T:
        """What `read` returns, or what it returned for the question before if nothing in the database has changed since.

        `read` has a transaction of its own and writes nothing; nobody may change what it returns. Raises what `transaction` does.
        """
        return self._kept.get(question, read)

    def version(self) -> Hashable | None:
        """What is another after each change of the database, whoever made it; None where that is not known."""
        if self._version is None or self.damage is not None:
            return None
        try:
            return self._version()
        except DBAPIError:
            return None  # what is asked then says what is wrong

    def repair(self, now: datetime) -> None:
        """Restores the damaged file once all transactions have ended.

        Raises AppDatabaseUnavailable, NewerDatabaseError.
        """
        if self._opened is None:
            self.damage = None
            return
        with self._closed_for_repair():
            self._close_connections()
            self._opened.make_whole(now, was_used=True)
            _migrate(self.engine)
            self._opened.remember()
            self.damage, self._logged = None, ""

    def look(self) -> None:
        """Checks whether the open file was removed or replaced, and sets `damage` if so."""
        if self._opened is not None and self._opened.was_replaced():
            self.damage = "it was removed or replaced while it was in use"

    def copy(self, now: datetime) -> Copy | None:
        """Copies the SQLite file and returns the copy; None for another engine. Raises AppDatabaseUnavailable."""
        if self._opened is None:
            return None
        try:
            return make_copy(self._opened.path, now)
        except SourceDamaged as found:
            self.damage = str(found)
            raise AppDatabaseUnavailable(f"the app database {self._opened.path} is damaged: {found}") from found

    def forget_deleted(self) -> bool:
        """Empties SQLite's write-ahead log, so that deleted data is gone from it too.

        Returns False when a reading transaction prevents it. Raises AppDatabaseUnavailable.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        try:
            with self.engine.connect() as connection:
                is_held_up, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
                return not is_held_up
        except DBAPIError as problem:
            self._raise(problem)

    def close(self) -> None:
        self._close_connections()
        if self._opened is not None:
            self._opened.close()

    def _close_connections(self) -> None:
        if self._version is not None:
            self._version.close()
        self.engine.dispose()

    def _raise(self, problem: DBAPIError) -> NoReturn:
        if damage.is_damage(problem.orig):
            self.damage = str(problem.orig)
        judged = _judged(problem, self.file)
        if judged is None:
            raise problem
        if self._logged != str(judged):  # once, not for each request
            log.error("%s", judged)
        self._logged = str(judged)
        raise judged from problem

    @contextmanager
    def _closed_for_repair(self) -> Iterator[None]:
        with self._state:
            self._is_closed_for_repair = True
            is_idle = self._state.wait_for(lambda: not self._running, _IDLE_SECONDS)
        try:
            if not is_idle:
                raise AppDatabaseUnavailable(
                    "the app database is damaged and in use; it is restored as soon as it is idle"
                )
            yield
        finally:
            with self._state:
                self._is_closed_for_repair = False
                self._state.notify_all()


def open_app_database(url: str) -> AppDatabase:
    """Opens the app database at `url` and migrates it to this version's schema. A damaged SQLite file is restored.

    Raises NewerDatabaseError, AppDatabaseUnavailable.
    """
    path = damage.file_of(url)
    opened = OpenedFile(path) if path else None
    engine = None
    try:
        if opened is not None:
            opened.make_whole(datetime.now(UTC))
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        _migrate(engine)
        _pack(engine)
        if opened is not None:
            opened.remember()
    except BaseException as problem:
        if engine is not None:
            engine.dispose()
        if opened is not None:
            opened.close()
        judged = _judged(problem, path) if isinstance(problem, DBAPIError) else None
        if judged is None:
            raise
        raise judged from problem
    return AppDatabase(engine, opened)


def _judged(problem: DBAPIError, where: Path | None) -> AppDatabaseUnavailable | None:
    """Returns the error to raise instead of SQLAlchemy's; None when the statement is at fault."""
    original = problem.orig
    if isinstance(problem, IntegrityError) or original is None:
        return None
    if isinstance(original, sqlite3.Error):
        known = damage.is_damage(original) or damage.is_unavailable(original)
    else:  # a server that is away, refuses or stops
        known = isinstance(problem, OperationalError) or problem.connection_invalidated
    return AppDatabaseUnavailable(damage.describe(where or "in WEBLEADS_DATABASE_URL", original)) if known else None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _pack(engine: Engine) -> None:
    """Rewrites a file, once, without the data that was deleted before `secure_delete` was on.

    If a full disk or another process prevents it, the next opening tries again.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        _pack_now(engine)
    except DBAPIError as problem:
        if not damage.is_unavailable(problem.orig):
            raise
        log.warning("what earlier versions deleted is not overwritten yet: %s", problem.orig)


def _pack_now(engine: Engine) -> None:
    with engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        if autocommit.exec_driver_sql("PRAGMA user_version").scalar_one() >= _PACKED:
            return
        autocommit.exec_driver_sql("VACUUM")
        autocommit.exec_driver_sql(f"PRAGMA user_version={_PACKED}")
        autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        stored = stored_number(connection)
    if stored != newest_number():
        from tracker.db.migrations.migrating import migrate  # Alembic is loaded only for a database that needs it

        migrate(engine)
