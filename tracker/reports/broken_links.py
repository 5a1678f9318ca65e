"""URLs of the site that lead to no page, and the pages and sites on which their links stand.

A page says that it does not exist by the event `404` (docs/snippet.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from tracker.enrichment.event import PAGEVIEW
from tracker.stats.rollups.moment import once
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

NOT_FOUND = "404"
# So many rows of the newest visits are read; a site with more broken links has them among these.
_MOST_ROWS = 50_000
_MOST_ORIGINS = 5


class Origin(NamedTuple):
    """Where a link stands: a page of the site, or another site's URL; with neither nobody knows."""

    page: str | None = None
    referrer: str | None = None


@dataclass
class BrokenLink:
    """A path without a page: how often it was opened and by how many visitors, the last time (UTC without a zone), and from where."""

    path: str
    times: int = 0
    last_at: datetime | None = None
    _visitors: set[int] = field(default_factory=set)
    _origins: Counter[Origin] = field(default_factory=Counter)

    @property
    def visitors(self) -> int:
        return len(self._visitors)

    @property
    def origins(self) -> list[tuple[Origin, int]]:
        """The places with the link, the most frequent first."""
        return self._origins.most_common(_MOST_ORIGINS)

    def add(self, row: Any, origin: Origin) -> None:
        """Counts one more time."""
        self.times += 1
        self.last_at = max(self.last_at or row.occurred_at, row.occurred_at)
        self._visitors.add(row.visitor_id)
        self._origins[origin] += 1


def broken_links(store: EventStore, scope: Scope) -> list[BrokenLink]:
    """Returns the broken links of a scope, the one that the most visitors met first."""
    rows = once(store, scope, "broken links", lambda: _read(store, scope))
    return _counted(rows)


def _read(store: EventStore, scope: Scope) -> Sequence[Any]:
    missed = select(events.c.visit_id).where(scope.where(), events.c.name == NOT_FOUND)
    columns = [events.c[name] for name in ("visit_id", "visitor_id", "occurred_at", "name", "path", "referrer")]
    statement = (
        select(*columns)
        .where(scope.span(), events.c.visit_id.in_(missed), events.c.name.in_([PAGEVIEW, NOT_FOUND]))
        .order_by(events.c.occurred_at.desc())
        .limit(_MOST_ROWS)
    )
    return store.rows(scope.asked(statement))


def _counted(newest_first: Iterable[Any]) -> list[BrokenLink]:
    rows = sorted(newest_first, key=lambda row: (row.visit_id, row.occurred_at, row.name == NOT_FOUND))
    found: dict[str, BrokenLink] = {}
    before: tuple[int, str] | None = None
    current: tuple[int, str] | None = None
    for row in rows:
        here = (row.visit_id, row.path or "")
        if here != current:
            before, current = current, here
        if row.name == NOT_FOUND and row.path is not None:
            same_visit = before is not None and before[0] == row.visit_id
            origin = Origin(page=before[1]) if same_visit and before else Origin(referrer=row.referrer)
            found.setdefault(row.path, BrokenLink(row.path)).add(row, origin)
    return sorted(found.values(), key=lambda one: (-one.visitors, -one.times, one.path))
