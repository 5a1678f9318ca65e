"""The figures of local days, from their events: one statement for all that is rolled up.

Owns the SQL by which days are sealed, one or several in a row. Its parts are grouped by every dimension at once and added up: what happened on
the day, the visits that began on it as a whole, how far the pages were read that were first viewed on it, and the
visitors who had been there on the days before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)

from tracker.stats.aggregation import Aggregation, Group, began_at
from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.filters.sql import exit_pages
from tracker.stats.local_time import local_moment
from tracker.stats.long_visits import followed
from tracker.stats.metrics import Part
from tracker.stats.periods import Period
from tracker.stats.rollups.registry import HOUR, ROLLED_UP, TITLES, TOTAL
from tracker.stats.scope import Scope, naive
from tracker.store import functions
from tracker.store.functions import date_trunc, each_of
from tracker.store.protocol import Snapshot
from tracker.store.schema import events

# Of an id that lives for a day and the night after it, in another zone than the one it was made in.
_LIFE = timedelta(days=2, hours=2)
# So many visitors who returned are named in a statement; more are asked for again within it.
_MOST_BY_NAME = 1000


def scope_of_days(site: str, first: date, end: date, time_zone: ZoneInfo) -> Scope:
    """The scope of days in a row."""
    return Scope(site, Period(first, end, time_zone, first.isoformat()))


def all_tell(snapshot: Snapshot, scope: Scope) -> bool:
    """Whether each event says if its visitor's id lasts. Those that were stored before version 3 do not."""
    return not snapshot.rows(select(events.c.site).where(scope.where(), events.c.consented.is_(None)).limit(1))


def scope_of_day(site: str, day: date, time_zone: ZoneInfo) -> Scope:
    """The scope that a seal of the day is of."""
    return Scope(site, Period(day, day + timedelta(days=1), time_zone, day.isoformat()))


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
        self._snapshot = snapshot
        self._scope = followed(snapshot, scope)
        self._all_tell = all_tell(snapshot, self._scope)
        self._dimensions = dimensions
        self._found: list[ColumnElement[bool] | None] = []
        self._several = scope.period.days > 1
        assert self._all_tell or not self._several

    @property
    def _groups(self) -> dict[str, Group]:
        return {name: Group(BY_NAME[name]) for name in self._dimensions if name not in (HOUR, TITLES, TOTAL)}

    @property
    def _hours(self) -> bool:
        return HOUR in self._dimensions

    @property
    def _total(self) -> dict[str, ColumnElement[Any]]:
        return {TOTAL: null()} if TOTAL in self._dimensions else {}

    def narrowed(self, dimensions: Collection[str]) -> DayOfFigures:
        """The same day by some dimensions."""
        narrowed = copy(self)
        narrowed._dimensions = dimensions  # noqa: SLF001 - its own
        return narrowed

    def rows(self) -> list[Select[Any]]:
        """Rows of site, day, dimension, value and some of ROLLUP_SUMS each; several of a value are to be added up."""
        return [statement for piece in Piece for statement in self.piece(piece)]

    def piece(self, piece: Piece) -> list[Select[Any]]:
        """Of `rows` those of a piece."""
        made = {
            Piece.EVENTS: self._of_events,
            Piece.TOUCHED: self._touched,
            Piece.VISITS: self._begun,
            Piece.READS: self._read,
        }
        return made[piece]()

    def ids(self) -> Select[Any] | None:
        """A row a dimension, value and visitor with a lasting id, for what tells events apart also a visit.

        None where titles alone are asked for, which no visitor has.
        """
        source, values, _ = self._happening()
        if not values:
            return None
        lasting = self._spread(
            values, [events.c.visitor_id, events.c.visit_id, *self._days()], source, self._scope.where(), self._lasts()
        )
        of_events = [name for name, group in self._groups.items() if _parts_visits(group)]
        visit = case((lasting.c.dimension.in_(of_events), lasting.c.visit_id)).label("visit_id")
        return select(*self._key(lasting, lasting.c.value), lasting.c.visitor_id, visit).distinct()

    def _days(self, moment: ColumnElement[Any] = events.c.occurred_at) -> list[ColumnElement[Any]]:
        """The local day of a moment as the column `day`, which rows of a single day do without."""
        return [_day_of(self._scope.period, moment).label("day")] if self._several else []

    def _key(
        self, source: Any, value: ColumnElement[Any], dimension: ColumnElement[str] | None = None
    ) -> list[ColumnElement[Any]]:
        site = literal(self._scope.site)
        day: ColumnElement[Any] = source.c.day if self._several else literal(self._scope.period.start)
        dimension = source.c.dimension if dimension is None else dimension
        until = literal(naive(self._scope.period.end_at))
        key: list[ColumnElement[Any]] = [site.label("site"), day.label("day"), until.label("until")]
        return [*key, dimension.label("dimension"), cast(value, Text).label("value")]

    def _part(self, key: Sequence[ColumnElement[Any]], sums: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        return select(*key, *(func.coalesce(one, 0).label(name) for name, one in sums.items()))

    def _spread(
        self, values: Mapping[str, ColumnElement[Any]], columns: Sequence[ColumnElement[Any]], source: Any, *where: Any
    ) -> Any:
        """Rows with `dimension` and `value`, and the columns: each row of the source once a dimension."""
        spread = select(
            each_of(*(literal(name) for name in values)).label("dimension"),
            each_of(*(cast(value, Text) for value in values.values())).label("value"),
            *columns,
        )
        return spread.select_from(source).where(*where).subquery("spread")

    def _grouped(self, source: Any, sums: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        grouped = self._part(self._key(source, source.c.value), sums).select_from(source)
        return grouped.group_by(source.c.dimension, source.c.value, *self._day_in(source))

    def _day_in(self, source: Any) -> list[ColumnElement[Any]]:
        return [source.c.day] if self._several else []

    def _hour(self, moment: ColumnElement[Any]) -> ColumnElement[str]:
        """The hour of the site's clock, as text."""
        return cast(date_trunc("hour", local_moment(self._scope.period, moment)), Text)

    def _column(self, group: Group, exits: Any) -> ColumnElement[Any]:
        assert group.dimension is not None
        column: ColumnElement[Any] = (
            exits.c.exit_page if group.dimension.definition.of_last_page_view else group.dimension.event_column
        )
        return column

    def _values(self, exits: Any) -> dict[str, ColumnElement[Any]]:
        """The values of an event, by dimension; as one of all events it has none."""
        return {name: self._column(group, exits) for name, group in self._groups.items()} | self._total

    def _joined(self, span: ColumnElement[bool]) -> tuple[Any, Any]:
        """What to select events from, and the exit pages of the visits in the span, if they are asked for."""
        if Dimension.EXIT_PAGE not in self._groups:
            return events, None
        exits = exit_pages(span)
        return events.join(exits, exits.c.visit_id == events.c.visit_id), exits

    def _happening(self) -> tuple[Any, dict[str, ColumnElement[Any]], Any]:
        """What to select the days' events from, and their values."""
        source, exits = self._joined(self._scope.around())
        values = self._values(exits)
        if self._hours:
            values[HOUR] = self._hour(events.c.occurred_at)
        return source, values, exits

    def _lasts(self) -> ColumnElement[bool]:
        """Whether a row's visitor id is one that was agreed to, and lives on.

        Rows of before that was stored do not say it: their ids do not last if another row near says so.
        """
        if self._all_tell:
            return events.c.consented
        unknown = select(events.c.visitor_id).where(self._scope.where(), events.c.consented.is_(None))
        near = self._scope.span(before=_LIFE, overrun=_LIFE)
        of_a_day = select(events.c.visitor_id).where(
            near, events.c.consented.is_(False), events.c.visitor_id.in_(unknown)
        )
        return case((events.c.consented.is_not(None), events.c.consented), else_=events.c.visitor_id.not_in(of_a_day))

    def _of_events(self) -> list[Select[Any]]:
        titles = [self._titles()] if TITLES in self._dimensions else []
        source, values, _ = self._happening()
        return [self._happened(source, values), *self._returned(), *titles] if values else titles

    def _happened(self, source: Any, values: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        """What the days' events add up to."""
        plain = [events.c[name] for name in ("visitor_id", "visits", "pageviews", "engaged_ms")]
        columns = [*plain, self._lasts().label("lasts"), *self._days()]
        happened = self._spread(values, columns, source, self._scope.where())
        sums = {
            "events": func.count(),
            "visits": func.sum(happened.c.visits),
            "pageviews": func.sum(happened.c.pageviews),
            "engaged_ms": func.sum(happened.c.engaged_ms),
            "visitors": func.count(happened.c.visitor_id.distinct()).filter(~happened.c.lasts),
        }
        return self._grouped(happened, sums)

    def _touched(self) -> list[Select[Any]]:
        """How many visits had each value, where one can have several, and how many had it one day before, and within two."""
        values = {name: self._column(group, None) for name, group in self._groups.items() if _parts_visits(group)}
        if not values:
            return []
        columns = [events.c.visit_id, *self._days()]
        touched = self._spread(values, columns, events, self._scope.where(), ~self._lasts())
        found = [self._grouped(touched, {"touched": func.count(touched.c.visit_id.distinct())})]
        them = self._who_returned()
        if them is not None:
            came = self._came(values, events, them)
            found.append(self._carried(came, came.c.visit_id, ("touched_1", "touched_2")))
        return found

    def _returned(self) -> list[Select[Any]]:
        """How many of a day's visitors had the same value one day before, and within two."""
        them = self._who_returned()
        if them is None or not (self._groups or self._total):
            return []
        days = naive(self._scope.period.start_at) - _before(self._scope, 2)
        reach = self._scope.reach
        source, exits = self._joined(and_(self._scope.span(before=reach.before + days, overrun=reach.after), them))
        came = self._came(self._values(exits), source, them)
        return [self._carried(came, came.c.visitor_id, ("visitors_1", "visitors_2"))]

    def _came(self, values: Mapping[str, ColumnElement[Any]], source: Any, them: ColumnElement[bool]) -> Any:
        """The events of some visitors on the days and the two before, spread, with `visitor_id`, `visit_id` and `day`."""
        came = events.c.visitor_id, events.c.visit_id, _day_of(self._with_two_before, events.c.occurred_at).label("day")
        days = naive(self._scope.period.start_at) - _before(self._scope, 2)
        return self._spread(values, came, source, self._scope.span(before=days), them)

    @property
    def _with_two_before(self) -> Period:
        period = self._scope.period
        return replace(period, start=period.start - timedelta(days=2), moments=None)

    def _who_returned(self) -> ColumnElement[bool] | None:
        """The condition on visitors whose ids do not last and who were there on more than one day; None where nobody was."""
        if not self._found:
            self._found.append(self._find_who_returned())
        return self._found[0]

    def _find_who_returned(self) -> ColumnElement[bool] | None:
        scope, first = self._scope, _before(self._scope, 2)
        of_days = select(events.c.visitor_id).where(scope.where(), ~self._lasts())
        if self._several:
            within = and_(scope.span(before=naive(scope.period.start_at) - first), events.c.visitor_id.in_(of_days))
            day = _day_of(self._with_two_before, events.c.occurred_at)
            returned = select(events.c.visitor_id).where(within).group_by(events.c.visitor_id)
            returned = returned.having(func.min(day) < func.max(day))
        else:
            start = naive(scope.period.start_at)
            earlier = and_(events.c.site == scope.site, events.c.occurred_at >= first, events.c.occurred_at < start)
            returned = select(events.c.visitor_id).where(earlier, events.c.visitor_id.in_(of_days)).distinct()
        named = [row.visitor_id for row in self._snapshot.rows(returned.limit(_MOST_BY_NAME + 1))]
        if not named:
            return None
        return events.c.visitor_id.in_(named if len(named) <= _MOST_BY_NAME else returned)

    def _carried(self, came: Any, who: ColumnElement[Any], sums: tuple[str, str]) -> Select[Any]:
        key = came.c.dimension, came.c.value
        who = who.label("who")
        once = select(*key, who, came.c.day).distinct().subquery("once")
        of_one = (once.c.dimension, once.c.value, once.c.who)
        last = func.max(once.c.day).over(partition_by=of_one, order_by=once.c.day, rows=(None, -1)).label("last")
        days = select(once.c.dimension, once.c.value, once.c.day, last).subquery("days")
        one, two = (cast(days.c.day - timedelta(days=number), Date) for number in (1, 2))
        counts = {
            sums[0]: func.count().filter(days.c.last >= one),
            sums[1]: func.count().filter(days.c.last >= two),
        }
        return self._grouped(days, counts).where(days.c.day >= self._scope.period.start)

    def _titles(self) -> Select[Any]:
        """The newest title of each page, with the page before it in a line of its own."""
        newest = functions.arg_max(events.c.title, tuple_(events.c.occurred_at, events.c.title)).label("title")
        days = self._days()
        pages = select(events.c.path, newest, *days).where(
            self._scope.where(), events.c.path.is_not(None), events.c.title.is_not(None)
        )
        found = pages.group_by(events.c.path, *days).subquery("found")
        value = found.c.path + literal("\n") + found.c.title
        return select(*self._key(found, value, literal(TITLES)), literal(1).label("events")).select_from(found)

    def _begun(self) -> list[Select[Any]]:
        """Sums over the visits that began on the day, as a whole."""
        aggregation = Aggregation(self._scope, ("bounce_rate", "visit_duration_seconds"))
        needs = aggregation.needs(Part.VISITS)
        facts = {name: group.visit_value for name, group in self._groups.items() if group.is_visit_column} | self._total
        if self._hours:
            facts[HOUR] = self._hour(began_at())
        deltas = [raw.column.label(raw.name) for raw in needs]
        found = []
        if facts:
            began = [*deltas, *self._days(began_at())]
            rows = self._spread(facts, began, events, aggregation.rows_near, aggregation.began_within)
            found = [self._grouped(rows, {raw.name: func.sum(rows.c[raw.name]) for raw in needs})]
        for name, group in self._groups.items():
            if not group.is_visit_column:
                groups = [group, Group(interval="day")] if self._several else [group]
                begun = Aggregation(self._scope, aggregation.names, groups).of_visits()
                if self._several:
                    begun = select(begun, cast(begun.c.g1, Date).label("day")).subquery("begun")
                sums = {raw.name: begun.c[raw.name] for raw in needs}
                found.append(self._part(self._key(begun, begun.c.g0, literal(name)), sums).select_from(begun))
        return found

    def _read(self) -> list[Select[Any]]:
        """How far down the pages were read that a visit viewed first on the day."""
        depth = events.c.scroll_depth
        told_on = self._scope.around(), depth.is_not(None)
        if not self._snapshot.rows(select(events.c.site).where(*told_on).limit(1)):
            return []
        source, exits = self._joined(self._scope.around())
        first = Aggregation(self._scope, ("scroll_depth",)).first_views()
        same_page = events.c.path.is_not_distinct_from(first.c.path)
        values = self._values(exits) | ({HOUR: self._hour(first.c.first_at)} if self._hours else {})
        if not values:
            return []
        told = self._spread(
            values,
            [events.c.visit_id, events.c.path, depth, *self._days(first.c.first_at)],
            source.join(first, and_(events.c.visit_id == first.c.visit_id, same_page)),
            *told_on,
        )
        facts = [told.c.dimension, told.c.value, *self._day_in(told)]
        reads = select(*facts, func.max(told.c.scroll_depth).label("furthest"))
        furthest = reads.group_by(*facts, told.c.visit_id, told.c.path).subquery("furthest")
        return [self._grouped(furthest, {"depth": func.sum(furthest.c.furthest), "reads": func.count()})]


def _parts_visits(group: Group) -> bool:
    """Whether a visit can touch several values."""
    return group.dimension is not None and group.dimension.is_event_level


def _day_of(period: Period, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The local day of a moment of the period."""
    return cast(date_trunc("day", local_moment(period, moment)), Date)


def _before(scope: Scope, days: int) -> datetime:
    """The local midnight so many days before, as the store has moments."""
    start = scope.period.start - timedelta(days=days)
    return naive(Period(start, scope.period.start, scope.period.time_zone, "").start_at)
