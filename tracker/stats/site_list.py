"""The figures of many sites at once, for their list: one statement for all, whatever their time zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, Text, case, func, select

from tracker.stats.periods import Period
from tracker.stats.scope import naive
from tracker.store.functions import bit_or, unnest
from tracker.store.protocol import EventStore
from tracker.store.schema import events


class SiteFigures(NamedTuple):
    """A site's visitors in a period, and on each of its days; `has_events` says whether it ever had an event."""

    visitors: int
    by_day: list[int]
    has_events: bool


def figures_of_sites(store: EventStore, periods: Mapping[str, Period]) -> dict[str, SiteFigures]:
    """The figures of each site, by what its events are stored as, in a period of days of its own clock.

    Periods have the same number of days.
    """
    if not periods:
        return {}
    [number_of_days] = {period.days for period in periods.values()}
    nothing = SiteFigures(0, [0] * number_of_days, has_events=False)
    found = store.rows(_statement(_by_midnights(periods), number_of_days))
    counted = {site: SiteFigures(int(visitors), list(map(int, days)), True) for site, visitors, *days in found}
    return {site: counted.get(site, nothing) for site in periods}


def _by_midnights(periods: Mapping[str, Period]) -> dict[tuple[datetime, ...], list[str]]:
    """The sites whose days begin and end at the same moments, by these moments."""
    known: dict[Period, tuple[datetime, ...]] = {}
    alike: dict[tuple[datetime, ...], list[str]] = defaultdict(list)
    for site, period in periods.items():
        if period not in known:
            known[period] = _midnights(period)
        alike[known[period]].append(site)
    return alike


def _statement(alike: Mapping[tuple[datetime, ...], Sequence[str]], number_of_days: int) -> Select[Any]:
    """A row a site with events: its visitors, and those of each of its days. A visitor's days are bits of one number."""
    names = [site for sites in alike.values() for site in sites]
    clocks = [clock for clock, sites in enumerate(alike.values()) for _ in sites]
    sites = select(unnest(names, Text()).label("site"), unnest(clocks, Integer()).label("clock")).subquery("sites")
    starts, ends = min(moments[0] for moments in alike), max(moments[-1] for moments in alike)
    day = case(*((sites.c.clock == clock, _day_bit(moments)) for clock, moments in enumerate(alike)))
    people = (
        select(events.c.site, bit_or(day).label("days"))
        .join(sites, sites.c.site == events.c.site)
        .where(events.c.occurred_at >= naive(starts), events.c.occurred_at < naive(ends))
        .group_by(events.c.site, events.c.visitor_id)
        .subquery("people")
    )
    bits = [people.c.days.bitwise_rshift(number).bitwise_and(1) for number in range(number_of_days)]
    sums = [func.sum(bit).label(f"day_{number}") for number, bit in enumerate(bits)]
    counted = (
        select(people.c.site, func.count().label("visitors"), *sums)
        .where(people.c.days > 0)
        .group_by(people.c.site)
        .subquery("counted")
    )
    seen = select(events.c.site).distinct().subquery("seen")
    figures = [func.coalesce(column, 0) for column in counted.c if column.name != "site"]
    known = sites.join(seen, seen.c.site == sites.c.site).join(counted, counted.c.site == sites.c.site, isouter=True)
    return select(sites.c.site, *figures).select_from(known)


def _day_bit(midnights: Sequence[datetime]) -> ColumnElement[int]:
    """The bit of the day that an event is on; 0 before the first and after the last."""
    ends = ((events.c.occurred_at < naive(end), 1 << number) for number, end in enumerate(midnights[1:]))
    return case((events.c.occurred_at < naive(midnights[0]), 0), *ends, else_=0)


def _midnights(period: Period) -> tuple[datetime, ...]:
    """When each of the period's days begins, and when the last ends."""
    days = [period.start + timedelta(days=number) for number in range(period.days)]
    return (*(Period(day, day + timedelta(days=1), period.time_zone, "").start_at for day in days), period.end_at)
