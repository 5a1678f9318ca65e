"""Revisions of events, by site and day: numbers that show whether a cached answer is still right.

Owns also which changes a snapshot has seen (`States`), so that what was answered from one is taken for another that sees the
same. Whoever commits a change says so around the commit. A snapshot that began meanwhile may or may not see it, and has no state.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from tracker.store.reading import Reading

# The most days of a site that have their own revision. Earlier days share one, which may invalidate too much, not too little.
_MOST_DAYS = 400
# A site, and the earliest day (UTC) whose events or figures are concerned.
Change = tuple[str, date]


class Revisions:
    """Counts changes. A reading's revision is the number of the last change of what it reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._of_all = 0
        self._by_site: dict[str, dict[date, int]] = {}

    @property
    def last(self) -> int:
        """The number of the last change of all."""
        with self._lock:
            return self._last

    def everything_changed(self) -> None:
        with self._lock:
            self._last += 1
            self._of_all = self._last
            self._by_site.clear()

    def changed(self, site: str, earliest: date) -> None:
        """Records that events of a site were added or removed, none of them before the day `earliest` (UTC)."""
        with self._lock:
            self._last += 1
            days = self._by_site.setdefault(site, {})
            days[earliest] = self._last
            if len(days) > _MOST_DAYS:
                first, second, *_ = sorted(days)
                days[first] = max(days[first], days.pop(second))

    def of(self, reading: Reading) -> int:
        until = reading.until.date()
        with self._lock:
            days = self._by_site.get(reading.site, {})
            return max((number for day, number in days.items() if day <= until), default=self._of_all)


class State:
    """What a snapshot sees: the changes up to one of them."""

    def __init__(self, last: int, revisions: Revisions) -> None:
        self._last = last
        self._revisions = revisions

    def revision(self, reading: Reading) -> int | None:
        """The number of the last change of what is read, as far as the snapshot sees it; None where it sees not all of them."""
        number = self._revisions.of(reading)
        return number if number <= self._last else None

    def but(self, site: str, earliest: date) -> State:
        """The same, and no revision of what a change concerns that is going on."""
        return _WhileChanging(self._last, self._revisions, site, earliest)


class _WhileChanging(State):
    """The state before a change, as one sees it who makes that change."""

    def __init__(self, last: int, revisions: Revisions, site: str, earliest: date) -> None:
        super().__init__(last, revisions)
        self._changing = site, earliest

    def revision(self, reading: Reading) -> int | None:
        site, earliest = self._changing
        is_concerned = reading.site == site and reading.until.date() >= earliest
        return None if is_concerned else super().revision(reading)


class States:
    """Counts the changes of a store's events and figures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revisions = Revisions()
        self._committing = 0
        self._committed = 0

    @contextmanager
    def committing(self, changes: Iterable[Change]) -> Iterator[None]:
        """Around a commit, which may fail. `changes` are read when it is over."""
        with self._lock:
            self._committing += 1
        try:
            yield
        finally:
            with self._lock:
                for site, earliest in changes:
                    self._revisions.changed(site, earliest)
                self._committed += 1
                self._committing -= 1

    def seen_by(self, begin: Callable[[], object]) -> State | None:
        """The state of a snapshot that `begin` begins; None where a change was committed meanwhile."""
        before = self._now()
        begin()
        return State(before[1], self._revisions) if before is not None and before == self._now() else None

    def now(self) -> State:
        """The state after all changes so far, for who knows that none is going on."""
        return State(self._revisions.last, self._revisions)

    def _now(self) -> tuple[int, int] | None:
        with self._lock:
            return None if self._committing else (self._committed, self._revisions.last)
