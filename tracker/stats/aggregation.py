"""Counts a period by groups: the one statement behind totals, time series, breakdowns and queries.

A statement has up to three parts, each grouped alike and joined by the groups: sums over event rows, sums over the
visits that began in the period, and how far pages were read. A part that no metric needs is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_

from tracker.enrichment.event import PAGEVIEW
from tracker.stats import metrics
from tracker.stats.dimensions import Dimension
from tracker.stats.filters.sql import exit_pages
from tracker.stats.local_time import OUTSIDE, truncated, truncated_within
from tracker.stats.metrics import Part, Raw
from tracker.stats.scope import Scope, naive
from tracker.store import functions
from tracker.store.schema import events


class _Side(Enum):
    """How a group finds the visits that are its own."""

    FACT = "each of a visit's rows says it"
    BEGAN = "the moment at which the visit began says it"
    GIVEN = "a visit's rows say it from some moment on; the last that was said is the visit's"
    TOUCHED = "a visit belongs to every value that one of its rows has"
    EXIT = "the visit's last page says it"


@dataclass(frozen=True)
class Group:
    """What rows are grouped by: a dimension, or an `interval` of the site's clock."""

    dimension: Dimension | None = None
    interval: str | None = None

    def of_event(self, scope: Scope) -> ColumnElement[Any]:
        if self.interval is not None:
            return truncated(scope.period, self.interval)
        assert self.dimension is not None
        return self.dimension.event_column

    @property
    def side(self) -> _Side:
        if self.interval is not None:
            return _Side.BEGAN
        assert self.dimension is not None
        if self.dimension.definition.of_last_page_view:
            return _Side.EXIT
        if self.dimension.is_event_level and not self.dimension.definition.visit_column:
            return _Side.TOUCHED
        return _Side.GIVEN if self.dimension.definition.in_mid_visit else _Side.FACT

    @property
    def fact(self) -> ColumnElement[Any]:
        assert self.dimension is not None
        return self.dimension.visit_value


@dataclass(frozen=True)
class Tally:
    """A count: of what, narrowed how, by which groups. `with_total` adds a row over all groups, whose columns are null."""

    scope: Scope
    names: Sequence[str]
    groups: Sequence[Group] = ()
    with_total: bool = False

    def statement(self) -> Select[Any]:
        """A select with the groups as g0, g1, …, then the metrics by their names."""
        parts = [part for part in (self._of_events(), self._of_visits(), self._of_reads()) if part is not None]
        raw = {column.name: column for part in parts for column in part.c if column.name not in self._labels}
        first = parts[0]
        joined = first
        for part in parts[1:]:
            same = [first.c[name].is_not_distinct_from(part.c[name]) for name in self._labels]
            joined = joined.join(part, and_(true(), *same), isouter=True)
        return select(
            *(first.c[name] for name in self._labels),
            *(metrics.METRICS[name].formula(raw).label(name) for name in self.names),
        ).select_from(joined)

    @property
    def _labels(self) -> list[str]:
        return [f"g{index}" for index in range(len(self.groups))]

    @property
    def _labelled_groups(self) -> list[tuple[str, Group]]:
        return list(zip(self._labels, self.groups, strict=True))

    @property
    def _keeps_single_events(self) -> bool:
        """Whether a filter or a group parts the events of a visit, so that visits are counted by their ids."""
        of_groups = any(group.dimension is not None and group.dimension.is_event_level for group in self.groups)
        return of_groups or self.scope.keeps_single_events

    def _needs(self, part: Part) -> list[Raw]:
        needs = {raw.name: raw for name in self.names for raw in metrics.METRICS[name].raw if raw.part is part}
        return list(needs.values())

    def _grouped(self, statement: Select[Any], columns: Sequence[ColumnElement[Any]], name: str) -> Any:
        if columns and self.with_total:
            statement = statement.group_by(func.grouping_sets(tuple_(*columns), tuple_()))
        elif columns:
            statement = statement.group_by(*columns)
        return statement.subquery(name)

    def _of_events(self) -> Any:
        """Sums over event rows; it stands first and has a row for every group, so it is never left out."""
        source, columns = self._event_groups()
        needs = self._needs(Part.EVENTS) or [metrics.ANY_EVENT]
        by_ids = self._keeps_single_events and any(raw.of_single_events is not None for raw in needs)
        sums = {raw.name: raw.column for raw in needs}
        if columns and "visitors" in sums and not by_ids:
            del sums["visitors"]
            return self._of_people(source, columns, sums)
        if by_ids:
            sums |= {raw.name: raw.of_single_events for raw in needs if raw.of_single_events is not None}
        wanted = [value.label(name) for name, value in sums.items()]
        statement = select(*_labelled(columns), *wanted).select_from(source).where(self.scope.where())
        return self._grouped(statement, columns, "counted")

    def _of_people(self, source: Any, columns: list[ColumnElement[Any]], sums: dict[str, ColumnElement[Any]]) -> Any:
        """As `_of_events`, by way of a row a group and visitor: twice as fast as a distinct count in each group."""
        people = (
            select(*_labelled(columns), events.c.visitor_id, *(value.label(raw) for raw, value in sums.items()))
            .select_from(source)
            .where(self.scope.where())
            .group_by(*columns, events.c.visitor_id)
            .subquery("people")
        )
        groups = [people.c[label] for label in self._labels]
        wanted = [func.sum(people.c[raw]).label(raw) for raw in sums]
        visitors = func.count(people.c.visitor_id.distinct()) if self.with_total else func.count()
        return self._grouped(select(*groups, visitors.label("visitors"), *wanted), groups, "counted")

    def _event_groups(self) -> tuple[Any, list[ColumnElement[Any]]]:
        """What to select event rows from, and the groups as expressions over it."""
        if not any(group.side is _Side.EXIT for group in self.groups):
            return events, [group.of_event(self.scope) for group in self.groups]
        exits = self._exits()
        columns = [
            exits.c.exit_page if group.side is _Side.EXIT else group.of_event(self.scope) for group in self.groups
        ]
        return events.join(exits, events.c.visit_id == exits.c.visit_id), columns

    def _exits(self) -> Any:
        return exit_pages(self.scope.around())

    def _of_visits(self) -> Any:
        """Sums over the visits that began in the period."""
        needs = self._needs(Part.VISITS)
        if not needs:
            return None
        if self._rows_tell_of_visits:
            return self._of_visits_by_row(needs)
        visits = self._visits(needs)
        source: Any = visits
        touched, exits = self._touched(), self._exits()
        if touched is not None:
            source = source.join(touched, touched.c.visit_id == visits.c.visit_id)
        if any(group.side is _Side.EXIT for group in self.groups):
            source = source.join(exits, exits.c.visit_id == visits.c.visit_id)
        columns = [self._visit_group(label, visits, touched, exits) for label in self._labels]
        wanted = [func.sum(visits.c[raw.name]).label(raw.name) for raw in needs]
        statement = select(*_labelled(columns), *wanted).select_from(source)
        if not self.with_total:
            return self._grouped(statement, columns, "begun")
        by_group = statement.group_by(*columns).subquery("by_group")
        groups = [by_group.c[label] for label in self._labels]
        sums = [func.sum(by_group.c[column.name]).label(column.name) for column in wanted]
        return self._grouped(select(*groups, *sums), groups, "begun")

    @property
    def _rows_tell_of_visits(self) -> bool:
        """Whether a sum over rows will do, because all rows of a visit are kept or none, and all in one group."""
        return not self.scope.may_begin_in_mid_visit and all(
            group.side in (_Side.FACT, _Side.BEGAN) for group in self.groups
        )

    def _of_visits_by_row(self, needs: Sequence[Raw]) -> Any:
        """Sums of each group first, and over all groups then: rows are only gone through once."""
        intervals = [label for label, group in self._labelled_groups if group.interval is not None]
        rows = self._began_rows(needs, bounded=not intervals)
        columns = [
            rows.c[label]
            if group.interval is None
            else truncated_within(self.scope.period, group.interval, rows.c.began_at)
            for label, group in self._labelled_groups
        ]
        wanted = [func.sum(rows.c[raw.name]).label(raw.name) for raw in needs]
        statement = select(*_labelled(columns), *wanted)
        if not columns:
            return statement.subquery("begun")
        by_group = statement.group_by(*columns).subquery("by_group")
        groups = [by_group.c[label] for label in self._labels]
        # As a condition of the sums and not of the rows, which the engine would go through twice for it.
        within = and_(true(), *(by_group.c[label] != OUTSIDE for label in intervals))
        sums = [func.sum(by_group.c[column.name]).filter(within).label(column.name) for column in wanted]
        return self._grouped(select(*groups, *sums), groups, "begun")

    def _began_rows(self, needs: Sequence[Raw], *, bounded: bool) -> Any:
        """The rows of visits with `began_at` and facts; where not `bounded`, also of some that began out of the period."""
        facts = [group.fact.label(label) for label, group in self._labelled_groups if group.interval is None]
        deltas = [raw.column.label(raw.name) for raw in needs]
        rows = select(*deltas, _began_at().label("began_at"), *facts).where(self._rows_near)
        return (rows.where(self._began_within) if bounded else rows).subquery("rows")

    @property
    def _rows_near(self) -> ColumnElement[bool]:
        """The rows of all visits that began in the period and of some before, as far as the filters keep them."""
        kept = self.scope.kept()
        if self.scope.keeps_single_events:
            kept = events.c.visit_id.in_(select(events.c.visit_id).where(self._kept_around))
        return and_(self.scope.around(), kept)

    @property
    def _kept_around(self) -> ColumnElement[bool]:
        """The rows that the filters keep, of the period and of what its visits did before and after."""
        return and_(self.scope.around(), self.scope.kept())

    @property
    def _began_within(self) -> ColumnElement[bool]:
        period = self.scope.period
        return and_(_began_at() >= naive(period.start_at), _began_at() < naive(period.end_at))

    def _visit_group(self, label: str, visits: Any, touched: Any, exits: Any) -> ColumnElement[Any]:
        group = self.groups[int(label[1:])]
        if group.interval is not None:
            return truncated(self.scope.period, group.interval, visits.c.began_at)
        found: ColumnElement[Any]
        if group.side is _Side.TOUCHED:
            found = touched.c[label]
        else:
            found = exits.c.exit_page if group.side is _Side.EXIT else visits.c[label]
        return found

    def _visits(self, needs: Sequence[Raw]) -> Any:
        """A row a visit that began in the period: visit_id, began_at, the sums that are needed and its facts."""
        facts = [
            _fact(group).label(label)
            for label, group in self._labelled_groups
            if group.side in (_Side.FACT, _Side.GIVEN)
        ]
        return (
            select(
                events.c.visit_id,
                func.min(_began_at()).label("began_at"),
                *(func.sum(raw.column).label(raw.name) for raw in needs),
                *facts,
            )
            .where(self._rows_near, self._began_within)
            .group_by(events.c.visit_id)
            .having(metrics.VISITS > 0)
            .subquery("visits")
        )

    def _touched(self) -> Any:
        """Each visit with each value that one of its rows has, for the groups that differ within a visit."""
        columns = [
            group.of_event(self.scope).label(label)
            for label, group in self._labelled_groups
            if group.side is _Side.TOUCHED
        ]
        if not columns:
            return None
        return select(events.c.visit_id, *columns).where(self._kept_around).distinct().subquery("touched")

    def _of_reads(self) -> Any:
        """How far pages were read: the furthest that each visit came on each page, where it was first viewed."""
        needs = self._needs(Part.READS)
        if not needs:
            return None
        furthest, first = self._furthest(), self._first_views()
        columns = [
            furthest.c[label]
            if group.interval is None
            else truncated(self.scope.period, group.interval, first.c.first_at)
            for label, group in self._labelled_groups
        ]
        same_page = furthest.c.path.is_not_distinct_from(first.c.path)
        reads = (
            select(*_labelled(columns), furthest.c.furthest)
            .select_from(furthest.join(first, and_(furthest.c.visit_id == first.c.visit_id, same_page)))
            .subquery("reads_by_page")
        )
        groups = [reads.c[label] for label in self._labels]
        sums = [raw.column.label(raw.name) for raw in needs]
        return self._grouped(select(*groups, *sums).select_from(reads), groups, "reads")

    def _furthest(self) -> Any:
        """How far each visit came on each page, by the groups that are not intervals."""
        source, columns = self._event_groups()
        facts = [
            column.label(label)
            for (label, group), column in zip(self._labelled_groups, columns, strict=True)
            if group.interval is None
        ]
        depth = events.c.scroll_depth
        return (
            select(*facts, events.c.visit_id, events.c.path, func.max(depth).label(metrics.FURTHEST.name))
            .select_from(source)
            .where(self._kept_around, depth.is_not(None))
            .group_by(*facts, events.c.visit_id, events.c.path)
            .subquery("furthest_of_visits")
        )

    def _first_views(self) -> Any:
        """When each visit viewed each page first, as far as that was in the period. Without a view its first event counts."""
        viewed = func.min(events.c.occurred_at).filter(events.c.name == PAGEVIEW)
        first_at = func.coalesce(viewed, func.min(events.c.occurred_at))
        period = self.scope.period
        return (
            select(events.c.visit_id, events.c.path, first_at.label("first_at"))
            .where(self._rows_near)
            .group_by(events.c.visit_id, events.c.path)
            .having(and_(first_at >= naive(period.start_at), first_at < naive(period.end_at)))
            .subquery("first_views")
        )


def _fact(group: Group) -> ColumnElement[Any]:
    """The value of a visit as a whole, over its rows."""
    if group.side is _Side.GIVEN:
        said: ColumnElement[Any] = functions.arg_max(group.fact, tuple_(events.c.occurred_at, group.fact))
        return said
    value: ColumnElement[Any] = functions.any_value(group.fact)
    return value


def _began_at() -> ColumnElement[Any]:
    """When the visit began that a row belongs to, to the second."""
    return functions.seconds_before(events.c.occurred_at, events.c.visit_age_seconds)


def _labelled(columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [column.label(f"g{index}") for index, column in enumerate(columns)]
