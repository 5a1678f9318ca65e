"""Which days of a scope have rows that are kept of them (`tracker.stats.rollups.kept_rows`), with all that is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.stats.rollups.days import Days, final_of, number_of_events, of_now_or_before, sealed, sealed_otherwise
from tracker.stats.rollups.moment import Moment, Notes
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore, Snapshot

# Where the days have fewer events than this, reading all events costs less than putting an open day with them.
FEWEST_EVENTS = 100_000
# The rules by which all kinds of rows are kept first, and those by which rows have all facts of visits.
FIRST_WITH_ROWS = 4
FIRST_WITH_VISIT_FACTS = 6


def exact_days(
    snapshot: Snapshot, scope: Scope, store: EventStore | Snapshot, *, since: int = FIRST_WITH_ROWS
) -> Days | None:
    """How the days of a scope are put together, whatever its filters are; None where it is read from the events.

    `since` are the first rules by which rows have all that is asked. Those of a page, whose store is a Moment, may be of a
    moment before, all of the same.
    """
    of_page = store if isinstance(store, Moment) else None
    noted = Notes() if of_page is None else of_page.notes
    key = ("rows", scope.site, scope.period, since)
    if key not in noted.days:
        scope = replace(scope, filters=())
        days = of_now_or_before(snapshot, scope, of_page, _kept(snapshot, scope, since), with_beyond=False)
        if days is not None and days.open and number_of_events(snapshot, scope.site, days.kept) < FEWEST_EVENTS:
            days = None
        noted.days[key] = days
    found: Days | None = noted.days[key]
    return found


def _kept(snapshot: Snapshot, scope: Scope, since: int) -> set[date]:
    """The sealed days whose rows today's rules would make alike, also those in another zone that have no events to count anew."""
    found = sealed(snapshot, scope.site, scope.period)
    if len(found) < scope.period.days:
        otherwise = sealed_otherwise(snapshot, scope.site, scope.period)
        with_rows = {day: made for day, made in otherwise.items() if made.rules >= since}
        zone = scope.period.time_zone.key
        found |= {day for day, made in with_rows.items() if made.time_zone == zone}
        others = {day: made for day, made in with_rows.items() if made.time_zone != zone}
        found |= final_of(snapshot, scope, others).keys() if others else set()
    return found
