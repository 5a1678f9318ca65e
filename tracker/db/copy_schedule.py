"""When the app database is copied: once a day, and within a minute of a change.

So damage loses the changes of one minute at most.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tracker.db.damage import log_of
from tracker.db.engine import AppDatabase
from tracker.db.errors import AppDatabaseUnavailable

log = logging.getLogger(__name__)

_LEAST_SECONDS = 60.0
# A large database is copied less often: copying takes at most one hundredth of the time.
_SHARE = 100


class CopySchedule:
    """Makes a copy when it is called and one is due. `monotonic` returns seconds."""

    def __init__(self, database: AppDatabase, *, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._monotonic = monotonic
        self._next_at = float("-inf")
        self._copied: object = None

    def __call__(self, now: datetime) -> None:
        """Copies if a copy is due. A failure is logged, and the copy tried again a minute later."""
        began, file = self._monotonic(), self._database.file
        if file is None or began < self._next_at:
            return
        self._next_at = began + _LEAST_SECONDS
        found = (now.date(), _stamp(file), _stamp(log_of(file)))
        if found == self._copied:
            return
        try:
            self._database.copy(now)
        except AppDatabaseUnavailable as problem:
            log.warning("%s", problem)
            return
        self._copied = found
        ended = self._monotonic()
        self._next_at = max(self._next_at, ended + _SHARE * (ended - began))


def _stamp(file: Path) -> tuple[int, int] | None:
    """Returns a value that changes when the file is written to: its time in nanoseconds and its size in bytes."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
