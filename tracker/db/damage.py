"""Checks whether an SQLite file is intact. It changes nothing: repairs are in tracker.db.recovery.

How SQLite reports damage was found by damaging its files, as tests/db/test_recovery.py does.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

from tracker.db.errors import AppDatabaseUnavailable

# The codes for a damaged file. All other codes are about the disk, file permissions or other processes.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REMEDIES = {
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_READONLY: "let the service's user write it and its folder",
    sqlite3.SQLITE_CANTOPEN: "let the service's user read and write it and its folder",
    sqlite3.SQLITE_PERM: "let the service's user read and write it and its folder",
    sqlite3.SQLITE_IOERR: "look at the disk: it fails, or is full",
    sqlite3.SQLITE_BUSY: "another process holds it; try again when that has ended",
}
_WAIT_SECONDS = 10.0
# SQLite's file format, 4.1: the log begins with a header of 32 bytes, a checksum at its end.
_LOG_HEADER = 32
_LOG_MAGIC = (0x377F0682, 0x377F0683)


def file_of(url: str) -> Path | None:
    """Returns the database's file; None when it has none, as for PostgreSQL and in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database)


def damage_of(path: Path, *, expects_content: bool) -> str | None:
    """Returns what is damaged, in words; None for an intact database.

    A missing or empty file is damaged only if content is expected. Raises AppDatabaseUnavailable when the file cannot
    be opened.
    """
    if path.is_symlink() and not path.exists():
        raise AppDatabaseUnavailable(f"{path} is a link to {path.readlink()}, which is not there: is its disk mounted?")
    try:
        if not path.exists():
            return "it is missing" if expects_content else None
        if not path.is_file():
            return "something else, such as a folder, is in its place"
        if not path.stat().st_size:
            return "it is empty" if expects_content or _size(log_of(path)) else None
    except OSError as problem:
        raise AppDatabaseUnavailable(
            f"the app database {path} cannot be used ({problem.strerror}): {_REMEDIES[sqlite3.SQLITE_CANTOPEN]}"
        ) from problem
    return damage_inside(path, expects_content=expects_content)


def damage_inside(path: Path, *, expects_content: bool, mode: str = "rw") -> str | None:
    """Returns what is damaged in an existing file, in words; None for an intact one. Raises AppDatabaseUnavailable."""
    try:
        with closing(connect(path, mode)) as connection:
            return damage_seen(connection) or _emptiness(connection, expects_content)
    except sqlite3.Error as problem:
        if is_damage(problem):
            return str(problem)
        raise AppDatabaseUnavailable(describe(path, problem)) from problem


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Opens a plain connection to an existing file; `mode` is `ro` or `rw`."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, timeout=_WAIT_SECONDS)


def damage_seen(connection: sqlite3.Connection) -> str | None:
    """Returns the first finding of SQLite's integrity check; None when there is none."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return None if found == "ok" else " ".join(str(found).split())


def _emptiness(connection: sqlite3.Connection, expects_content: bool) -> str | None:  # noqa: FBT001 - passed on
    if not expects_content:
        return None
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return None if {"sites", "alembic_version"} <= names else "its tables are missing"


def is_damage(problem: BaseException | None) -> bool:
    """Returns whether a driver's error says that the file is damaged or that its tables are missing."""
    if not isinstance(problem, sqlite3.Error):
        return False
    return _code(problem) in _DAMAGED or str(problem).startswith("no such table")


def is_unavailable(problem: BaseException | None) -> bool:
    """Returns whether a driver's error is about the disk, permissions or other processes, not about the statement."""
    return isinstance(problem, sqlite3.Error) and _code(problem) in _REMEDIES


def describe(where: object, problem: BaseException) -> str:
    """Returns a driver's error as one line with the remedy."""
    said = str(problem).partition("\n")[0]
    remedy = _REMEDIES.get(_code(problem), "the service's log says more") if isinstance(problem, sqlite3.Error) else ""
    return f"the app database {where} cannot be used ({said})" + (f": {remedy}" if remedy else "")


def log_is_damaged(path: Path) -> bool:
    """Returns whether the log has content but no valid header. SQLite would ignore such a log silently."""
    log = log_of(path)
    try:
        with open(log, "rb") as file:
            header = file.read(_LOG_HEADER)
    except OSError:
        return False
    return bool(header) and not _is_log_header(header)


def log_of(path: Path) -> Path:
    """Returns the path of the write-ahead log beside the file."""
    return path.with_name(f"{path.name}-wal")


def _is_log_header(header: bytes) -> bool:
    if len(header) < _LOG_HEADER:
        return False
    (magic,) = struct.unpack(">I", header[:4])
    if magic not in _LOG_MAGIC:
        return False
    words = struct.unpack(f"{'>' if magic & 1 else '<'}6I", header[:24])
    first = second = 0
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return struct.unpack(">2I", header[24:]) == (first, second)


def _code(problem: sqlite3.Error) -> int:
    """Returns the primary result code, which is the low byte of the extended one."""
    return int(getattr(problem, "sqlite_errorcode", None) or 0) & 0xFF


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
