"""Repairs a damaged app database: moves its file aside and puts the newest good copy in its place.

The caller holds the exclusive lock of the database (tracker.db.opened_file). SQLite removes a write-ahead log by its
name, so a process that still has the damaged file open would remove the log of the restored one. Without a good copy
nothing is changed: a new database without sites would drop every hit that waits in the journal. Each repair is
recorded in a file beside the copies.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tracker.db.copies import Copy, folder_of, list_copies
from tracker.db.damage import damage_inside, log_of
from tracker.db.errors import AppDatabaseDamaged, AppDatabaseUnavailable
from tracker.phrase import Phrase, message

log = logging.getLogger(__name__)

_MARK = ".damaged-"
_STAMP = "%Y%m%dT%H%M%S%f"
_NOTES = "restored.json"
_MOST_NOTES = 20
# How long the operator is reminded of a repair.
_TOLD = timedelta(days=7)


class Restore(NamedTuple):
    """One repair. `copy_of` is the time of the copy that was put in place; None when only the log was moved.

    `kept_as` is the new name of the damaged file; empty when there was no file. Times are aware UTC.
    """

    at: datetime
    reason: str
    copy_of: datetime | None
    kept_as: str


def restore(path: Path, reason: str, now: datetime) -> Restore:
    """Replaces the database by the newest good copy. The caller holds its exclusive lock.

    Raises AppDatabaseDamaged when there is no good copy, AppDatabaseUnavailable when it cannot be put there.
    """
    copy = _newest_good(path)
    if copy is None:
        raise AppDatabaseDamaged(
            f"the app database {path} is damaged ({reason}) and there is no good copy of it in {folder_of(path)}: put a"
            " backup in its place, or move it away and add the sites again; hits are kept in the journal meanwhile"
        )
    fresh = path.with_name(f"{path.name}.new")
    try:
        shutil.copyfile(copy.path, fresh)
        fresh.chmod(0o600)
        _sync(fresh)
        kept_as = _set_aside(path, now)
        fresh.replace(path)
        _sync(path.parent)
    except OSError as problem:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise AppDatabaseUnavailable(
            f"the app database {path} is damaged ({reason}) and cannot be restored from {copy.path}: {problem.strerror}"
        ) from problem
    done = Restore(now, reason, copy.at, kept_as)
    _note(path, done)
    log.error("%s", describe(done))
    return done


def set_log_aside(path: Path, now: datetime) -> Restore:
    """Moves a damaged log away, which SQLite would ignore. The caller holds the exclusive lock.

    Raises AppDatabaseUnavailable.
    """
    kept_as = f"{log_of(path).name}{_MARK}{now.astimezone(UTC):{_STAMP}}"
    try:
        log_of(path).rename(path.with_name(kept_as))
    except OSError as problem:
        raise AppDatabaseUnavailable(f"{log_of(path)} is damaged and cannot be moved: {problem.strerror}") from problem
    done = Restore(now, "its log is damaged", None, kept_as)
    _note(path, done)
    log.error("%s", describe(done))
    return done


def restores(path: Path | None, now: datetime | None = None) -> list[Restore]:
    """Returns the repairs of a database, the oldest first; with `now`, only those of the last seven days."""
    found = [] if path is None else _notes(path)
    return [one for one in found if now is None or one.at > now - _TOLD]


def forget_set_aside(path: Path, before: datetime) -> None:
    """Deletes damaged files that were moved aside before this time: they contain salts of their days."""
    for file in path.parent.glob(f"{path.name}*{_MARK}*"):
        with suppress(ValueError, OSError):
            at = datetime.strptime(file.name.rpartition(_MARK)[2], _STAMP).replace(tzinfo=UTC)
            if at < before:
                shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink()


def describe(done: Restore) -> Phrase:
    """Returns what happened, what was lost and what to do, for an operator."""
    if done.copy_of is None:
        lost = message(
            "the app database’s log was damaged and set aside on %(time)s UTC: what was changed in the minute before may be"
            " missing; look whether sites, users and settings are as you left them"
        )
        said = Phrase(lost, time=f"{done.at:%Y-%m-%d %H:%M}")
    else:
        restored = message(
            "the app database was damaged (%(reason)s) and restored on %(time)s UTC from the copy of %(copy)s UTC: what was"
            " changed in between is lost (sites, users, settings, which logs were imported), the day’s visitors count"
            " again, everybody signs in again, and weekly emails that were due before are not sent again by themselves"
        )
        times = {"time": f"{done.at:%Y-%m-%d %H:%M}", "copy": f"{done.copy_of:%Y-%m-%d %H:%M}"}
        said = Phrase(restored, reason=done.reason, **times)
    if not done.kept_as:
        return said
    return Phrase(message("%(said)s. The damaged file is kept as %(file)s for two days"), said=said, file=done.kept_as)


def _newest_good(path: Path) -> Copy | None:
    for copy in list_copies(path):
        try:
            problem = damage_inside(copy.path, expects_content=True, mode="ro")
        except AppDatabaseUnavailable as unreadable:
            problem = str(unreadable)
        if problem is None:
            return copy
        log.warning("the copy %s is not used: %s", copy.path.name, problem)
    return None


def _set_aside(path: Path, now: datetime) -> str:
    """Moves the database and SQLite's files beside it. Returns the new name; empty when there was no file."""
    stamp = f"{_MARK}{now.astimezone(UTC):{_STAMP}}"
    for suffix in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(path.with_name(path.name + suffix + stamp))
    try:
        path.rename(path.with_name(path.name + stamp))
    except FileNotFoundError:
        return ""
    return path.name + stamp


def _note(path: Path, done: Restore) -> None:
    """Records a repair. If that fails, the failure is logged and the service starts all the same."""
    try:
        folder_of(path).mkdir(mode=0o700, exist_ok=True)
        rows = [_as_row(one) for one in [*_notes(path), done][-_MOST_NOTES:]]
        temporary = folder_of(path) / f"{_NOTES}.new"
        temporary.write_text(json.dumps(rows, indent=1), encoding="utf-8")
        temporary.replace(folder_of(path) / _NOTES)
    except OSError as problem:
        log.warning("it cannot be noted that the app database was restored: %s", problem)


def _notes(path: Path) -> list[Restore]:
    try:
        rows = json.loads((folder_of(path) / _NOTES).read_text(encoding="utf-8"))
        return [_from_row(row) for row in rows]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []


def _as_row(done: Restore) -> dict[str, Any]:
    copy_of = done.copy_of and done.copy_of.isoformat()
    return {"at": done.at.isoformat(), "reason": done.reason, "copy_of": copy_of, "kept_as": done.kept_as}


def _from_row(row: dict[str, Any]) -> Restore:
    copy_of = datetime.fromisoformat(row["copy_of"]) if row["copy_of"] else None
    return Restore(datetime.fromisoformat(row["at"]), str(row["reason"]), copy_of, str(row["kept_as"]))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
