"""Calls at their time, all by one thread: a thread for each statement costs more than most statements.

Beside a busy thread of Python each start of a thread takes the 5 ms until that one gives way.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any
from weakref import WeakMethod

log = logging.getLogger(__name__)


class AlarmClock:
    """Its thread begins with the first call that is set, and ends with the process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._set: list[tuple[float, int, WeakMethod[Callable[[], Any]]]] = []
        self._numbers = count()
        self._thread: threading.Thread | None = None

    def set(self, at: float, ring: Callable[[], Any]) -> None:
        """Calls a bound method at a moment of `time.monotonic`, unless its object is gone by then. What it raises is logged."""
        with self._changed:
            heappush(self._set, (at, next(self._numbers), WeakMethod(ring)))
            if self._thread is None:
                self._thread = threading.Thread(target=self._ring_each, name="alarm clock", daemon=True)
                self._thread.start()
            elif self._set[0][0] == at:
                self._changed.notify()

    def _ring_each(self) -> None:
        while True:
            ring = self._next()()
            if ring is not None:
                try:
                    ring()
                except Exception:
                    log.exception("an alarm failed; the others go on")
            del ring  # it would keep its object until the next

    def _next(self) -> WeakMethod[Callable[[], Any]]:
        """Waits for the first that is due."""
        with self._changed:
            while not self._set or self._set[0][0] > time.monotonic():
                self._changed.wait(self._set[0][0] - time.monotonic() if self._set else None)
            return heappop(self._set)[2]


ALARMS = AlarmClock()
# A forked process has none of its parent's threads, and its lock may be held by one of them.
os.register_at_fork(after_in_child=ALARMS.__init__)  # type: ignore[misc]
