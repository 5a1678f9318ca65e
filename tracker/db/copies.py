"""The copies that the service keeps of its app database by itself: one a day, seven days, each checked before it counts.

A copy holds no secret: the tables of `LEFT_OUT_OF_COPIES` are emptied in memory, before anything is written, and what
is written is packed anew, so that not a byte of them reaches the file. SQLite alone is copied: who runs PostgreSQL has
its own backup.
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
    """A copy that was whole when it was made, and of when it is."""

    path: Path
    at: datetime


class SourceDamaged(RuntimeError):
    """What was to be copied is damaged; the message says by what. No copy was made, and none was replaced."""


def folder_of(database: Path) -> Path:
    return database.parent / _FOLDER


def list_copies(database: Path) -> list[Copy]:
    """The finished copies beside a database, the newest first."""
    found = []
    for path in folder_of(database).glob(f"{database.stem}-*{_ENDING}"):
        with suppress(ValueError):
            stamp = path.name.removeprefix(f"{database.stem}-").removesuffix(_ENDING)
            found.append(Copy(path, datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)))
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def make_copy(database: Path, now: datetime) -> Copy:
    """Copies a database, and deletes the day's earlier copy and those older than seven days.

    Raises SourceDamaged; AppDatabaseUnavailable where the copy cannot be written or is not whole.
    """
    folder = folder_of(database)
    made = Copy(folder / f"{database.stem}-{now.astimezone(UTC):{_STAMP}}{_ENDING}", now)
    part = made.path.with_name(made.path.name + _UNFINISHED)
    try:
        # A connection of its own: one that is in use would not look at the pages that it has in memory.
        with closing(connect(database, "ro")) as source, closing(sqlite3.connect(":memory:")) as memory:
            _read(source, memory)
            folder.mkdir(mode=0o700, exist_ok=True)
            for left in folder.glob(f"*{_UNFINISHED}"):
                left.unlink()
            # Empty and closed to others before SQLite fills it.
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
    """One a day, the latest; seven days."""
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
