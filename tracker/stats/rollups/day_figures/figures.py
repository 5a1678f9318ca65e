"""The figures of local days, from their events: one statement for all that is rolled up.

Owns the SQL by which days are counted, one or several in a row. Its parts are grouped by every dimension at once and added up:
what happened on the day, the visits that began on it as a whole, how far the pages were read that were first viewed on it, and
the visitors who had been there on the days before.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import replace
from enum import Enum
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    tuple_,
)

from tracker.stats.aggregation import Aggregation, Group, began_at
from tracker.stats.long_visits import followed
from tracker.stats.metrics import Part
from tracker.stats.rollups.day_figures.happened import FEWEST_DIMENSIONS, FEWEST_EVENTS, added_up, happened
from tracker.stats.rollups.day_figures.returning import Returning
from tracker.stats.rollups.day_figures.scopes import all_tell
from tracker.stats.rollups.day_figures.spread import SpreadDay, parts_visits
from tracker.stats.rollups.registry import HOUR, ROLLED_UP, TITLES
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import Snapshot
from tracker.store.schema import events


class Piece(Enum):
    """Sums of a day that are made together, so that a question for which it is worked out has only those that it needs."""

    EVENTS = "what happened, and how many visitors had been there before"
    TOUCHED = "visits by what tells events apart, and how many had the same value before"
    VISITS = "the visits that began on it, as a whole"
    READS = "how far the pages were read that were first viewed on it"


class DayOfFigures:
    """The statements of a day, or of several in a row, of all that is rolled up or of some `dimensions`.

    `snapshot` is what they are asked of. Several days need events that tell whether their visitors' ids last.
    """

    def __init__(self, snapshot: Snapshot, scope: Scope, dimensions: Collection[str] = ROLLED_UP) -> None:
        scope = followed(snapshot, scope)
        self._snapshot = snapshot
        self._day = SpreadDay(scope, dimensions, all_tell(snapshot, scope))
        self._returned: list[ColumnElement[bool] | None] = []
        assert self._day.all_tell or not self._day.several

    def narrowed(self, dimensions: Collection[str]) -> DayOfFigures:
        """The same day by some dimensions."""
        narrowed = copy(self)
        narrowed._day = replace(self._day, dimensions=dimensions)  # noqa: SLF001 - its own
        return narrowed

    @property
    def _returning(self) -> Returning:
        return Returning(self._snapshot, self._day, self._returned)

    def rows(self) -> list[Select[Any]]:
        """Rows of site, day, dimension, value and some of ROLLUP_SUMS each; several of a value are to be added up."""
        return [statement for piece in Piece for statement in self.piece(piece)]

    def piece(self, piece: Piece) -> list[Select[Any]]:
        """Of `rows` those of a piece."""
        made = {
            Piece.EVENTS: self._of_events,
            Piece.TOUCHED: self._returning.touched,
            Piece.VISITS: self._begun,
            Piece.READS: self._read,
        }
        return made[piece]()

    def ids(self) -> Select[Any] | None:
        """A row a dimension, value and visitor with a lasting id, for what tells events apart also a visit.

        None where titles alone are asked for, which no visitor has.
        """
        source, values, _ = self._day.happening()
        if not values:
            return None
        lasting = self._day.spread(
            values,
            [events.c.visitor_id, events.c.visit_id, *self._day.days()],
            source,
            self._day.scope.where(),
            self._day.lasts(),
        )
        of_events = [name for name, group in self._day.groups.items() if parts_visits(group)]
        visit = case((lasting.c.dimension.in_(of_events), lasting.c.visit_id)).label("visit_id")
        return select(*self._day.key(lasting, lasting.c.value), lasting.c.visitor_id, visit).distinct()

    def _of_events(self) -> list[Select[Any]]:
        titles = [self._titles()] if TITLES in self._day.dimensions else []
        source, values, _ = self._day.happening()
        if not values:
            return titles
        return [
            *happened(self._day, source, values, has_many=self._has_many),
            *self._returning.returned(),
            *titles,
        ]

    @cached_property
    def _has_many(self) -> bool:
        """Whether what is alike of the days' events is worth being added up before it is spread."""
        if not self._day.all_tell or len(self._day.groups) < FEWEST_DIMENSIONS:
            return False
        number = select(func.count()).select_from(events).where(self._day.scope.where())
        return bool(self._snapshot.rows(number)[0][0] >= FEWEST_EVENTS)

    def _titles(self) -> Select[Any]:
        """The newest title of each page, with the page before it in a line of its own."""
        newest = functions.arg_max(events.c.title, tuple_(events.c.occurred_at, events.c.title)).label("title")
        days = self._day.days()
        pages = select(events.c.path, newest, *days).where(
            self._day.scope.where(), events.c.path.is_not(None), events.c.title.is_not(None)
        )
        found = pages.group_by(events.c.path, *days).subquery("found")
        value = found.c.path + literal("\n") + found.c.title
        return select(*self._day.key(found, value, literal(TITLES)), literal(1).label("events")).select_from(found)

    def _begun(self) -> list[Select[Any]]:
        """Sums over the visits that began on the day, as a whole."""
        aggregation = Aggregation(self._day.scope, ("bounce_rate", "visit_duration_seconds"))
        needs = aggregation.needs(Part.VISITS)
        facts = {
            name: group.visit_value for name, group in self._day.groups.items() if group.is_visit_column
        } | self._day.total
        if self._day.hours:
            facts[HOUR] = self._day.hour(began_at())
        deltas = [raw.column.label(raw.name) for raw in needs]
        found = []
        if facts:
            within = (aggregation.rows_near, aggregation.began_within)
            days = self._day.days(began_at())
            if self._has_many:
                sums: dict[str, ColumnElement[Any]] = {raw.name: raw.column for raw in needs}
                facts, alike = added_up(facts, days, sums, events, *within)
                columns = [alike.c[one.name] for one in [*days, *deltas]]
                rows = self._day.spread(facts, columns, alike)
            else:
                rows = self._day.spread(facts, [*deltas, *days], events, *within)
            found = [self._day.grouped(rows, {raw.name: func.sum(rows.c[raw.name]) for raw in needs})]
        for name, group in self._day.groups.items():
            if not group.is_visit_column:
                groups = [group, Group(interval="day")] if self._day.several else [group]
                begun = Aggregation(self._day.scope, aggregation.names, groups).of_visits()
                if self._day.several:
                    begun = select(begun, cast(begun.c.g1, Date).label("day")).subquery("begun")
                sums = {raw.name: begun.c[raw.name] for raw in needs}
                found.append(self._day.part(self._day.key(begun, begun.c.g0, literal(name)), sums).select_from(begun))
        return found

    def _read(self) -> list[Select[Any]]:
        """How far down the pages were read that a visit viewed first on the day."""
        depth = events.c.scroll_depth
        told_on = self._day.scope.around(), depth.is_not(None)
        if not self._snapshot.rows(select(events.c.site).where(*told_on).limit(1)):
            return []
        source, exits = self._day.joined(self._day.scope.around())
        first = Aggregation(self._day.scope, ("scroll_depth",)).first_views()
        same_page = events.c.path.is_not_distinct_from(first.c.path)
        values = self._day.values(exits) | ({HOUR: self._day.hour(first.c.first_at)} if self._day.hours else {})
        if not values:
            return []
        told = self._day.spread(
            values,
            [events.c.visit_id, events.c.path, depth, *self._day.days(first.c.first_at)],
            source.join(first, and_(events.c.visit_id == first.c.visit_id, same_page)),
            *told_on,
        )
        facts = [told.c.dimension, told.c.value, *self._day.day_in(told)]
        reads = select(*facts, func.max(told.c.scroll_depth).label("furthest"))
        furthest = reads.group_by(*facts, told.c.visit_id, told.c.path).subquery("furthest")
        return [self._day.grouped(furthest, {"depth": func.sum(furthest.c.furthest), "reads": func.count()})]
