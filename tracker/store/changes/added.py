"""The events that were stored of a site since its days were counted, which is all that figures of its counted days lack.

Kept in memory while they are few and nothing else changed the site's events; then, and after a start, nothing is known of the site
until its days are counted. Owns the tables in which a snapshot has them, and rows that it reads in the place of all events.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, MetaData, Table

from tracker.store.schema import events

Columns = Mapping[str, Any]

# So many rows of batches are kept for all sites; beyond that days are counted as a whole.
_MOST_ROWS = 10_000


def _like_events(name: str) -> Table:
    columns = [Column(one.name, one.type, nullable=one.nullable) for one in events.columns]
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


added_events = _like_events("added_events")
# What a snapshot reads in the place of all events, and within that again.
SOME_EVENTS = (_like_events("some_events"), _like_events("some_of_these_events"))


class AddedEvents:
    """The batches of each site since its days were counted. Whoever uses it sees to it that no other thread does meanwhile."""

    def __init__(self, most_rows: int = _MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._of: dict[str, list[Columns]] = {}

    def note(self, sites: Collection[str], columns: Columns) -> None:
        """Notes events that were added, of these sites."""
        for site in sites:
            if site in self._of:
                self._of[site].append(columns)
        if sum(len(one["site"]) for batches in self._of.values() for one in batches) > self._most_rows:
            self._of.clear()

    def lose(self, sites: Collection[str]) -> None:
        """Notes that events of these sites changed otherwise, or that nobody knows whether they did."""
        for site in sites:
            self._of.pop(site, None)

    def lose_all(self) -> None:
        """The same of all sites."""
        self._of.clear()

    def begin(self, site: str) -> Sequence[Columns] | None:
        """Begins anew with a site whose days are counted, and returns the batches of before; None where not all are known."""
        found = self._of.get(site)
        self._of[site] = []
        return found
