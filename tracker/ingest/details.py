"""Bounds the rows of excluded traffic: of the details that strangers invent, only a limited number have a row each.

A site's name, a bot's, a spammer's host: each is whatever was sent. Of a site, a day and a reason the first details
have a row each, and after them only those that come often at once; the others are one row without a detail. The totals
are exact. What has a row already is asked of the store, so that the bound holds across batches and restarts.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from tracker.enrichment.drops import DropReason

FEW = 50
MOST = 200
_OFTEN = 10
# Days whose details are in memory: those of live hits, and of a log that is imported.
_DAYS = 8

DropKey = tuple[str, date, str, str]
Known = defaultdict[tuple[str, str], set[str]]


class Details:
    """`stored(day)` gives the site, reason and detail of a day's rows."""

    def __init__(self, stored: Callable[[date], Iterable[tuple[str, str, str]]]) -> None:
        self._stored = stored
        self._days: OrderedDict[date, Known] = OrderedDict()

    def fold(self, drops: Mapping[DropKey, int]) -> Counter[DropKey]:
        """The drops with the details that may have a row; the most frequent are looked at first."""
        folded: Counter[DropKey] = Counter()
        for key, hits in sorted(drops.items(), key=lambda drop: -drop[1]):
            site, day, reason, detail = key
            # Of an invalid hit the detail is one of ours, and is taken back when the hit is counted after all.
            has_row = reason == DropReason.INVALID_HIT or self._has_row(day, (site, reason), detail, hits)
            folded[key if has_row else (site, day, reason, "")] += hits
        return folded

    def _has_row(self, day: date, kind: tuple[str, str], detail: str, hits: int) -> bool:
        known = self._of(day)[kind]
        if detail in known or not detail:
            return True
        if len(known) >= FEW and (hits < _OFTEN or len(known) >= MOST):
            return False
        known.add(detail)
        return True

    def _of(self, day: date) -> Known:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = defaultdict(set)
            for site, reason, detail in self._stored(day):
                known[(site, reason)].add(detail)
            if len(self._days) > _DAYS:
                self._days.popitem(last=False)
        else:
            self._days.move_to_end(day)
        return known
