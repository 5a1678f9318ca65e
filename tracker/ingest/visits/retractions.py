"""Removes the events of visits that were found to be a bot's, in the same batch.

The rows of a stored visit are removed and counted under "not counted" in the transaction that stores the batch, each on
its own day, so that the counts are right whatever is killed when, and no row is ever rewritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from tracker.enrichment.bots import BotRule
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event
from tracker.ingest.visits.behaviour import BEHAVIOUR_NAMES
from tracker.ingest.visits.history import StoredEvent


class SegmentTally:
    """What one batch counted of the lines of one segment.

    `events` and `pageviews` are what the store has more for it, or fewer when it took stored ones back; `drops` counts
    what is not counted by site, day, reason and detail.
    """

    def __init__(self) -> None:
        self.events = 0
        self.pageviews = 0
        self.drops: Counter[tuple[str, date, str, str]] = Counter()

    def count(self, events: int, pageviews: int) -> None:
        self.events += events
        self.pageviews += pageviews

    def drop(self, site: str, day: date, drop: Drop) -> None:
        self.drops[(site, day, drop.reason, drop.detail)] += 1


class Counted(msgspec.Struct, gc=False):
    """An event that is to be stored, and the tally of the segment that it came from."""

    event: Event
    tally: SegmentTally


class Judged(NamedTuple):
    """Visits that are a bot's, by the rule they broke, and the local day of a moment at a site."""

    visits: Mapping[int, BotRule]
    day_of: Callable[[str, int], date]

    def take_back(
        self, counted: Iterable[Counted], stored: Iterable[StoredEvent], into: SegmentTally
    ) -> tuple[list[Counted], list[int]]:
        """Uncounts the visits' events: those of the batch in their own tallies, the `stored` ones in `into`.

        Returns what is still counted, and the ids of the visits whose stored events are to be removed.
        """
        kept: list[Counted] = []
        for one in counted:
            if one.event.visit_id not in self.visits:
                kept.append(one)
                continue
            one.tally.count(-1, -one.event.pageviews)
            self._drop(one.tally, one.event.site, one.event.occurred_at, one.event.visit_id)
        removed: set[int] = set()
        for row in stored:
            removed.add(row.visit_id)
            into.count(-1, -row.pageviews)
            self._drop(into, row.site, row.occurred_at, row.visit_id)
        return kept, sorted(removed)

    def _drop(self, tally: SegmentTally, site: str, timestamp_us: int, visit_id: int) -> None:
        name = BEHAVIOUR_NAMES[self.visits[visit_id]]
        tally.drop(site, self.day_of(site, timestamp_us), Drop(DropReason.BOT, name))
