"""Conversions: the events that reach a site's goals, by company.

A conversion belongs to the company of its visit as a whole: who sends a form often says with it who they are, and the
events before that do not know it yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, case, func, literal, null, or_, select, tuple_

from tracker.enrichment.event import PAGEVIEW
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Or
from tracker.stats.filters.sql import as_condition
from tracker.stats.goals import FORM_SENT, Goal
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import events

COLUMNS = ("company", "goal", "conversions", "visits", "last_at", "last_detail")


def conversions_by_company(
    store: EventStore | Snapshot, scope: Scope, goals: Sequence[Goal], *also: ColumnElement[Any]
) -> pd.DataFrame:
    """Returns a row for each company and goal that it reached in the period, in no order.

    `company` as stored, `goal` its key, `conversions` (int64) events, `visits` (int64) with one, `last_at` the last moment
    (UTC without a zone), `last_detail` what it was about: the form's name, the file's or link's URL, else the path.
    `also` are labelled columns of events by which to group as well, such as whether the company is certain: like the
    company they are read from the last event of the visit that has a company.
    """
    names = ["company", *(column.name for column in also)]
    if not goals:
        return _typed(pd.DataFrame(columns=[*names, *COLUMNS[1:]]))
    reached = reaching(scope, goals).subquery("reached")
    whose = _companies(scope, goals, also).subquery("whose")
    key = [*(whose.c[name] for name in names), reached.c.goal]
    statement = (
        select(
            *key,
            func.count().label("conversions"),
            func.count(reached.c.visit_id.distinct()).label("visits"),
            func.max(reached.c.occurred_at).label("last_at"),
            functions.arg_max(reached.c.detail, tuple_(reached.c.occurred_at, reached.c.detail)).label("last_detail"),
        )
        .select_from(reached.join(whose, whose.c.visit_id == reached.c.visit_id))
        .group_by(*key)
    )
    return _typed(store.frame(scope.asked(statement)))


def reaching(scope: Scope, goals: Sequence[Goal]) -> Select[Any]:
    """Selects the events of the scope that reach goals, once for each: visit_id, visitor_id, occurred_at, detail, goal."""
    conditions = [(goal, _condition(scope, goal)) for goal in goals]
    each = functions.each_of(*(case((one, literal(goal.key)), else_=null()) for goal, one in conditions))
    spread = (
        select(
            events.c.visit_id,
            events.c.visitor_id,
            events.c.occurred_at,
            events.c.company,
            events.c.source,
            _about().label("detail"),
            each.label("goal"),
        )
        .where(scope.where(), or_(*(one for _, one in conditions)))
        .subquery("spread")
    )
    return select(spread).where(spread.c.goal.is_not(None))


def _condition(scope: Scope, goal: Goal) -> ColumnElement[bool]:
    return as_condition(goal.condition, scope.span(), scope.around())


def _about() -> ColumnElement[Any]:
    """What a conversion is about: a form's name, a link's URL, else the page."""
    name = events.c.name
    return case(
        (name == PAGEVIEW, events.c.path),
        (name == FORM_SENT, Dimension.FORM.event_column),
        else_=func.coalesce(Dimension.LINK.event_column, events.c.path),
    )


def _companies(scope: Scope, goals: Sequence[Goal], also: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Selects the company of each visit that reached a goal in the period: the last one that its events have."""
    any_goal = as_condition(Or(tuple(goal.condition for goal in goals)), scope.span(), scope.around())
    converted = select(events.c.visit_id).where(scope.where(), any_goal)
    last = tuple_(events.c.occurred_at, events.c.company)
    facts = [events.c.company.label("company"), *also]
    return (
        select(events.c.visit_id, *(functions.arg_max(fact, last).label(fact.name) for fact in facts))
        .where(scope.around(), events.c.company.is_not(None), events.c.visit_id.in_(converted))
        .group_by(events.c.visit_id)
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the right column types, also without rows."""
    types: dict[str, Any] = dict.fromkeys(("company", "goal", "last_detail"), object)
    types |= {"conversions": "int64", "visits": "int64", "last_at": "datetime64[us]"}
    return frame.astype(types)
