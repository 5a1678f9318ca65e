"""Questions that are being answered: whoever asks the same at the same time waits for that answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

from tracker.store.patience import Interrupted, asker


class _Flight:
    """A question that is being answered, for which others wait."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.answer: Any = None
        self.problem: BaseException | None = None


class Flights:
    """All of them, by what is asked of which state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Hashable, _Flight] = {}

    def once(self, asked: Hashable, run: Callable[[], Any]) -> Any:
        """What `run` returns, here or for somebody who asked before and is not answered yet."""
        while True:
            with self._lock:
                flight = self._running.get(asked)
                if flight is None:
                    own = self._running[asked] = _Flight()
                    break
            _wait(flight.landed)
            if flight.problem is None:
                return flight.answer
            # With an interruption the caller who ran it has stopped waiting, and this one has not.
            if not isinstance(flight.problem, Interrupted):
                raise flight.problem
        try:
            own.answer = run()
        except BaseException as problem:
            # A statement that is stopped fails with the engine's own error, and so may what cleans up after it.
            one = asker()
            own.problem = problem if one is None or one.ended is None else one.ended
            raise
        finally:
            with self._lock:
                del self._running[asked]
            own.landed.set()
        return own.answer


def _wait(landed: threading.Event) -> None:
    """Waits until another caller's run has ended, or this caller's time is up."""
    one = asker()
    while not landed.wait(timeout=None if one is None else min(0.2, one.seconds_left + 0.01)):
        if one is not None:
            one.check()
