"""An event store that measures its statements, so that a page's own time can be separated from the database's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class TimedStore:
    """Wraps an event store. `seconds` is the sum of its statements' times since it was last set to 0."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def rows(self, statement: Any) -> Any:
        with self._timed():
            return self._inner.rows(statement)

    def frame(self, statement: Any) -> Any:
        with self._timed():
            return self._inner.frame(statement)

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        """What is asked of one state of the store counts as well."""
        with self._inner.snapshot() as inner:
            asked = TimedStore(inner)
            try:
                yield asked
            finally:
                self.seconds += asked.seconds

    @contextmanager
    def _timed(self) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun
