"""The figures of many sites at once, for their list: one statement for all that share midnights, not some for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, tuple_

from tracker.stats.local_time import truncated
from tracker.stats.periods import Period
from tracker.stats.scope import naive
from tracker.store.protocol import EventStore
from tracker.store.schema import events


class SiteFigures(NamedTuple):
    """A site's visitors in a period, and on each of its days."""

    visitors: int
    by_day: list[int]


def figures_of_sites(store: EventStore, periods: Mapping[str, Period]) -> dict[str, SiteFigures]:
    """The figures of each site, by what its events are stored as, in a period of days of its own clock."""
    alike: dict[tuple[datetime, ...], list[str]] = defaultdict(list)
    for site, period in periods.items():
        alike[_midnights(period)].append(site)
    counted: dict[str, dict[date | None, int]] = {site: {} for site in periods}
    for sites in alike.values():
        for site, day, visitors in store.rows(_statement(sites, periods[sites[0]])):
            counted[site][None if day is None else day.date()] = visitors
    return {
        site: SiteFigures(counted[site].get(None, 0), [counted[site].get(day, 0) for day in _days(period)])
        for site, period in periods.items()
    }


def sites_with_events(store: EventStore, sites: Collection[str]) -> set[str]:
    """Those of the sites that have an event at all."""
    if not sites:
        return set()
    found = select(events.c.site).where(events.c.site.in_(sites)).distinct()
    return {row[0] for row in store.rows(found)}


def _statement(sites: Collection[str], period: Period) -> Select[Any]:
    """Each site with each of its days, and once with none for all of them."""
    people = (
        select(events.c.site, truncated(period, "day").label("day"), events.c.visitor_id)
        .where(
            events.c.site.in_(sites),
            events.c.occurred_at >= naive(period.start_at),
            events.c.occurred_at < naive(period.end_at),
        )
        .distinct()
        .subquery("people")
    )
    site, day = people.c.site, people.c.day
    visitors = func.count(people.c.visitor_id.distinct())
    return select(site, day, visitors).group_by(func.grouping_sets(tuple_(site, day), tuple_(site)))


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=number) for number in range(period.days)]


def _midnights(period: Period) -> tuple[datetime, ...]:
    """A key that is equal for periods with the same days, whatever their zones are called."""
    return (
        *(Period(day, day + timedelta(days=1), period.time_zone, "").start_at for day in _days(period)),
        period.end_at,
    )
