"""Which days of a site have figures, in which time zone and by which rules: read at once, and for pages once until that changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import literal, null, select, union_all

from tracker.stats.rollups.registry import RULES
from tracker.store.protocol import Snapshot
from tracker.store.reading import Reading
from tracker.store.schema import counted_days, sealed_days

_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - as the store has moments


class Made(NamedTuple):
    """The time zone and the version of the rules that a day was counted in, and when it ended (UTC without a zone)."""

    time_zone: str
    rules: int
    end_at: datetime

    def is_of(self, time_zone: ZoneInfo) -> bool:
        """Whether it would be counted in the same way now."""
        return (self.time_zone, self.rules) == (time_zone.key, RULES)


class MadeDays(NamedTuple):
    """All days of a site that are sealed, and those that are counted, which includes figures of a moment before; not to be changed."""

    sealed: Mapping[date, Made]
    counted: Mapping[date, Made]


def made_days(snapshot: Snapshot, site: str) -> MadeDays:
    """The days of a site."""
    return cast(
        MadeDays, snapshot.once(Reading(site, _FIRST, _LAST), "days with figures", lambda: _read(snapshot, site))
    )


def _read(snapshot: Snapshot, site: str) -> MadeDays:
    seal, count = sealed_days.c, counted_days.c
    both = union_all(
        select(literal(1).label("is_sealed"), seal.day, seal.time_zone, seal.rules, seal.end_at).where(
            seal.site == site
        ),
        select(literal(0), count.day, count.time_zone, count.rules, null()).where(count.site == site),
    )
    found = MadeDays({}, {})
    for is_sealed, day, *made in snapshot.rows(select(both.subquery("made"))):
        cast(dict[date, Made], found.sealed if is_sealed else found.counted)[day] = Made(*made)
    return found
