"""Answers from rollups what they know, and from the events all else; nobody who asks need know which it was.

Rollups know the whole local days of a site without filters, by one dimension or interval. Days that are not sealed are
worked out for the question if they are few. All statements of one answer see one state of the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
    Label,
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
    true,
    union_all,
)

from tracker.stats.aggregation import Aggregation, Group
from tracker.stats.companies.private_persons import without_persons
from tracker.stats.dimensions import Dimension
from tracker.stats.long_visits import followed
from tracker.stats.metrics import Part
from tracker.stats.rollups.day_figures.figures import Piece
from tracker.stats.rollups.day_rows import FIGURES, IDS, DayRows, narrowed_to
from tracker.stats.rollups.days import Days, days_for, number_of_events
from tracker.stats.rollups.moment import Caveats, Moment, Notes
from tracker.stats.rollups.registry import DIMENSIONS, HOUR, TITLES, TOTAL
from tracker.stats.rollups.wanted import Wanted
from tracker.stats.scope import Scope
from tracker.store.functions import date_trunc
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import (
    ROLLUP_SUMS,
)

# Where the sealed days have fewer events than this, counting all from the events costs less than working out a day.
_FEWEST_EVENTS = 100_000
# What corrections to companies change.
_OF_COMPANIES = (Dimension.COMPANY.value, Dimension.IDENTIFICATION.value)


@contextmanager
def counting(store: EventStore, scope: Scope, *, fewest_events: int = _FEWEST_EVENTS) -> Iterator[Counting]:
    """What counts a scope; from rollups where they know it, and then over one state of the store.

    Days without figures are worked out only beside others with at least `fewest_events`. Of a `Moment`
    (`tracker.stats.rollups.moment`) the figures of open days may be of a moment before.
    """
    if _has_whole_days(scope) and (not scope.filters or narrowed_to(scope) is not None):
        with store.snapshot() as snapshot:
            of_page = store if isinstance(store, Moment) else None
            notes = Notes() if of_page is None else of_page.notes
            # Beside what is read of events, figures of a narrowed scope are of the same moment as these.
            of_page = None if scope.filters else of_page
            key = (scope.site, scope.period, fewest_events, of_page is None)
            if key not in notes.days:
                notes.days[key] = _days(snapshot, scope, of_page, fewest_events)
            days, caveats = notes.days[key]
            if of_page is not None:
                of_page.caveats.add(caveats)
            if days is not None:
                yield Counting(snapshot, scope, days, notes)
                return
    narrowed = followed(store, scope)
    if isinstance(store, Moment):
        with store.snapshot() as snapshot:
            yield Counting(snapshot, narrowed, None)
    else:
        yield Counting(store, narrowed, None)


def _has_whole_days(scope: Scope) -> bool:
    """Whether it begins with a day; the last day may be cut."""
    return scope.period.start_at == replace(scope.period, moments=None).start_at


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

    @property
    def is_of_store(self) -> bool:
        """Whether each statement sees the store as it is then, and not all of them one state of it."""
        return hasattr(self.source, "snapshot")

    def statement(self, names: Sequence[str], groups: Sequence[Group] = (), *, with_total: bool = False) -> Select[Any]:
        """A select with the groups as g0, g1, …, then the metrics by their names (`Aggregation.statement`)."""
        aggregation = Aggregation(self.scope, names, groups, with_total)
        dimension = self._dimension_of(groups)
        has_parts = with_total and len(groups) > 1
        if self.days is None or dimension is None or has_parts or self._is_read_otherwise(dimension):
            scope = self.scope if self.days is None else self._followed()
            return replace(aggregation, scope=scope, groups=without_persons(self.source, scope, groups)).statement()
        visits = "touched" if aggregation.keeps_single_events else "visits"
        wanted = {visits if raw.name == "visits" else raw.name for part in Part for raw in aggregation.needs(part)}
        total = self._total
        self._rows.hold({dimension, total} if with_total else {dimension}, _pieces(aggregation, wanted))
        summed = self.summed(dimension, groups, wanted)
        if with_total and groups:
            whole = self.summed(total, (), wanted)
            both = union_all(select(*summed.c), select(null(), *whole.c)).subquery("both")
            summed = both
        raw = {name: summed.c[name] for name in wanted} | ({"visits": summed.c[visits]} if visits in wanted else {})
        return aggregation.formulas([summed.c[label] for label in aggregation.labels], raw).select_from(summed)

    def _followed(self) -> Scope:
        """The scope with all of each visit with events in it; searched once for a page."""
        asked = ("followed", self.scope.site, self.scope.period)
        if asked not in self._notes.noted:
            self._notes.noted[asked] = followed(self.source, self.scope).reach
        return replace(self.scope, reach=self._notes.noted[asked])

    @property
    def _rows(self) -> DayRows:
        assert self.days is not None
        return DayRows(cast_type(Snapshot, self.source), self.scope, self.days, self._notes, narrowed_to(self.scope))

    @property
    def _total(self) -> str:
        """The dimension whose rows are all that is asked about: that of the value to which it is narrowed."""
        one = narrowed_to(self.scope)
        return TOTAL if one is None else one.dimension.value

    def _dimension_of(self, groups: Sequence[Group]) -> str | None:
        """What the rollups of a statement are by; None where they do not know it."""
        dimension, total = _dimension_of(groups), self._total
        if total in (TOTAL, dimension):
            return dimension
        return total if dimension == TOTAL else None

    def knows(self, dimension: Dimension) -> bool:
        """Whether rollups have the figures of a dimension's values."""
        return (
            self.days is not None
            and dimension in DIMENSIONS
            and self._total in (TOTAL, dimension.value)
            and not self._is_read_otherwise(dimension.value)
        )

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

    def leading(self, dimensions: Sequence[Dimension], wanted: Wanted) -> dict[Dimension, pd.DataFrame]:
        """The wanted values of several dimensions by visitors, from rollups, in one statement: `value` and `visitors`."""
        names = [one.value for one in dimensions]
        self._rows.hold(names, [Piece.EVENTS])
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
        rows = self._rows.of(FIGURES, names)
        start = cast(self.scope.period.start, Date)
        days = (
            select(rows.c.dimension, rows.c.value, carried(rows, start, "visitors").label("visitors"))
            .where(wanted.is_among(rows))
            .group_by(rows.c.dimension, rows.c.value)
            .having(func.sum(rows.c.events) > 0)
            .subquery("days")
        )
        if not self._rows.has_ids():
            return days
        ids = self._rows.of(IDS, names)
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
        # Titles are a page's, whatever the figures are narrowed to: their rows have no value of another dimension.
        titles = replace(self._rows, narrowed=None)
        titles.hold([TITLES], [Piece.EVENTS])
        rows = titles.of(FIGURES, [TITLES], by_day=True)
        of_paths = or_(false(), *(rows.c.value.startswith(f"{path}\n", autoescape=True) for path in paths))
        last = func.max(rows.c.day)
        found = self.rows(select(rows.c.value).where(of_paths).group_by(rows.c.value).order_by(last))
        return {path: title for path, _, title in (row.value.partition("\n") for row in found)}

    def summed(self, dimension: str, groups: Sequence[Group], names: Collection[str]) -> Any:
        """A subquery of some of ROLLUP_SUMS over the period by a dimension's values, by an interval, by both, or in all."""
        by_day = any(group.interval not in (None, "month") for group in groups)
        rows = self._rows.of(FIGURES, [dimension], by_day=by_day)
        keys, first = _keys(rows, groups), self._first_day(rows, groups)
        sums = [carried(rows, first, name).label(name) for name in names]
        by_key = select(*keys, *sums)
        if keys:
            by_key = by_key.group_by(*keys).having(func.sum(rows.c.events) > 0)
        days = by_key.subquery("days")
        if not self._rows.has_ids() or not {"visitors", "touched"} & {*names}:
            return days
        lasting = _lasting(self._rows.of(IDS, [dimension], by_day=by_day), groups)
        labels = [days.c[key.name] for key in keys]
        on = and_(true(), *(label.is_not_distinct_from(lasting.c[label.name]) for label in labels))
        added = {"visitors": lasting.c.people, "touched": lasting.c.their_visits}
        figures = [
            (days.c[name] + func.coalesce(added[name], 0) if name in added else days.c[name]).label(name)
            for name in names
        ]
        return select(*labels, *figures).select_from(days.join(lasting, on, isouter=True)).subquery("summed")

    def _first_day(self, rows: Any, groups: Sequence[Group]) -> ColumnElement[Any]:
        """The first day of the span over which a row is added up."""
        start = cast(self.scope.period.start, Date)
        steps = [group.interval for group in groups if group.interval not in (None, "hour")]
        if not steps:
            return start
        interval = cast(date_trunc(steps[0], cast(rows.c.day, DateTime)), Date)
        return case((interval < start, start), else_=interval)


def _keys(source: Any, groups: Sequence[Group]) -> list[Label[Any]]:
    """What rows are grouped by, as g0, g1, …"""
    return [_key(source, group).label(f"g{index}") for index, group in enumerate(groups)]


def _key(source: Any, group: Group) -> ColumnElement[Any]:
    if group.interval == "hour":
        return cast(source.c.value, DateTime)
    if group.interval is not None:
        return date_trunc(group.interval, cast(source.c.day, DateTime))
    value: ColumnElement[Any] = source.c.value
    return value


def _lasting(ids: Any, groups: Sequence[Group]) -> Any:
    """Who has an id that lasts, and their visits, by the groups."""
    keys = _keys(ids, groups)
    counts = [
        func.count(ids.c.visitor_id.distinct()).label("people"),
        func.count(ids.c.visit_id.distinct()).label("their_visits"),
    ]
    found = select(*keys, *counts)
    return (found.group_by(*keys) if keys else found).subquery("lasting")


def _pieces(aggregation: Aggregation, sums: Collection[str]) -> list[Piece]:
    """What has to be made of a day for some sums."""
    asked = {
        Piece.TOUCHED: "touched" in sums,
        Piece.VISITS: bool(aggregation.needs(Part.VISITS)),
        Piece.READS: bool(aggregation.needs(Part.READS)),
    }
    return [Piece.EVENTS, *(piece for piece, is_asked in asked.items() if is_asked)]


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
    dimensions = [group.dimension for group in groups if group.dimension is not None]
    steps = [group.interval for group in groups if group.interval is not None]
    if len(dimensions) > 1 or len(steps) > 1 or "minute" in steps:
        return None
    if not dimensions:
        return HOUR if "hour" in steps else TOTAL
    # The hours of a day are kept of all its events alone.
    return dimensions[0].value if dimensions[0] in DIMENSIONS and "hour" not in steps else None
