"""Answers from rollups what they know, and from the events all else; nobody who asks need know which it was.

Rollups know the whole local days of a site without filters, by one dimension or interval. Days that are not sealed are
worked out for the question if they are few. All statements of one answer see one state of the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from typing import cast as cast_type

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Row,
    Select,
    Table,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)

from tracker.stats.aggregation import Aggregation, Group
from tracker.stats.dimensions import Dimension
from tracker.stats.long_visits import followed
from tracker.stats.metrics import Part
from tracker.stats.rollups.days import Days, cut_day, days_for, number_of_events
from tracker.stats.rollups.moment import Caveats, Moment, Notes
from tracker.stats.rollups.registry import DIMENSIONS, HOUR, TITLES, TOTAL
from tracker.stats.rollups.sealing import DayOfFigures, Piece, scope_of_day
from tracker.stats.scope import Scope, naive
from tracker.store.functions import date_trunc
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import (
    ROLLUP_SUMS,
    held_rollup_ids,
    held_rollups,
    month_rollup_ids,
    month_rollups,
    rollup_ids,
    rollups,
)

# Where the sealed days have fewer events than this, counting all from the events costs less than working out a day.
_FEWEST_EVENTS = 100_000
# What corrections to companies change.
_OF_COMPANIES = (Dimension.COMPANY.value, Dimension.IDENTIFICATION.value)


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

    def is_among(self, rows: Any) -> ColumnElement[bool]:
        """The condition on rows of rollups, by dimension and value: all of them unless some are named."""
        if self.named is None:
            return true()
        return self.of(rows, {one: one.value for one in self.named}, rows.c.dimension)

    def is_named(self, value: ColumnElement[Any], dimension: Dimension) -> ColumnElement[bool]:
        named = (self.named or {}).get(dimension, ())
        texts = [one for one in named if one is not None]
        return or_(value.in_(texts), value.is_(None)) if len(texts) < len(named) else value.in_(texts)


@contextmanager
def counting(store: EventStore, scope: Scope, *, fewest_events: int = _FEWEST_EVENTS) -> Iterator[Counting]:
    """What counts a scope; from rollups where they know it, and then over one state of the store.

    Days without figures are worked out only beside others with at least `fewest_events`. Of a `Moment`
    (`tracker.stats.rollups.moment`) the figures of open days may be of a moment before.
    """
    if _has_whole_days(scope):
        with store.snapshot() as snapshot:
            of_page = store if isinstance(store, Moment) else None
            noted = Notes() if of_page is None else of_page.notes
            key = (scope.site, scope.period, fewest_events)
            if key not in noted.days:
                noted.days[key] = _days(snapshot, scope, of_page, fewest_events)
            days, caveats = noted.days[key]
            if of_page is not None:
                of_page.caveats.add(caveats)
            if days is not None:
                yield Counting(snapshot, scope, days, noted)
                return
    yield Counting(store, followed(store, scope), None)


def _has_whole_days(scope: Scope) -> bool:
    """Whether it has no filters, and begins with a day; the last day may be cut."""
    return not scope.filters and scope.period.start_at == replace(scope.period, moments=None).start_at


def _days(snapshot: Snapshot, scope: Scope, of_page: Moment | None, fewest_events: int) -> tuple[Days | None, Caveats]:
    days, caveats = days_for(snapshot, scope, of_page)
    if days is None or not days.open or number_of_events(snapshot, scope.site, days.kept) >= fewest_events:
        return days, caveats
    return None, caveats


@dataclass
class Counting:
    """Counts one scope. Open `days` are worked out as they are needed; without any, all is counted from events."""

    source: Snapshot | EventStore
    scope: Scope
    days: Days | None
    _notes: Notes = field(default_factory=Notes)

    @property
    def open_days(self) -> list[date] | None:
        """The days that are worked out; None where all is counted from events."""
        return None if self.days is None else list(self.days.open)

    def statement(self, names: Sequence[str], groups: Sequence[Group] = (), *, with_total: bool = False) -> Select[Any]:
        """A select with the groups as g0, g1, …, then the metrics by their names (`Aggregation.statement`)."""
        aggregation = Aggregation(self.scope, names, groups, with_total)
        dimension = _dimension_of(groups)
        if self.days is None or dimension is None or self._is_read_otherwise(dimension):
            return replace(aggregation, scope=followed(self.source, self.scope)).statement()
        visits = "touched" if aggregation.keeps_single_events else "visits"
        wanted = {visits if raw.name == "visits" else raw.name for part in Part for raw in aggregation.needs(part)}
        self.hold({dimension, TOTAL} if with_total else {dimension}, _pieces(aggregation, wanted))
        summed = self.summed(dimension, groups[0] if groups else None, wanted)
        if with_total and groups:
            whole = self.summed(TOTAL, None, wanted)
            both = union_all(select(*summed.c), select(null(), *whole.c)).subquery("both")
            summed = both
        raw = {name: summed.c[name] for name in wanted} | ({"visits": summed.c[visits]} if visits in wanted else {})
        return aggregation.formulas([summed.c[label] for label in aggregation.labels], raw).select_from(summed)

    def knows(self, dimension: Dimension) -> bool:
        """Whether rollups have the figures of a dimension's values."""
        return self.days is not None and dimension in DIMENSIONS and not self._is_read_otherwise(dimension.value)

    def _is_read_otherwise(self, dimension: str) -> bool:
        """Whether values are read otherwise now than they were when days were counted, or are too many to be kept."""
        if self.days is not None and dimension in self.days.beyond:
            return True
        snapshot = cast_type(Snapshot, self.source)
        return dimension in _OF_COMPANIES and snapshot.corrects_companies(self.scope.site)

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self.source.rows(statement)

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return self.source.frame(statement)

    def hold(self, dimensions: Collection[str], pieces: Sequence[Piece]) -> None:
        """Works out of the days without figures what is not yet."""
        snapshot = cast_type(Snapshot, self.source)
        for scope in self._open_scopes():
            figures: DayOfFigures | None = None
            for piece in pieces:
                asked = {*dimensions, *self._notes.expected} if piece is Piece.EVENTS else dimensions
                wanted = {name: (*_key_of(scope), name, piece) for name in asked}
                missing = [name for name, key in wanted.items() if key not in self._notes.held]
                if not missing:
                    continue
                self._notes.held.update(wanted.values())
                figures = figures or DayOfFigures(snapshot, scope, dimensions)
                narrowed = figures.narrowed(missing)
                snapshot.hold(narrowed.piece(piece), narrowed.ids() if piece is Piece.EVENTS else None)

    def _open_scopes(self) -> list[Scope]:
        """The days to be worked out, each as a scope; the last one may be cut."""
        found = []
        for day in self.days.open if self.days is not None else ():
            scope = scope_of_day(self.scope.site, day, self.scope.period.time_zone)
            if day == cut_day(self.scope.period):
                until = (scope.period.start_at, self.scope.period.end_at)
                scope = replace(scope, period=replace(scope.period, moments=until))
            found.append(scope)
        return found

    def leading(self, dimensions: Sequence[Dimension], wanted: Wanted) -> dict[Dimension, pd.DataFrame]:
        """The wanted values of several dimensions by visitors, from rollups, in one statement: `value` and `visitors`."""
        names = [one.value for one in dimensions]
        self.hold(names, [Piece.EVENTS])
        found = self._visitors_by_value(names, wanted)
        rank = func.row_number().over(partition_by=found.c.dimension, order_by=[found.c.visitors.desc(), found.c.value])
        ranked = select(found.c.dimension, found.c.value, found.c.visitors, rank.label("rank")).subquery("ranked")
        first = select(ranked).order_by(ranked.c.dimension, ranked.c.rank)
        if wanted.named is None:
            first = first.where(ranked.c.rank <= wanted.first)
        frame = self.frame(first)
        return {one: frame[frame["dimension"] == one.value][["value", "visitors"]].copy() for one in dimensions}

    def _visitors_by_value(self, names: Sequence[str], wanted: Wanted) -> Any:
        """A subquery of `dimension`, `value` and `visitors`, of the named values alone if some are."""
        rows = self._of_days(_ROWS, names)
        start = cast(self.scope.period.start, Date)
        days = (
            select(rows.c.dimension, rows.c.value, carried(rows, start, "visitors").label("visitors"))
            .where(wanted.is_among(rows))
            .group_by(rows.c.dimension, rows.c.value)
            .having(func.sum(rows.c.events) > 0)
            .subquery("days")
        )
        if not self._has_ids():
            return days
        ids = self._of_days(_IDS, names)
        lasting = (
            select(ids.c.dimension, ids.c.value, func.count(ids.c.visitor_id.distinct()).label("people"))
            .where(wanted.is_among(ids))
            .group_by(ids.c.dimension, ids.c.value)
            .subquery("lasting")
        )
        same = and_(days.c.dimension == lasting.c.dimension, days.c.value.is_not_distinct_from(lasting.c.value))
        visitors = (days.c.visitors + func.coalesce(lasting.c.people, 0)).label("visitors")
        joined = days.join(lasting, same, isouter=True)
        return select(days.c.dimension, days.c.value, visitors).select_from(joined).subquery("by_value")

    def titles(self, paths: Sequence[str]) -> dict[str, str]:
        """The newest title of each page that has one."""
        self.hold([TITLES], [Piece.EVENTS])
        rows = self._of_days(_ROWS, [TITLES], by_day=True)
        of_paths = or_(false(), *(rows.c.value.startswith(f"{path}\n", autoescape=True) for path in paths))
        last = func.max(rows.c.day)
        found = self.rows(select(rows.c.value).where(of_paths).group_by(rows.c.value).order_by(last))
        return {path: title for path, _, title in (row.value.partition("\n") for row in found)}

    def summed(self, dimension: str, group: Group | None, names: Collection[str]) -> Any:
        """A subquery of some of ROLLUP_SUMS over the period by a dimension's values, by an interval, or without a group at all."""
        by_day = group is not None and group.interval not in (None, "month")
        rows = self._of_days(_ROWS, [dimension], by_day=by_day)
        keys, first = self._key(rows, group), self._first_day(rows, group)
        sums = [carried(rows, first, name).label(name) for name in names]
        by_key = select(*([keys.label("g0")] if keys is not None else []), *sums)
        if keys is not None:
            by_key = by_key.group_by(keys).having(func.sum(rows.c.events) > 0)
        days = by_key.subquery("days")
        if not self._has_ids() or not {"visitors", "touched"} & {*names}:
            return days
        ids = self._of_days(_IDS, [dimension], by_day=by_day)
        lasting = self._lasting(ids, self._key(ids, group))
        on = days.c.g0.is_not_distinct_from(lasting.c.g0) if keys is not None else and_(True)
        added = {"visitors": lasting.c.people, "touched": lasting.c.their_visits}
        figures = [
            (days.c[name] + func.coalesce(added[name], 0) if name in added else days.c[name]).label(name)
            for name in names
        ]
        labels = [days.c.g0] if keys is not None else []
        return select(*labels, *figures).select_from(days.join(lasting, on, isouter=True)).subquery("summed")

    def _has_ids(self) -> bool:
        """Whether the site has visitors with ids that last: most have none, and their statements are half as long."""
        site = self.scope.site
        if site not in self._notes.with_ids:
            kept = select(rollup_ids.c.day).where(rollup_ids.c.site == site).limit(1)
            self._notes.with_ids[site] = bool(self.rows(kept))
        if self._notes.with_ids[site] or not self._notes.held:
            return self._notes.with_ids[site]
        return bool(self.rows(select(held_rollup_ids.c.day).limit(1)))

    def _lasting(self, ids: Any, key: ColumnElement[Any] | None) -> Any:
        counts = [
            func.count(ids.c.visitor_id.distinct()).label("people"),
            func.count(ids.c.visit_id.distinct()).label("their_visits"),
        ]
        if key is None:
            return select(*counts).subquery("lasting")
        return select(key.label("g0"), *counts).group_by(key).subquery("lasting")

    def _of_days(self, tables: _Tables, dimensions: Sequence[str], *, by_day: bool = False) -> Any:
        """The rows of the period's days, of whole months together, unless they are asked for `by_day`."""
        assert self.days is not None
        spans = self.days.kept if by_day else self.days.beside_months
        of_days = _within(tables.days, self.scope.site, dimensions)
        within = [and_(tables.days.c.day >= first, tables.days.c.day < end) for first, end in spans]
        found = [of_days.where(or_(false(), *within))]
        if self.days.months and not by_day:
            months = _within(tables.months, self.scope.site, dimensions)
            found.append(months.where(tables.months.c.day.in_(self.days.months)))
        held = tables.held
        if self.days.open:
            open_days = [
                and_(held.c.day == scope.period.start, held.c.until == until) for scope, until in self._untils()
            ]
            columns = [held.c[column.name] for column in tables.days.columns]
            of_site = (held.c.site == self.scope.site, held.c.dimension.in_(dimensions))
            found.append(select(*columns).where(*of_site, or_(*open_days)))
        return found[0].subquery("days_of") if len(found) == 1 else union_all(*found).subquery("days_of")

    def _untils(self) -> list[tuple[Scope, datetime]]:
        return [(scope, naive(scope.period.end_at)) for scope in self._open_scopes()]

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


class _Tables(NamedTuple):
    """Rows of one kind: by day, by month, and of the days that are worked out for the question."""

    days: Table
    months: Table
    held: Table


_ROWS = _Tables(rollups, month_rollups, held_rollups)
_IDS = _Tables(rollup_ids, month_rollup_ids, held_rollup_ids)


def _within(table: Table, site: str, dimensions: Sequence[str]) -> Select[Any]:
    return select(*table.columns).where(table.c.site == site, table.c.dimension.in_(dimensions))


def _pieces(aggregation: Aggregation, sums: Collection[str]) -> list[Piece]:
    """What has to be made of a day for some sums."""
    asked = {
        Piece.TOUCHED: "touched" in sums,
        Piece.VISITS: bool(aggregation.needs(Part.VISITS)),
        Piece.READS: bool(aggregation.needs(Part.READS)),
    }
    return [Piece.EVENTS, *(piece for piece, is_asked in asked.items() if is_asked)]


def _key_of(scope: Scope) -> tuple[object, ...]:
    """What tells one day that is worked out from another."""
    return scope.site, scope.period.start, scope.period.end_at


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
