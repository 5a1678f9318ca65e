"""The events of whole days that reached goals, with all that is kept of them (`tracker.store.schema.held_goal_events`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Text, cast, false, literal, select, union_all

from tracker.stats.goals import Goal
from tracker.stats.goals.reaching import reaching
from tracker.stats.local_time import local_moment
from tracker.stats.long_visits import followed
from tracker.stats.rollups.day_figures.scopes import all_tell
from tracker.stats.rollups.day_figures.spread import SpreadDay
from tracker.stats.scope import Scope
from tracker.store.functions import date_trunc
from tracker.store.protocol import Snapshot
from tracker.store.schema import events, held_goal_events

# Ids that do not last live for their day and the night after, in another zone than the one they were made in.
_DAYS_BEFORE = timedelta(days=2)


def reached_on_days(snapshot: Snapshot, scope: Scope, goals: Sequence[Goal]) -> Select[Any]:
    """Selects the columns of `held_goal_events`, of the days and, for visitors whose ids do not last, of the two before.

    The goals' keys are what they count. Several days need events that tell whether ids last.
    """
    period = scope.period
    start = period.start - _DAYS_BEFORE
    scope, before = followed(snapshot, scope), replace(scope, period=replace(period, start=start, end=period.start, moments=None))  # fmt: skip
    lasts = SpreadDay(scope, (), all_tell(snapshot, scope)).lasts()
    with_company = select(events.c.visit_id).where(scope.around(), events.c.company.is_not(None))
    came = select(events.c.visitor_id).where(scope.where(), ~lasts)
    found = union_all(
        _reaching(scope, goals, lasts, events.c.visit_id.in_(with_company)),
        _reaching(followed(snapshot, before), goals, false(), false(), within=events.c.visitor_id.in_(came)),
    ).subquery("found")
    local = local_moment(replace(period, start=start, moments=None), found.c.occurred_at)
    made: dict[str, ColumnElement[Any]] = {
        "site": literal(scope.site),
        "day": cast(date_trunc("day", local), Date),
        "hour": cast(date_trunc("hour", local), Text),
    }
    names = [column.name for column in held_goal_events.c]
    return select(*((made[name] if name in made else found.c[name]).label(name) for name in names))


def _reaching(
    scope: Scope,
    goals: Sequence[Goal],
    lasts: ColumnElement[bool],
    has_company: ColumnElement[bool],
    *,
    within: ColumnElement[bool] | None = None,
) -> Select[Any]:
    more = [lasts.label("lasts"), has_company.label("has_company")]
    return select(reaching(scope, goals, facts=("revenue", "currency"), more=more, within=within).subquery("each"))
