"""The data folder: who may use it. Owns its lock files and the note that tells commands where the service runs."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from tracker.data_folder import file_modes

log = logging.getLogger(__name__)

SERVICE_LOCK = "service.lock"
INGEST_LOCK = "ingest.lock"
_SERVICE_NOTE = "service.json"


class FolderInUse(RuntimeError):
    """Another process holds the lock; the message says which."""


class FolderUnusable(RuntimeError):
    """The data folder cannot be made or written."""


class ServiceNote(NamedTuple):
    """Where a running service answers commands, and the key that it wants from them."""

    url: str
    key: str
    pid: int


def prepare(folder: Path) -> None:
    """Makes the data folder; it and what this process makes in it from now on are for this user alone.

    Rights that others had are removed. Raises FolderUnusable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file_modes.keep_private()
        for name in ("journal", "geo"):
            (folder / name).mkdir(exist_ok=True)
    except OSError as problem:
        raise FolderUnusable(
            f"the data folder {folder} cannot be used: {problem.filename}: {problem.strerror}"
        ) from problem
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FolderUnusable(f"the data folder {folder} cannot be written by this user")
    file_modes.tighten(folder)


def acquire(folder: Path, name: str, *, wait_seconds: float = 0.0) -> IO[str]:
    """Takes a lock that lasts until the returned file is closed or the process ends.

    Raises FolderInUse; FolderUnusable when there can be no lock.
    """
    try:
        lock = open(folder / name, "a+", encoding="utf-8", errors="replace")  # noqa: SIM115 - the caller keeps it open
    except OSError as problem:
        raise FolderUnusable(
            f"the lock {folder / name} cannot be opened ({problem.strerror}): delete it, and let this user write {folder}"
        ) from problem
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            if time.monotonic() >= deadline:
                holder = _holder(lock)
                lock.close()
                raise FolderInUse(
                    f"the data folder {folder} is in use by another webleads (process {holder});"
                    " stop it, or choose another folder with --data"
                ) from None
            time.sleep(0.05)
    _sign(lock)
    return lock


def _holder(lock: IO[str]) -> str:
    lock.seek(0)
    said = lock.read(20).strip()
    return said if said.isascii() and said.isdigit() else "unknown"


def _sign(lock: IO[str]) -> None:
    """Writes who holds the lock, for messages. On a full disk this fails; the lock holds anyway."""
    descriptor = lock.fileno()
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())


def write_service_note(folder: Path, note: ServiceNote) -> None:
    """Leaves the note for commands; only the folder's owner can read it.

    Without it commands do not find the service, which is no reason for it not to run: what is wrong is logged.
    """
    temporary = folder / f"{_SERVICE_NOTE}.new"
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(note._asdict(), file)
        temporary.replace(folder / _SERVICE_NOTE)
    except OSError as problem:
        log.warning("%s cannot be written (%s): commands will not find the service", temporary, problem.strerror)


def read_service_note(folder: Path) -> ServiceNote | None:
    """The note of the running service, if a process holds the service lock."""
    try:
        acquire(folder, SERVICE_LOCK).close()
    except FolderInUse:
        pass
    except OSError:
        return None
    else:
        return None
    try:
        found = json.loads((folder / _SERVICE_NOTE).read_text(encoding="utf-8"))
        note = ServiceNote(**found)
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    is_ours = isinstance(note.url, str) and isinstance(note.key, str) and note.url.startswith("http://")
    return note if is_ours else None


def remove_service_note(folder: Path) -> None:
    """Takes the note away when the service ends."""
    with suppress(OSError):
        (folder / _SERVICE_NOTE).unlink(missing_ok=True)
