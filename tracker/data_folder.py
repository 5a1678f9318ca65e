"""The data folder: who may use it. Owns its lock files and the note that tells commands where the service runs."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from pathlib import Path
from typing import IO, NamedTuple

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
    """Makes the data folder, readable by its owner only. Raises FolderUnusable."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "journal").mkdir(exist_ok=True, mode=0o700)
        (folder / "geo").mkdir(exist_ok=True)
    except OSError as problem:
        raise FolderUnusable(f"the data folder {folder} cannot be used: {problem.strerror}") from problem
    if not os.access(folder, os.W_OK):
        raise FolderUnusable(f"the data folder {folder} cannot be written by this user")


def acquire(folder: Path, name: str, *, wait_seconds: float = 0.0) -> IO[str]:
    """Takes a lock that lasts until the returned file is closed or the process ends. Raises FolderInUse."""
    lock = open(folder / name, "a+", encoding="utf-8")  # noqa: SIM115 - the caller keeps it open
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            if time.monotonic() >= deadline:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                lock.close()
                raise FolderInUse(
                    f"the data folder {folder} is in use by another webleads (process {holder})"
                ) from None
            time.sleep(0.05)
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def write_service_note(folder: Path, note: ServiceNote) -> None:
    """Leaves the note for commands; only the folder's owner can read it."""
    temporary = folder / f"{_SERVICE_NOTE}.new"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(note._asdict(), file)
    temporary.replace(folder / _SERVICE_NOTE)


def read_service_note(folder: Path) -> ServiceNote | None:
    """The note of the service that runs, if one holds the service lock."""
    try:
        acquire(folder, SERVICE_LOCK).close()
    except FolderInUse:
        pass
    except OSError:
        return None
    else:
        return None
    try:
        return ServiceNote(**json.loads((folder / _SERVICE_NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def remove_service_note(folder: Path) -> None:
    """Takes the note away when the service ends."""
    (folder / _SERVICE_NOTE).unlink(missing_ok=True)


def secret_key(folder: Path) -> bytes:
    """The key that signs logins: made once, readable by the folder's owner only."""
    path = folder / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
