"""Conversions: the events that reach a site's goals, by company.

A conversion belongs to the company of its visit as a whole: who sends a form often says with it who they are, and the
events before that do not know it yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select, tuple_, union_all

from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.stats.companies.visit_rows import Rows, action_rows, company_rows, read_from
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import AtLeast
from tracker.stats.filters.sql import as_condition, page_of_event, reached_by
from tracker.stats.goals import ANY, FORM_SENT, MEASURES, Goal, Kind
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_DAY = timedelta(days=1)

COLUMNS = ("company", "goal", "conversions", "visits", "last_at", "last_detail")


def conversions_by_company(
    store: EventStore, scope: Scope, goals: Sequence[Goal], *also: ColumnElement[Any]
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
    with reached_by_visits(store, scope, goals, also) as (rows, reached, whose):
        key = [*(whose.c[name] for name in names), reached.c.goal]
        statement = (
            select(
                *key,
                func.count().label("conversions"),
                func.count(reached.c.visit_id.distinct()).label("visits"),
                func.max(reached.c.occurred_at).label("last_at"),
                functions.arg_max(reached.c.detail, tuple_(reached.c.occurred_at, reached.c.detail)).label(
                    "last_detail"
                ),
            )
            .select_from(reached.join(whose, whose.c.visit_id == reached.c.visit_id))
            .group_by(*key)
        )
        return _typed(rows.frame(statement))


@contextmanager
def reached_by_visits(
    store: EventStore, scope: Scope, goals: Sequence[Goal], also: Sequence[ColumnElement[Any]] = ()
) -> Iterator[tuple[Rows, Any, Any]]:
    """What to ask, the events that reached goals (`reaching`), and the `company` of their visits with `also` as it has them.

    A visit's company is the last one of its events, from the day before the period to the day after it.
    """
    period = scope.period
    around = Period(period.start - _DAY, period.end + _DAY, period.time_zone, period.name)
    with action_rows(store, scope) as acts, company_rows(store, Scope(scope.site, around)) as did:
        reached = _reaching_by_actions(scope, goals, acts).subquery("reached")
        last = tuple_(did.c.last_at, did.c.company)
        facts = [did.c.company.label("company"), *(read_from(one, did.table) for one in also)]
        whose = (
            select(did.c.visit_id, *(functions.arg_max(fact, last).label(fact.name) for fact in facts))
            .where(did.c.visit_id.in_(select(reached.c.visit_id)))
            .group_by(did.c.visit_id)
        )
        yield acts, reached, whose.subquery("whose")


def _reaching_by_actions(scope: Scope, goals: Sequence[Goal], acts: Rows) -> Any:
    """As `reaching`: of the actions, and of the events only for goals that ask what actions do not have."""
    of_events = [goal for goal in goals if _asks_of_events(goal)]
    others = [goal for goal in goals if not _asks_of_events(goal)]
    parts = [reaching(scope, of_events, facts=())] if of_events else []
    if others:
        of_period = replace(scope, filters=())
        parts.append(read_from(reaching(of_period, others, facts=()), acts.table))
    return union_all(*parts) if len(parts) > 1 else parts[0]


def _asks_of_events(goal: Goal) -> bool:
    """Whether it is about views of pages, what was read of them, or amounts."""
    is_any = ANY in goal.pattern or goal.pattern in (PAGEVIEW, ENGAGEMENT)
    return goal.kind in (Kind.PAGE, Kind.REVENUE, *MEASURES) or (goal.kind is Kind.EVENT and is_any)


def reaching(scope: Scope, goals: Sequence[Goal], *, facts: Sequence[str] = ("company", "source")) -> Any:
    """Selects the events of the scope that reach goals, once for each: visit_id, visitor_id, occurred_at, detail, goal, and `facts`."""
    plain = [goal for goal in goals if not isinstance(goal.condition, AtLeast)]
    parts = [_spread(scope, plain, facts)] if plain else []
    parts += [
        having_read(scope, goal.condition, [*_columns(facts), literal(goal.key).label("goal")])
        for goal in goals
        if isinstance(goal.condition, AtLeast)
    ]
    return select(union_all(*parts).subquery("each")) if len(parts) > 1 else parts[0]


def _columns(facts: Sequence[str]) -> list[ColumnElement[Any]]:
    ids = [events.c.visit_id, events.c.visitor_id, events.c.occurred_at]
    return [*ids, *(events.c[name] for name in facts), _about().label("detail")]


def _spread(scope: Scope, goals: Sequence[Goal], facts: Sequence[str]) -> Select[Any]:
    """Of goals that ask each event alone."""
    conditions = [(goal, as_condition(goal.condition, scope.span(), scope.around())) for goal in goals]
    each = functions.each_of(*(case((one, literal(goal.key)), else_=null()) for goal, one in conditions))
    spread = (
        select(*_columns(facts), each.label("goal"))
        .where(scope.where(), or_(*(one for _, one in conditions)))
        .subquery("spread")
    )
    return select(spread).where(spread.c.goal.is_not(None))


def having_read(scope: Scope, condition: AtLeast, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """Of the events with which visits had read so far or so long: joined, which is quicker than asking each event."""
    read = reached_by(condition, scope.around())
    same = and_(events.c.visit_id == read.c.visit_id, events.c.occurred_at == read.c.occurred_at)
    if "page" in read.c:
        same = and_(same, page_of_event() == read.c.page)
    rows = select(*columns).select_from(events.join(read, same))
    return rows.where(scope.where(), events.c.name == ENGAGEMENT)


def _about() -> ColumnElement[Any]:
    """What a conversion is about: a form's name, a link's URL, else the page."""
    name = events.c.name
    return case(
        (name.in_((PAGEVIEW, ENGAGEMENT)), events.c.path),
        (name == FORM_SENT, Dimension.FORM.event_column),
        else_=func.coalesce(Dimension.LINK.event_column, events.c.path),
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the right column types, also without rows."""
    types: dict[str, Any] = dict.fromkeys(("company", "goal", "last_detail"), object)
    types |= {"conversions": "int64", "visits": "int64", "last_at": "datetime64[us]"}
    return frame.astype(types)
