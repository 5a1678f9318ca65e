"""The lock beside an SQLite file: shared by the processes that use the file, exclusive for the one that restores it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tracker.db import recovery
from tracker.db.copies import list_copies
from tracker.db.damage import damage_of, log_is_damaged
from tracker.db.errors import AppDatabaseUnavailable

_WAIT_SECONDS = 10.0


class OpenedFile:
    """The file of an app database in use, with its lock, until `close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._number: tuple[int, int] | None = None
        lock = path.with_name(f"{path.name}.lock")
        try:
            self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise AppDatabaseUnavailable(
                f"{lock} cannot be opened ({problem.strerror}): let the service's user write it and its folder"
            ) from problem

    def make_whole(self, now: datetime, *, was_used: bool = False) -> None:
        """Restores the database if it is damaged, and takes the shared lock.

        A database that was used before is damaged when it is empty or missing: it is not created again. Raises
        AppDatabaseDamaged, AppDatabaseUnavailable.
        """
        # The log first: SQLite deletes a damaged log as soon as it opens the file.
        if log_is_damaged(self.path) or self._damage(was_used):
            with self._alone():
                # Check again: another process may have repaired it while this one waited for the lock.
                if log_is_damaged(self.path) and self.path.is_file():
                    recovery.set_log_aside(self.path, now)
                if reason := self._damage(was_used):
                    recovery.restore(self.path, reason, now)
        self._take(fcntl.LOCK_SH)

    def remember(self) -> None:
        """Remembers which file is open, so that `was_replaced` can detect another one at its path."""
        self._number = self._number_now()

    def was_replaced(self) -> bool:
        return self._number_now() != self._number

    def _number_now(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def close(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _damage(self, was_used: bool) -> str | None:  # noqa: FBT001 - passed on
        return damage_of(self.path, expects_content=was_used or bool(list_copies(self.path)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._take(fcntl.LOCK_EX)
        try:
            yield
        finally:
            self._take(fcntl.LOCK_SH)

    def _take(self, kind: int) -> None:
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, kind | fcntl.LOCK_NB)
            except OSError as problem:
                if time.monotonic() >= deadline:
                    raise AppDatabaseUnavailable(
                        f"the app database {self.path} is damaged, or being restored, while other processes have it open:"
                        " stop them and start the service, which restores it"
                    ) from problem
                time.sleep(0.05)
            else:
                return
