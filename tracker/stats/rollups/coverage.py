"""Whether figures of days cover all events of a site, and which day of a period they cover in part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select, union_all

from tracker.stats.periods import Period
from tracker.stats.rollups.made_days import made_days
from tracker.stats.scope import naive
from tracker.store.protocol import Snapshot
from tracker.store.reading import Reading
from tracker.store.schema import events

_DAY = timedelta(days=1)
# A site whose days have more gaps has few events, which are counted again for little.
_MOST_GAPS = 10


def cut_day(period: Period) -> date | None:
    """The last day of a period that ends within it, as what an unfinished one is compared with does."""
    return None if period.end_at == replace(period, moments=None).end_at else period.last_day


def are_all_counted(snapshot: Snapshot, read: Reading, time_zone: ZoneInfo) -> bool:
    """Whether no event that is read is on a day without figures, by today's rules in a time zone.

    Where one is, the days beside it are worked out from their events as well: each hit changes what a page says of them.
    """
    made = made_days(snapshot, read.site)
    days = {day for of_kind in made for day, one in of_kind.items() if one.is_of(time_zone)}
    gaps = list(_between(sorted(days), time_zone)) if days else []
    if not 0 < len(gaps) <= _MOST_GAPS:
        return False
    # Each as a select of its own: of a span the store looks at few blocks, of several in one condition at all.
    among = select(events.c.site).where(
        events.c.site == read.site, events.c.occurred_at >= read.since, events.c.occurred_at < read.until
    )
    first = [select(among.where(gap).limit(1).subquery()) for gap in gaps]
    return not snapshot.rows(select(union_all(*first).subquery()) if len(first) > 1 else first[0])


def _between(days: list[date], time_zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
    """The events before, between and after days in their order."""
    moment = events.c.occurred_at

    def begin(day: date) -> ColumnElement[bool]:
        return moment >= naive(Period(day, day + _DAY, time_zone, "").start_at)

    def end(day: date) -> ColumnElement[bool]:
        return moment < naive(Period(day, day + _DAY, time_zone, "").start_at)

    yield end(days[0])
    for before, after in pairwise(days):
        if after - before > _DAY:
            yield and_(begin(before + _DAY), end(after))
    yield begin(days[-1] + _DAY)
