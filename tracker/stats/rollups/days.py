"""Which days of a period have figures: kept by day or by whole months, or to be worked out from the events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select

from tracker.stats.local_time import truncated
from tracker.stats.periods import Period, months_after
from tracker.stats.rollups.coverage import cut_day
from tracker.stats.rollups.made_days import Made, made_days
from tracker.stats.rollups.moment import Caveats, Moment
from tracker.stats.rollups.registry import RULES, TOTAL, unknown_to
from tracker.stats.scope import Scope
from tracker.store.protocol import Snapshot
from tracker.store.schema import BEYOND, counted_months, events, rollups

_DAY = timedelta(days=1)
# Working out a day costs about what one panel over a month of events does.
_MOST_OPEN_DAYS = 3
# Days in a row, as the first and the one after the last.
Run = tuple[date, date]


@dataclass(frozen=True)
class Days:
    """The days of a period that have events: those with rollups, the same without those of whole months, and the others.

    `beyond` are dimensions of which some day has more values than are kept.
    """

    kept: tuple[Run, ...]
    months: tuple[date, ...] = ()
    beside_months: tuple[Run, ...] = ()
    open: tuple[date, ...] = ()
    beyond: frozenset[str] = frozenset()


def sealed_otherwise(snapshot: Snapshot, site: str, period: Period) -> dict[date, Made]:
    """The period's whole days that are sealed in another time zone or by the rules of before."""
    return {
        day: made
        for day, made in _of_period(made_days(snapshot, site).sealed, period)
        if not made.is_of(period.time_zone)
    }


def sealed(snapshot: Snapshot, site: str, period: Period) -> set[date]:
    """The period's whole days that are sealed by today's rules in its time zone."""
    return {day for day, made in _of_period(made_days(snapshot, site).sealed, period) if made.is_of(period.time_zone)}


def counted(snapshot: Snapshot, site: str, period: Period) -> set[date]:
    """The same, with days whose figures are of a moment before their last events; they all are of the same moment."""
    return {day for day, made in _of_period(made_days(snapshot, site).counted, period) if made.is_of(period.time_zone)}


def days_of(snapshot: Snapshot, scope: Scope, kept: Collection[date], *, with_beyond: bool = True) -> Days | None:
    """How a period's figures are put together where those of the days `kept` are; None where rollups help little.

    `with_beyond` where it is asked of which dimensions not all is kept.
    """
    if not kept:
        return None
    period = scope.period
    days = [period.start + timedelta(days=number) for number in range(period.days)]
    missing = [day for day in days if day not in kept]
    found: list[date] = []
    for first, end in runs(missing):
        found += _with_events(snapshot, Scope(scope.site, Period(first, end, period.time_zone, "")))
        if len(found) > _MOST_OPEN_DAYS:
            return None
    months = _months(snapshot, scope, missing)
    of_months = {month + timedelta(days=number) for month in months for number in range((_after(month) - month).days)}
    beside = [day for day in days if day in kept and day not in of_months]
    spans = tuple(runs(sorted(kept)))
    beyond = _beyond(snapshot, scope.site, spans) if with_beyond else frozenset()
    return Days(spans, tuple(months), tuple(runs(beside)), tuple(found), beyond)


def days_for(snapshot: Snapshot, scope: Scope, of_page: Moment | None) -> tuple[Days | None, Caveats]:
    """How a scope's figures are put together, None where rollups help little, and what is to be said of them.

    Those of a page may be of a moment before, or as days were counted before; others are exact.
    """
    kept, otherwise, caveats = sealed(snapshot, scope.site, scope.period), {}, Caveats()
    if len(kept) < scope.period.days:
        otherwise = sealed_otherwise(snapshot, scope.site, scope.period)
    if otherwise:
        final = final_of(snapshot, scope, otherwise)
        kept |= final.keys()
        if of_page is not None:
            _note(caveats, scope.period, final)
    found = of_now_or_before(snapshot, scope, of_page, kept)
    older = {day: made for day, made in otherwise.items() if day not in kept}
    if found is None and older and of_page is not None:
        found = days_of(snapshot, scope, kept | older.keys())
        if found is not None:
            zone = scope.period.time_zone.key
            caveats.in_zone_of_before |= any(made.time_zone != zone for made in older.values())
            caveats.by_rules_of_before |= any(made.time_zone == zone for made in older.values())
    if found is not None and otherwise:
        unknown = unknown_to(min(made.rules for made in otherwise.values()))
        found = replace(found, beyond=found.beyond | unknown)
    return found, caveats


def final_of(snapshot: Snapshot, scope: Scope, otherwise: Mapping[date, Made]) -> dict[date, Made]:
    """Of days that are sealed otherwise than they would be now, those that have no events any more to be counted from."""
    first = snapshot.rows(
        select(events.c.occurred_at).where(events.c.site == scope.site).order_by(events.c.occurred_at).limit(1)
    )
    return {day: made for day, made in otherwise.items() if first and made.end_at <= first[0].occurred_at}


def _note(caveats: Caveats, period: Period, final: Mapping[date, Made]) -> None:
    others = {day: made.time_zone for day, made in final.items() if made.time_zone != period.time_zone.key}
    if others:
        last = max(others)
        caveats.final_before, caveats.final_in = last + timedelta(days=1), others[last]


def of_now_or_before(
    snapshot: Snapshot, scope: Scope, of_page: Moment | None, kept: Collection[date], *, with_beyond: bool = True
) -> Days | None:
    """How figures are put together of the days `kept`, or for a page of all that were counted, by today's rules."""
    if of_page is not None and of_page.takes_figures_of_before(scope.site):
        earlier = counted(snapshot, scope.site, scope.period) | {*kept}
        if len(earlier) > len(kept):
            days = days_of(snapshot, scope, earlier, with_beyond=with_beyond)
            # What is worked out is of now, and must not be added to what is of a moment before.
            if days is not None and not days.open:
                return days
    return days_of(snapshot, scope, kept, with_beyond=with_beyond)


def _beyond(snapshot: Snapshot, site: str, spans: Sequence[Run]) -> frozenset[str]:
    within = or_(*(and_(rollups.c.day >= first, rollups.c.day < end) for first, end in spans))
    marks = select(rollups.c.value).where(rollups.c.site == site, rollups.c.dimension == BEYOND, within)
    return frozenset(row.value for row in snapshot.rows(marks.distinct()))


def number_of_events(snapshot: Snapshot, site: str, spans: Sequence[Run]) -> int:
    """How many events days with rollups have."""
    total = select(func.sum(rollups.c.events)).where(rollups.c.site == site, rollups.c.dimension == TOTAL)
    within = [snapshot.rows(total.where(rollups.c.day >= first, rollups.c.day < end))[0][0] for first, end in spans]
    return sum(int(one or 0) for one in within)


def runs(days: Iterable[date]) -> list[Run]:
    """Days in order as runs."""
    found: list[Run] = []
    for day in days:
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + _DAY)
        else:
            found.append((day, day + _DAY))
    return found


def _of_period(days: Mapping[date, Made], period: Period) -> Iterator[tuple[date, Made]]:
    """Of the figures of a day that is cut only a part is asked for."""
    cut = cut_day(period)
    return ((day, made) for day, made in days.items() if period.start <= day < period.end and day != cut)


def _months(snapshot: Snapshot, scope: Scope, missing: Collection[date]) -> list[date]:
    """The months within a period that have rollups, without those in which a missing day is, also one that lost all events."""
    period = scope.period
    first = period.start if period.start.day == 1 else _after(period.start)
    last = (period.end if cut_day(period) is None else period.last_day).replace(day=1)
    if first >= last:
        return []
    table = counted_months
    statement = select(table.c.month).where(
        table.c.site == scope.site,
        table.c.month >= first,
        table.c.month < last,
        table.c.time_zone == period.time_zone.key,
        table.c.rules == RULES,
    )
    made = {row.month for row in snapshot.rows(statement)}
    if made and missing:
        # A day that was never counted is in no month's figures.
        made -= {day.replace(day=1) for day in counted(snapshot, scope.site, period) & {*missing}}
    return sorted(made)


def _after(day: date) -> date:
    return months_after(day.replace(day=1), 1)


def _with_events(snapshot: Snapshot, scope: Scope) -> list[date]:
    if scope.period.days == 1:
        return [scope.period.start] if snapshot.rows(select(events.c.site).where(scope.span()).limit(1)) else []
    day = truncated(scope.period, "day").label("day")
    return [row.day.date() for row in snapshot.rows(select(day).where(scope.span()).distinct())]
