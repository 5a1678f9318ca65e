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
from sqlalchemy import ColumnElement, func, literal, select, tuple_, union_all

from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.stats.companies.visit_rows import Rows, action_rows, company_rows, read_from
from tracker.stats.goals import ANY, MEASURES, Goal, Kind
from tracker.stats.goals.kept import OfDays, of_days
from tracker.stats.goals.reaching import reaching
from tracker.stats.long_visits import followed
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import present
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

_DAY = timedelta(days=1)

# Of an event that reached a goal.
_COLUMNS = ("visit_id", "occurred_at", "detail", "goal")
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
    """What to ask, the events that reached goals (visit_id, occurred_at, detail, goal), and the `company` of their visits with `also` as it has them.

    A visit's company is the last one of its events, from the day before the period to the day after it.
    """
    period = scope.period
    around = Period(period.start - _DAY, period.end + _DAY, period.time_zone, period.name)
    of_events = [goal for goal in goals if _asks_of_events(goal)]
    of_actions = [goal for goal in goals if not _asks_of_events(goal)]
    with (
        present(store) as opened,
        action_rows(opened, scope) as acts,
        company_rows(opened, Scope(scope.site, around)) as did,
        of_days(opened, scope, of_events) as kept,
    ):
        parts: list[Any] = [_reaching_by_actions(acts, scope, of_actions)] if of_actions else []
        if of_events:
            parts.append(_reaching_by_events(opened, scope, of_events) if kept is None else _kept(kept, of_events))
        reached = _all_of(parts).subquery("reached")
        last = tuple_(did.c.last_at, did.c.company)
        facts = [did.c.company.label("company"), *(read_from(one, did.table) for one in also)]
        whose = (
            select(did.c.visit_id, *(functions.arg_max(fact, last).label(fact.name) for fact in facts))
            .where(did.c.visit_id.in_(select(reached.c.visit_id)))
            .group_by(did.c.visit_id)
        )
        yield acts, reached, whose.subquery("whose")


def _all_of(parts: Sequence[Any]) -> Any:
    return union_all(*parts) if len(parts) > 1 else parts[0]


def _reaching_by_actions(acts: Rows, scope: Scope, goals: Sequence[Goal]) -> Any:
    """The actions that reached goals, with _COLUMNS."""
    found = read_from(reaching(replace(scope, filters=()), goals, facts=()), acts.table).subquery("acted")
    return select(*(found.c[name] for name in _COLUMNS))


def _reaching_by_events(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> Any:
    """The same of events, for goals that ask what actions do not have."""
    found = reaching(followed(store, scope), goals, facts=()).subquery("happened")
    return select(*(found.c[name] for name in _COLUMNS))


def _kept(kept: OfDays, goals: Sequence[Goal]) -> Any:
    """The same of what is kept of days, which is events of visits that have a company alone."""
    keys = union_all(*(select(literal(one.meant).label("meant"), literal(one.key).label("key")) for one in goals))
    named, rows = keys.subquery("named"), kept.events
    columns = [named.c.key.label("goal") if name == "goal" else rows.c[name] for name in _COLUMNS]
    return select(*columns).select_from(rows.join(named, named.c.meant == rows.c.goal))


def _asks_of_events(goal: Goal) -> bool:
    """Whether it is about views of pages, what was read of them, or amounts."""
    is_any = ANY in goal.pattern or goal.pattern in (PAGEVIEW, ENGAGEMENT)
    return goal.kind in (Kind.PAGE, Kind.REVENUE, *MEASURES) or (goal.kind is Kind.EVENT and is_any)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the right column types, also without rows."""
    types: dict[str, Any] = dict.fromkeys(("company", "goal", "last_detail"), object)
    types |= {"conversions": "int64", "visits": "int64", "last_at": "datetime64[us]"}
    return frame.astype(types)
