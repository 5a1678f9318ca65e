"""Copies of the app database that the service makes by itself: one a day for seven days, each checked.

A copy contains nothing that tells visitors apart, lets anybody in or belongs to a one-time link. What alerts need, a
webhook's secret and a CRM's token, is in it: without them a restored database would tell nobody anything. The tables of
`LEFT_OUT_OF_COPIES` are emptied in memory before anything is written. The copy is then written with VACUUM, so no byte of
those tables reaches the file. Only SQLite is copied: PostgreSQL has backups of its own.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete

from tracker.db.damage import connect, damage_inside, damage_seen, is_damage
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.models import LEFT_OUT_OF_COPIES, Base

KEPT = 7
_FOLDER = "copies"
_STAMP = "%Y%m%dT%H%M%S"
_ENDING = ".sqlite"
_UNFINISHED = ".part"


class Copy(NamedTuple):
    """The file of a copy, which was intact when it was made, and the UTC time of the copy."""

    path: Path
    at: datetime


class SourceDamaged(RuntimeError):
    """The database to copy is damaged; the message says how. No copy was made, and none was replaced."""


def folder_of(database: Path) -> Path:
    return database.parent / _FOLDER


def list_copies(database: Path) -> list[Copy]:
    """Returns the finished copies of a database, the newest first."""
    found = []
    for path in folder_of(database).glob(f"{database.stem}-*{_ENDING}"):
        with suppress(ValueError):
            stamp = path.name.removeprefix(f"{database.stem}-").removesuffix(_ENDING)
            found.append(Copy(path, datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)))
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def make_copy(database: Path, now: datetime) -> Copy:
    """Copies a database. Deletes the day's earlier copy and those older than seven days.

    Raises SourceDamaged; AppDatabaseUnavailable when the copy cannot be written or is not intact.
    """
    folder = folder_of(database)
    made = Copy(folder / f"{database.stem}-{now.astimezone(UTC):{_STAMP}}{_ENDING}", now)
    part = made.path.with_name(made.path.name + _UNFINISHED)
    try:
        # A new connection: one that is in use would not check the pages that it has cached.
        with closing(connect(database, "ro")) as source, closing(sqlite3.connect(":memory:")) as memory:
            _read(source, memory)
            folder.mkdir(mode=0o700, exist_ok=True)
            for left in folder.glob(f"*{_UNFINISHED}"):
                left.unlink()
            # Created empty and readable by the owner only, before SQLite writes to it.
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            memory.execute("VACUUM INTO ?", (str(part),))
        if problem := damage_inside(part, expects_content=True, mode="ro"):
            raise AppDatabaseUnavailable(f"a copy of the app database was not whole and is not kept: {problem}")
        _sync(part)
        part.replace(made.path)
        _sync(folder)
        _let_go(database, made)
    except (OSError, sqlite3.Error) as problem:
        raise AppDatabaseUnavailable(f"no copy of the app database can be made in {folder}: {problem}") from problem
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def _read(source: sqlite3.Connection, memory: sqlite3.Connection) -> None:
    try:
        source.backup(memory)
        damage = damage_seen(memory)
    except sqlite3.Error as problem:
        if not is_damage(problem):
            raise
        damage = str(problem)
    if damage:
        raise SourceDamaged(damage)
    for name in LEFT_OUT_OF_COPIES:
        memory.execute(str(delete(Base.metadata.tables[name])))
    memory.commit()


def _let_go(database: Path, made: Copy) -> None:
    """Deletes copies: of each day all but the latest, and all of days before the last seven."""
    days = {made.at.date(): made.path}
    for copy in list_copies(database):
        if days.setdefault(copy.at.date(), copy.path) != copy.path:
            copy.path.unlink()
    for day in sorted(days)[:-KEPT]:
        days[day].unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
