"""When events were last changed, by site and day: numbers that tell whether a kept answer still holds."""

from __future__ import annotations

import threading
from datetime import date

from tracker.store.reading import Reading

# Days of a site that are told apart; the earliest of more are taken for one, which forgets too much and never too little.
_MOST_DAYS = 400


class Revisions:
    """Counts changes. A reading's revision is the number of the last change of what it depends on."""

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
        """Events of a site were added or removed, none of them before the day `earliest` (UTC)."""
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
