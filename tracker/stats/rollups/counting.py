"""Answers from rollups what they know, and from the events all else; nobody who asks need know which it was.

Rollups know the whole local days of a site without filters, by one dimension or interval. Days that are not sealed are
worked out for the question if they are few. All statements of one answer see one state of the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from typing import cast as cast_type

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Row,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    union_all,
)

from tracker.stats.aggregation import Aggregation, Group
from tracker.stats.dimensions import Dimension
from tracker.stats.local_time import truncated
from tracker.stats.long_visits import followed
from tracker.stats.periods import Period
from tracker.stats.rollups.registry import DIMENSIONS, HOUR, RULES, TOTAL
from tracker.stats.rollups.sealing import DayOfFigures, scope_of_day
from tracker.stats.scope import Scope
from tracker.store.functions import date_trunc
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import (
    ROLLUP_SUMS,
    events,
    held_rollup_ids,
    held_rollups,
    rollup_ids,
    rollups,
    sealed_days,
)

# Working out a day costs about what one panel over a month of events does.
_MOST_OPEN_DAYS = 3
# Where the sealed days have fewer events than this, counting all from the events costs less than working out a day.
_FEWEST_EVENTS = 100_000


@dataclass(frozen=True)
class Wanted:
    """Which values of dimensions are asked for: the first so many, or some that are named."""

    first: int = 0
    named: Mapping[Dimension, Sequence[str | None]] | None = None

    def of(self, ranked: Any, marks: Mapping[Dimension, Any], mark: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on rows of value and rank, in which `mark` is what each dimension has in `marks`."""
        if self.named is None:
            return cast_type(ColumnElement[bool], ranked.c.rank <= self.first)
        return or_(false(), *(and_(mark == marks[one], self.is_named(ranked.c.value, one)) for one in marks))

    def is_named(self, value: ColumnElement[Any], dimension: Dimension) -> ColumnElement[bool]:
        named = (self.named or {}).get(dimension, ())
        texts = [one for one in named if one is not None]
        return or_(value.in_(texts), value.is_(None)) if len(texts) < len(named) else value.in_(texts)


@contextmanager
def counting(store: EventStore, scope: Scope, *, fewest_events: int = _FEWEST_EVENTS) -> Iterator[Counting]:
    """What counts a scope; from rollups where they know it, and then over one state of the store.

    Days that are not sealed are worked out only beside sealed ones with at least `fewest_events`.
    """
    if _has_whole_days(scope):
        with store.snapshot() as snapshot:
            open_days = _open_days(snapshot, scope)
            if open_days is not None and not (open_days and _sealed_events(snapshot, scope) < fewest_events):
                yield Counting(snapshot, scope, open_days)
                return
    yield Counting(store, followed(store, scope), None)


def _has_whole_days(scope: Scope) -> bool:
    """Whether it has no filters, and begins with a day; the last day may be cut."""
    return not scope.filters and scope.period.start_at == replace(scope.period, moments=None).start_at


def _cut_day(period: Period) -> date | None:
    """The last day of a period that ends within it, as what an unfinished one is compared with does."""
    return None if period.end_at == replace(period, moments=None).end_at else period.last_day


def sealed(snapshot: Snapshot, site: str, period: Period) -> set[date]:
    """The period's whole days that are sealed by today's rules in its time zone."""
    return {row.day for row in snapshot.rows(_sealed(site, period))}


def _sealed(site: str, period: Period) -> Select[Any]:
    return select(sealed_days.c.day).where(
        sealed_days.c.site == site,
        sealed_days.c.day >= period.start,
        sealed_days.c.day < period.end,
        sealed_days.c.time_zone == period.time_zone.key,
        sealed_days.c.rules == RULES,
        sealed_days.c.day.is_distinct_from(_cut_day(period)),  # of its figures only a part is asked for
    )


def _open_days(snapshot: Snapshot, scope: Scope) -> list[date] | None:
    """The days with events that are not sealed, or None where rollups help little."""
    kept = sealed(snapshot, scope.site, scope.period)
    if not kept:
        return None
    days = [scope.period.start + timedelta(days=number) for number in range(scope.period.days)]
    missing = [day for day in days if day not in kept]
    found: list[date] = []
    for first, end in _runs(missing):
        found += _days_with_events(snapshot, Scope(scope.site, Period(first, end, scope.period.time_zone, "")))
        if len(found) > _MOST_OPEN_DAYS:
            return None
    return found


def _sealed_events(snapshot: Snapshot, scope: Scope) -> int:
    """How many events the period's sealed days have."""
    statement = select(func.sum(rollups.c.events)).where(
        rollups.c.site == scope.site,
        rollups.c.dimension == TOTAL,
        rollups.c.day.in_(_sealed(scope.site, scope.period)),
    )
    return int(snapshot.rows(statement)[0][0] or 0)


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days in a row as (first, end)."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] == day:
            runs[-1] = (runs[-1][0], day + timedelta(days=1))
        else:
            runs.append((day, day + timedelta(days=1)))
    return runs


def _days_with_events(snapshot: Snapshot, scope: Scope) -> list[date]:
    if scope.period.days == 1:
        return [scope.period.start] if snapshot.rows(select(events.c.site).where(scope.span()).limit(1)) else []
    day = truncated(scope.period, "day").label("day")
    return [row.day.date() for row in snapshot.rows(select(day).where(scope.span()).distinct())]


@dataclass
class Counting:
    """Counts one scope. `open_days` are worked out as they are needed; None where all is counted from events."""

    source: Snapshot | EventStore
    scope: Scope
    open_days: list[date] | None
    _held: set[str] = field(default_factory=set)

    def statement(self, names: Sequence[str], groups: Sequence[Group] = (), *, with_total: bool = False) -> Select[Any]:
        """A select with the groups as g0, g1, …, then the metrics by their names (`Aggregation.statement`)."""
        aggregation = Aggregation(self.scope, names, groups, with_total)
        dimension = _dimension_of(groups)
        if self.open_days is None or dimension is None:
            return replace(aggregation, scope=followed(self.source, self.scope)).statement()
        self.hold({dimension, TOTAL} if with_total else {dimension})
        summed = self.summed(dimension, groups[0] if groups else None)
        if with_total and groups:
            whole = self.summed(TOTAL, None)
            both = union_all(select(*summed.c), select(null(), *whole.c)).subquery("both")
            summed = both
        visits = "touched" if aggregation.keeps_single_events else "visits"
        raw = {name: summed.c[name] for name in ROLLUP_SUMS} | {"visits": summed.c[visits]}
        return aggregation.formulas([summed.c[label] for label in aggregation.labels], raw).select_from(summed)

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self.source.rows(statement)

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return self.source.frame(statement)

    def hold(self, dimensions: Collection[str]) -> None:
        """Works out the days that are not sealed."""
        missing = [name for name in dimensions if name not in self._held]
        if not missing:
            return
        for day in self.open_days or ():
            snapshot = cast_type(Snapshot, self.source)
            scope = scope_of_day(self.scope.site, day, self.scope.period.time_zone)
            if day == _cut_day(self.scope.period):
                until = (scope.period.start_at, self.scope.period.end_at)
                scope = replace(scope, period=replace(scope.period, moments=until))
            figures = DayOfFigures(snapshot, scope, missing)
            snapshot.hold(figures.rows(), figures.ids())
        self._held.update(missing)

    def leading(self, dimensions: Sequence[Dimension], wanted: Wanted) -> dict[Dimension, pd.DataFrame]:
        """The wanted values of several dimensions by visitors, from rollups, in one statement: `value` and `visitors`."""
        names = [one.value for one in dimensions if one in DIMENSIONS]
        self.hold(names)
        rows = self._of_days(rollups, held_rollups, names)
        ids = self._of_days(rollup_ids, held_rollup_ids, names)
        key = (rows.c.dimension, rows.c.value)
        start = cast(self.scope.period.start, Date)
        days = (
            select(*key, carried(rows, start, "visitors").label("visitors"))
            .group_by(*key)
            .having(func.sum(rows.c.events) > 0)
            .subquery("days")
        )
        lasting = (
            select(ids.c.dimension, ids.c.value, func.count(ids.c.visitor_id.distinct()).label("people"))
            .group_by(ids.c.dimension, ids.c.value)
            .subquery("lasting")
        )
        same = and_(days.c.dimension == lasting.c.dimension, days.c.value.is_not_distinct_from(lasting.c.value))
        visitors = days.c.visitors + func.coalesce(lasting.c.people, 0)
        rank = func.row_number().over(partition_by=days.c.dimension, order_by=[visitors.desc(), days.c.value])
        ranked = (
            select(days.c.dimension, days.c.value, visitors.label("visitors"), rank.label("rank"))
            .select_from(days.join(lasting, same, isouter=True))
            .subquery("ranked")
        )
        first = (
            select(ranked)
            .where(wanted.of(ranked, {one: one.value for one in dimensions}, ranked.c.dimension))
            .order_by(ranked.c.dimension, ranked.c.rank)
        )
        frame = self.frame(first)
        return {one: frame[frame["dimension"] == one.value][["value", "visitors"]].copy() for one in dimensions}

    def summed(self, dimension: str, group: Group | None) -> Any:
        """A subquery of the sums of the period by a dimension's values, by an interval, or without a group at all."""
        rows = self._of_days(rollups, held_rollups, [dimension])
        ids = self._of_days(rollup_ids, held_rollup_ids, [dimension])
        keys, first = self._key(rows, group), self._first_day(rows, group)
        sums = [carried(rows, first, name).label(name) for name in ROLLUP_SUMS]
        by_key = select(*([keys.label("g0")] if keys is not None else []), *sums)
        if keys is not None:
            by_key = by_key.group_by(keys).having(func.sum(rows.c.events) > 0)
        days = by_key.subquery("days")
        lasting = self._lasting(ids, self._key(ids, group))
        on = days.c.g0.is_not_distinct_from(lasting.c.g0) if keys is not None else and_(True)
        added = {"visitors": lasting.c.people, "touched": lasting.c.their_visits}
        figures = [
            (days.c[name] + func.coalesce(added[name], 0) if name in added else days.c[name]).label(name)
            for name in ROLLUP_SUMS
        ]
        labels = [days.c.g0] if keys is not None else []
        return select(*labels, *figures).select_from(days.join(lasting, on, isouter=True)).subquery("summed")

    def _lasting(self, ids: Any, key: ColumnElement[Any] | None) -> Any:
        counts = [
            func.count(ids.c.visitor_id.distinct()).label("people"),
            func.count(ids.c.visit_id.distinct()).label("their_visits"),
        ]
        if key is None:
            return select(*counts).subquery("lasting")
        return select(key.label("g0"), *counts).group_by(key).subquery("lasting")

    def _of_days(self, kept: Any, held: Any, dimensions: Sequence[str]) -> Any:
        """The rows of the period's days: of sealed ones as they are kept, of the others as they were worked out."""
        # What is kept of a day that is not sealed any more says nothing, also where the day has no event left.
        of_days = select(*kept.columns).where(
            kept.c.site == self.scope.site,
            kept.c.day.in_(_sealed(self.scope.site, self.scope.period)),
            kept.c.dimension.in_(dimensions),
        )
        if not self.open_days:
            return of_days.subquery(kept.name)
        of_open_days = select(*held.columns).where(held.c.dimension.in_(dimensions))
        return union_all(of_days, of_open_days).subquery(kept.name)

    def _key(self, source: Any, group: Group | None) -> ColumnElement[Any] | None:
        if group is None:
            return None
        if group.interval == "hour":
            return cast(source.c.value, DateTime)
        if group.interval is not None:
            return date_trunc(group.interval, cast(source.c.day, DateTime))
        value: ColumnElement[Any] = source.c.value
        return value

    def _first_day(self, rows: Any, group: Group | None) -> ColumnElement[Any]:
        """The first day of the span over which a row is added up."""
        start = cast(self.scope.period.start, Date)
        if group is None or group.interval in (None, "hour"):
            return start
        interval = cast(date_trunc(group.interval, cast(rows.c.day, DateTime)), Date)
        return case((interval < start, start), else_=interval)


def carried(rows: Any, first: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """A sum over days; of what is distinct, less those that were there on an earlier day of the span."""
    if f"{name}_1" not in ROLLUP_SUMS:
        return func.sum(rows.c[name])
    second = cast(first + timedelta(days=1), Date)
    new = case(
        (rows.c.day == first, rows.c[name]),
        (rows.c.day == second, rows.c[name] - rows.c[f"{name}_1"]),
        else_=rows.c[name] - rows.c[f"{name}_2"],
    )
    return func.sum(new)


def _dimension_of(groups: Sequence[Group]) -> str | None:
    """What the rollups of a statement are by; None where they do not know it."""
    if not groups:
        return TOTAL
    if len(groups) > 1:
        return None
    (group,) = groups
    if group.interval is not None:
        return {"minute": None, "hour": HOUR}.get(group.interval, TOTAL)
    return group.dimension.value if group.dimension in DIMENSIONS else None
