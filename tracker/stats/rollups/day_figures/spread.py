"""The events of days, each spread into a row a dimension, so that one statement counts by all dimensions at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from tracker.stats.aggregation import Group
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.filters.sql import exit_pages
from tracker.stats.local_time import local_moment
from tracker.stats.rollups.day_figures.scopes import day_of
from tracker.stats.rollups.registry import HOUR, TITLES, TOTAL
from tracker.stats.scope import Scope, naive
from tracker.store.functions import date_trunc, each_of
from tracker.store.schema import events

# Of an id that lives for a day and the night after it, in another zone than the one it was made in.
_LIFE = timedelta(days=2, hours=2)


@dataclass(frozen=True)
class SpreadDay:
    """A day, or several in a row, by some `dimensions`. `all_tell`: each event says if its visitor's id lasts.

    Several days need events that tell.
    """

    scope: Scope
    dimensions: Collection[str]
    all_tell: bool

    @property
    def several(self) -> bool:
        return self.scope.period.days > 1

    @property
    def groups(self) -> dict[str, Group]:
        return {name: Group(BY_NAME[name]) for name in self.dimensions if name not in (HOUR, TITLES, TOTAL)}

    @property
    def hours(self) -> bool:
        return HOUR in self.dimensions

    @property
    def total(self) -> dict[str, ColumnElement[Any]]:
        return {TOTAL: null()} if TOTAL in self.dimensions else {}

    def days(self, moment: ColumnElement[Any] = events.c.occurred_at) -> list[ColumnElement[Any]]:
        """The local day of a moment as the column `day`, which rows of a single day do without."""
        return [day_of(self.scope.period, moment).label("day")] if self.several else []

    def key(
        self, source: Any, value: ColumnElement[Any], dimension: ColumnElement[str] | None = None
    ) -> list[ColumnElement[Any]]:
        site = literal(self.scope.site)
        day: ColumnElement[Any] = source.c.day if self.several else literal(self.scope.period.start)
        dimension = source.c.dimension if dimension is None else dimension
        until = literal(naive(self.scope.period.end_at))
        key: list[ColumnElement[Any]] = [site.label("site"), day.label("day"), until.label("until")]
        return [*key, dimension.label("dimension"), cast(value, Text).label("value")]

    def part(self, key: Sequence[ColumnElement[Any]], sums: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        return select(*key, *(func.coalesce(one, 0).label(name) for name, one in sums.items()))

    def spread(
        self, values: Mapping[str, ColumnElement[Any]], columns: Sequence[ColumnElement[Any]], source: Any, *where: Any
    ) -> Any:
        """Rows with `dimension` and `value`, and the columns: each row of the source once a dimension."""
        spread = select(
            each_of(*(literal(name) for name in values)).label("dimension"),
            each_of(*(cast(value, Text) for value in values.values())).label("value"),
            *columns,
        )
        return spread.select_from(source).where(*where).subquery("spread")

    def grouped(self, source: Any, sums: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        grouped = self.part(self.key(source, source.c.value), sums).select_from(source)
        return grouped.group_by(source.c.dimension, source.c.value, *self.day_in(source))

    def day_in(self, source: Any) -> list[ColumnElement[Any]]:
        return [source.c.day] if self.several else []

    def hour(self, moment: ColumnElement[Any]) -> ColumnElement[str]:
        """The hour of the site's clock, as text."""
        return cast(date_trunc("hour", local_moment(self.scope.period, moment)), Text)

    def column(self, group: Group, exits: Any) -> ColumnElement[Any]:
        assert group.dimension is not None
        column: ColumnElement[Any] = (
            exits.c.exit_page if group.dimension.definition.of_last_page_view else group.dimension.event_column
        )
        return column

    def values(self, exits: Any) -> dict[str, ColumnElement[Any]]:
        """The values of an event, by dimension; as one of all events it has none."""
        return {name: self.column(group, exits) for name, group in self.groups.items()} | self.total

    def joined(self, span: ColumnElement[bool]) -> tuple[Any, Any]:
        """What to select events from, and the exit pages of the visits in the span, if they are asked for."""
        if Dimension.EXIT_PAGE not in self.groups:
            return events, None
        exits = exit_pages(span)
        return events.join(exits, exits.c.visit_id == events.c.visit_id), exits

    def happening(self) -> tuple[Any, dict[str, ColumnElement[Any]], Any]:
        """What to select the days' events from, and their values."""
        source, exits = self.joined(self.scope.around())
        values = self.values(exits)
        if self.hours:
            values[HOUR] = self.hour(events.c.occurred_at)
        return source, values, exits

    def lasts(self) -> ColumnElement[bool]:
        """Whether a row's visitor id is one that was agreed to, and lives on.

        Rows of before that was stored do not say it: their ids do not last if another row near says so.
        """
        if self.all_tell:
            return events.c.consented
        unknown = select(events.c.visitor_id).where(self.scope.where(), events.c.consented.is_(None))
        near = self.scope.span(before=_LIFE, overrun=_LIFE)
        of_a_day = select(events.c.visitor_id).where(
            near, events.c.consented.is_(False), events.c.visitor_id.in_(unknown)
        )
        return case((events.c.consented.is_not(None), events.c.consented), else_=events.c.visitor_id.not_in(of_a_day))


def parts_visits(group: Group) -> bool:
    """Whether a visit can touch several values."""
    return group.dimension is not None and group.dimension.is_event_level
