"""Gives back what answers took once they are made: the database's pages, and what the C library keeps for others to come.

Both keep what they had, for as long as the process runs: one look at a year of ten million events left 100 MB.
"""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tracker.store.protocol import EventStore

# Less is not worth what is read again then.
_WORTH_BYTES = 16_000_000


def resident_bytes() -> int:
    """What the process has in memory now; 0 where the system does not say."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def trim() -> None:
    """Frees what only cycles hold, and has the C library return what it keeps to the system where it can (glibc)."""
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Memory:
    """Call it now and then, such as each minute: it gives back what the process has more than it had once."""

    def __init__(
        self,
        store: EventStore,
        *,
        resident: Callable[[], int] = resident_bytes,
        trim: Callable[[], None] = trim,
    ) -> None:
        self._store = store
        self._resident = resident
        self._trim = trim
        self._least: int | None = None

    def __call__(self) -> None:
        now = self._resident()
        if self._least is None or now < self._least:
            self._least = now
        elif now - self._least >= _WORTH_BYTES and self._store.give_back_memory():
            self._trim()
            self._least = self._resident()
