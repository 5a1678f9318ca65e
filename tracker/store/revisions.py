"""Revisions of events, by site and day: numbers that show whether a cached answer is still right."""

from __future__ import annotations

import threading
from datetime import date

from tracker.store.reading import Reading

# The most days of a site that have their own revision. Earlier days share one, which may invalidate too much, not too little.
_MOST_DAYS = 400


class Revisions:
    """Counts changes. A reading's revision is the number of the last change of what it reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._of_all = 0
        self._by_site: dict[str, dict[date, int]] = {}

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
