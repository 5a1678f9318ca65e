"""How long somebody waits for statements: until their time is up, or until they want another answer instead.

Whoever answers a request says so around it (`Waiting`); the engine asks for it at each statement (`interruptible`), and
stops the statement that runs when the waiting ends. Where nobody said anything a statement takes the time it takes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from tracker.store.alarm_clock import ALARMS

_AGAIN = 0.05  # seconds after which a statement that goes on is stopped again


class Interrupted(RuntimeError):
    """A statement was stopped, for nobody waits for it any more; the message says why in words."""


class TookTooLong(Interrupted):
    """The time for one answer is up."""


class Superseded(Interrupted):
    """The same person asked for a newer view of the same page."""


class Waiting:
    """One asker, for at most `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []
        self._ended: Interrupted | None = None
        ALARMS.set(self._until, self._too_late)

    def end(self, reason: Interrupted) -> None:
        """Stops what runs, and refuses what would follow."""
        with self._lock:
            self._ended = self._ended or reason
            for stop in self._stops:
                stop()
            # An engine forgets what came just before its statement began.
            if self._stops:
                ALARMS.set(time.monotonic() + _AGAIN, self._end_again)

    def _end_again(self) -> None:
        if self._ended is not None and self._stops:
            self.end(self._ended)

    @property
    def ended(self) -> Interrupted | None:
        """Why the waiting has ended; None while it goes on."""
        return self._ended

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def check(self) -> None:
        """Raises when the waiting has ended."""
        if not self.seconds_left:
            self._too_late()
        if self._ended is not None:
            raise self._ended

    def _too_late(self) -> None:
        self.end(TookTooLong(f"the answer took longer than {self._seconds:g} seconds; ask for a shorter period"))

    @contextmanager
    def watching(self, stop: Callable[[], None]) -> Iterator[None]:
        """Calls `stop` when the waiting ends before the block does, which then raises why it ended. Blocks may be nested."""
        with self._lock:
            self._stops.append(stop)
        try:
            self.check()  # what ended before `stop` was there did not call it
            yield
        except Interrupted:
            raise
        except Exception as problem:
            if self._ended is not None:
                raise self._ended from problem
            raise
        finally:
            with self._lock:
                self._stops.remove(stop)


_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def waiting(one: Waiting) -> Iterator[Waiting]:
    """The statements of the block are this asker's."""
    token = _waiting.set(one)
    try:
        yield one
    finally:
        _waiting.reset(token)


@contextmanager
def nobody_waiting() -> Iterator[None]:
    """The statements of the block are nobody's, though a request may wait: they take the time that they take."""
    token = _waiting.set(None)
    try:
        yield
    finally:
        _waiting.reset(token)


def asker() -> Waiting | None:
    """Who waits for the statements of this thread."""
    return _waiting.get()


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """Around one statement: `stop` is called from another thread when nobody waits for it any more."""
    one = asker()
    if one is None:
        yield
        return
    with one.watching(stop):
        yield
