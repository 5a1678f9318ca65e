"""Which days of a scope have rows that are kept of them (`tracker.stats.rollups.kept_rows`), by today's rules alone."""

from __future__ import annotations

from tracker.stats.rollups.days import Days, number_of_events, of_now_or_before, sealed
from tracker.stats.rollups.moment import Moment, Notes
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore, Snapshot

# Where the days have fewer events than this, reading all events costs less than putting an open day with them.
FEWEST_EVENTS = 100_000


def exact_days(snapshot: Snapshot, scope: Scope, store: EventStore) -> Days | None:
    """How the days of a scope without filters are put together; None where it is read from the events.

    Those of a page, whose store is a Moment, may be of a moment before, all of the same.
    """
    of_page = store if isinstance(store, Moment) else None
    noted = Notes() if of_page is None else of_page.notes
    key = ("rows", scope.site, scope.period)
    if key not in noted.days:
        days = of_now_or_before(snapshot, scope, of_page, sealed(snapshot, scope.site, scope.period))
        if days is not None and days.open and number_of_events(snapshot, scope.site, days.kept) < FEWEST_EVENTS:
            days = None
        noted.days[key] = days
    found: Days | None = noted.days[key]
    return found
