"""The visits that reached any of a site's goals, by the values of a dimension: as statements over events.

Owns the rule. Reaching a goal is a fact of a visit as a whole, wherever in the visit it was: it counts on the local day on which
the visit began, so that days add up. A visit counts for the value that it has as a whole, and where its events differ, as
by page, for each value that it had on that day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.stats.aggregation import Aggregation, Group, began_at
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import AtLeast, Filter
from tracker.stats.filters.sql import as_condition
from tracker.stats.goals import Goal
from tracker.stats.rollups.day_figures.scopes import day_of
from tracker.stats.rollups.day_figures.spread import SpreadDay
from tracker.stats.rollups.registry import DIMENSIONS
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.schema import events

# The dimensions by which these visits are kept of days: those with figures of days that have a page of all values.
KEPT_BY = tuple(one for one in DIMENSIONS if one.definition.panel is not None)


def any_of(goals: Collection[Goal]) -> str:
    """What goals count together: the same for goals that count the same, in any order."""
    together = " ".join(sorted({goal.meant for goal in goals}))
    return hashlib.blake2b(together.encode(), digest_size=12).hexdigest()


def reached_visits(scope: Scope, goals: Collection[Goal]) -> Select[Any]:
    """Selects the columns of `held_goal_visits`, of the visits that began in the scope's period and reached a goal.

    The scope has all of each visit.
    """
    around = scope.around()
    times = [one for goal in goals if isinstance(one := goal.condition, AtLeast) and one.measure == "engaged_seconds"]
    others = [_of_each_event(one, around) for goal in goals if (one := goal.condition) not in times]
    parts = [select(events.c.visit_id).where(around, or_(*others))] if others else []
    parts += [_who_read_so_long(one, around) for one in times]
    each = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("each")
    day = day_of(scope.period, events.c.occurred_at).label("day")
    first = (scope.span(), events.c.visits > 0, events.c.visit_id.in_(select(each.c.visit_id)))
    return select(events.c.visit_id, day).where(*first)


def _of_each_event(one: Filter, around: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an event is one by which its visit reached a goal, or one after it."""
    if isinstance(one, AtLeast):
        return and_(_reads(one, around), events.c.scroll_depth >= one.least)
    return as_condition(one, around, around)


def _who_read_so_long(one: AtLeast, around: ColumnElement[bool]) -> Select[Any]:
    read = select(events.c.visit_id).where(around, _reads(one, around)).group_by(events.c.visit_id)
    return read.having(func.sum(events.c.engaged_ms) >= one.least * 1000)


def _reads(one: AtLeast, around: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(events.c.name == ENGAGEMENT, as_condition(one.pages, around))


def by_values(scope: Scope, reached: FromClause, dimensions: Collection[Dimension]) -> Select[Any]:
    """Selects the columns of `goal_values` but `goal`, of the days of an unfiltered scope; `reached` has their visits (`reached_visits`)."""
    day = SpreadDay(scope, [one.value for one in dimensions], all_tell=True)
    of_visits = events.join(reached, reached.c.visit_id == events.c.visit_id)
    made = ((_is_begun, _of_begun), (_is_whole, _of_whole), (_is_single, _of_single))
    each = [({name: group for name, group in day.groups.items() if kind(group)}, make) for kind, make in made]
    parts = [make(day, groups, of_visits, reached) for groups, make in each if groups]
    rows = union_all(*parts).subquery("parts")
    return select(*(rows.c[name] for name in ("site", "day", "dimension", "value", "visits")))


def of_single_events(scope: Scope, dimension: Dimension) -> Select[Any]:
    """Selects `value` and `visits` of the visits of a scope, by what tells a visit's events apart: each value of its first day."""
    return (
        select(dimension.event_column.label("value"), func.count(events.c.visit_id.distinct()).label("visits"))
        .where(scope.where(), _on_the_first_day(scope))
        .group_by(dimension.event_column)
    )


def _is_begun(group: Group) -> bool:
    return group.is_visit_column and not _is_single(group)


def _is_single(group: Group) -> bool:
    return group.dimension is not None and group.dimension.is_event_level


def _is_whole(group: Group) -> bool:
    """Whether only all events of a visit tell its value."""
    return not _is_begun(group) and not _is_single(group)


def _of_begun(day: SpreadDay, groups: dict[str, Group], of_visits: FromClause, reached: FromClause) -> Select[Any]:
    """By what each event of a visit says alike: its first one tells."""
    values = {name: group.visit_value for name, group in groups.items()}
    rows = day.spread(values, [events.c.visits, reached.c.day], of_visits, day.scope.span(), events.c.visits > 0)
    return day.grouped(rows, {"visits": func.sum(rows.c.visits)})


def _of_whole(day: SpreadDay, groups: dict[str, Group], of_visits: FromClause, reached: FromClause) -> Select[Any]:
    """By what the last of a visit's events to say it says: of a page its last view."""
    last = [_last(group).label(name) for name, group in groups.items()]
    of_visit = select(reached.c.day, *last).select_from(of_visits).where(day.scope.around())
    visits = of_visit.group_by(events.c.visit_id, reached.c.day).subquery("visits")
    rows = day.spread({name: visits.c[name] for name in groups}, [visits.c.day], visits)
    return day.grouped(rows, {"visits": func.count()})


def _of_single(day: SpreadDay, groups: dict[str, Group], of_visits: FromClause, reached: FromClause) -> Select[Any]:
    """By what tells the events of a visit apart."""
    values = {name: day.column(group, None) for name, group in groups.items()}
    on_the_day = day_of(day.scope.period, events.c.occurred_at) == reached.c.day
    rows = day.spread(values, [events.c.visit_id, reached.c.day], of_visits, day.scope.span(), on_the_day)
    return day.grouped(rows, {"visits": func.count(rows.c.visit_id.distinct())})


def _last(group: Group) -> ColumnElement[Any]:
    assert group.dimension is not None
    if group.dimension.definition.of_last_page_view:
        path = events.c.path
        viewed: ColumnElement[Any] = functions.arg_max(path, tuple_(events.c.occurred_at, path))
        of_views: ColumnElement[Any] = viewed.filter(events.c.name == PAGEVIEW)
        return of_views
    value = group.visit_value
    said: ColumnElement[Any] = functions.arg_max(value, tuple_(events.c.occurred_at, value))
    return said


def _on_the_first_day(scope: Scope) -> ColumnElement[bool]:
    """The events of visits that began in the period, on the same day as the event."""
    period = scope.period
    began = Aggregation(scope, ()).began_within
    if period.days == 1:
        return began
    return and_(began, day_of(period, events.c.occurred_at) == day_of(period, began_at()))
