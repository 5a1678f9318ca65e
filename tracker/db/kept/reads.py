"""Answers of the app database that are kept until anything in it changes, whoever changed it, in this process or another.

A page asks the same small things each time: who is signed in, what the site is, what people set for its companies. How
a change is noticed is a matter of tracker.db.kept.versions; where it cannot be, nothing is kept.

An answer is shared by all who ask: nobody may change one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Any, TypeVar, cast

T = TypeVar("T")
_MOST = 200
# Longer ones would take megabytes each.
_LONGEST = 2_000


class KeptReads:
    """The answers of one state of the database, those asked last. `version` returns what is another after each change."""

    def __init__(self, version: Callable[[], Hashable | None]) -> None:
        self._version = version
        self._lock = threading.Lock()
        self._of: Hashable = None
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, question: Hashable, read: Callable[[], T]) -> T:
        """What `read` returns, or returned before if nothing has changed since. `read` has a transaction of its own."""
        # The version comes first: what changes while it is read is of a later one.
        version = self._version()
        if version is None:
            return read()
        with self._lock:
            self._turn_to(version)
            if question in self._kept:
                self._kept.move_to_end(question)
                return cast(T, self._kept[question])
        answer = read()
        is_long = isinstance(answer, Sized) and len(answer) > _LONGEST
        with self._lock:
            if self._of == version and not is_long:
                self._kept[question] = answer
                if len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        return answer

    def _turn_to(self, version: Hashable) -> None:
        if self._of != version:
            self._kept.clear()
            self._of = version
