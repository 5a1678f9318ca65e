"""Whether connections of an engine are in use, so that what must not meet a statement is done between statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Engine, event


class InUse:
    """Counts the connections that are taken out of an engine's pool."""

    def __init__(self, engine: Engine) -> None:
        self._lock = Lock()
        self._number = 0
        event.listen(engine, "checkout", self._taken)
        event.listen(engine, "checkin", self._given_back)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """For who holds one connection: whether no other is in use. If so, whoever wants one waits until this ends."""
        with self._lock:
            yield self._number == 1

    def _taken(self, *_: object) -> None:
        with self._lock:
            self._number += 1

    def _given_back(self, *_: object) -> None:
        with self._lock:
            self._number -= 1
