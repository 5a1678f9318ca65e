"""The events that reach goals, as a statement over events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select, true, union_all

from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import AtLeast
from tracker.stats.filters.sql import as_condition, page_of_event, reached_by
from tracker.stats.goals import FORM_SENT, Goal
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.schema import events


def reaching(
    scope: Scope,
    goals: Sequence[Goal],
    *,
    facts: Sequence[str] = ("company", "source"),
    more: Sequence[ColumnElement[Any]] = (),
    within: ColumnElement[bool] | None = None,
    ids_alone: bool = False,
) -> Any:
    """Selects the events of the scope that reach goals, once for each: visit_id, visitor_id, occurred_at, detail, goal, and `facts`.

    `more` are labelled columns beside these. `within` keeps whole visits. `ids_alone` leaves out `occurred_at` and `detail`, which
    take reading the time and the properties of each event.
    """
    columns = [*_columns(facts, ids_alone=ids_alone), *more]
    within = true() if within is None else within
    plain = [goal for goal in goals if not isinstance(goal.condition, AtLeast)]
    parts = [_spread(scope, plain, columns, within)] if plain else []
    parts += [
        having_read(scope, goal.condition, [*columns, literal(goal.key).label("goal")], within)
        for goal in goals
        if isinstance(goal.condition, AtLeast)
    ]
    return select(union_all(*parts).subquery("each")) if len(parts) > 1 else parts[0]


def _columns(facts: Sequence[str], *, ids_alone: bool) -> list[ColumnElement[Any]]:
    ids, of_facts = [events.c.visit_id, events.c.visitor_id], [events.c[name] for name in facts]
    return [*ids, *of_facts] if ids_alone else [*ids, events.c.occurred_at, *of_facts, _about().label("detail")]


def _spread(
    scope: Scope, goals: Sequence[Goal], columns: Sequence[ColumnElement[Any]], within: ColumnElement[bool]
) -> Select[Any]:
    """Of goals that ask each event alone."""
    conditions = [(goal, as_condition(goal.condition, scope.span(), scope.around())) for goal in goals]
    each = functions.each_of(*(case((one, literal(goal.key)), else_=null()) for goal, one in conditions))
    spread = (
        select(*columns, each.label("goal"))
        .where(scope.where(), within, or_(*(one for _, one in conditions)))
        .subquery("spread")
    )
    return select(spread).where(spread.c.goal.is_not(None))


def having_read(
    scope: Scope,
    condition: AtLeast,
    columns: Sequence[ColumnElement[Any]],
    within: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """Of the events with which visits had read so far or so long: joined, which is quicker than asking each event."""
    within = true() if within is None else within
    read = reached_by(condition, and_(scope.around(), within))
    same = and_(events.c.visit_id == read.c.visit_id, events.c.occurred_at == read.c.occurred_at)
    if "page" in read.c:
        same = and_(same, page_of_event() == read.c.page)
    rows = select(*columns).select_from(events.join(read, same))
    return rows.where(scope.where(), events.c.name == ENGAGEMENT, within)


def _about() -> ColumnElement[Any]:
    """What a conversion is about: a form's name, a link's URL, else the page."""
    name = events.c.name
    return case(
        (name.in_((PAGEVIEW, ENGAGEMENT)), events.c.path),
        (name == FORM_SENT, Dimension.FORM.event_column),
        else_=func.coalesce(Dimension.LINK.event_column, events.c.path),
    )
