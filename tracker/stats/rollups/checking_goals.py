"""Compares what is kept of goals on days with the events that reached them, as `tracker.stats.rollups.checking` does with figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import FromClause, Select, Table, except_, literal, select, union_all

from tracker.stats.goals import Goal
from tracker.stats.goals.kept import GOAL_RULES, by_meaning
from tracker.stats.goals.reached_on_days import reached_on_days
from tracker.stats.goals.visits_by_value import KEPT_BY, any_of, by_values, reached_visits
from tracker.stats.long_visits import followed
from tracker.stats.rollups.day_figures.scopes import scope_of_day
from tracker.stats.scope import Scope
from tracker.store.goals_of_days import OfGoals, added_up
from tracker.store.protocol import Snapshot
from tracker.store.schema import BEYOND, goal_days, goal_events, goal_ids, goal_sums, goal_values


def unlike_goals(snapshot: Snapshot, site: str, day: date, time_zone: ZoneInfo, goals: Sequence[Goal]) -> list[str]:
    """Returns the tables of what is kept of a site's goals on a day that do not have what its events say.

    Only what has a seal is compared, and of what was too much to be kept nothing is.
    """
    seal, scope, each = goal_days.c, scope_of_day(site, day, time_zone), by_meaning(goals)
    of_day = (seal.site == site, seal.day == day, seal.time_zone == time_zone.key, seal.rules == GOAL_RULES)
    sealed = {row.goal for row in snapshot.rows(select(seal.goal).where(*of_day))}
    found = []
    if kept := [goal for meant, goal in each.items() if meant in sealed]:
        found += _unlike_each(snapshot, scope, kept)
    if any_of(goals) in sealed and _is_unlike_any(snapshot, scope, list(each.values())):
        found.append(goal_values.name)
    return found


def _unlike_each(snapshot: Snapshot, scope: Scope, goals: Sequence[Goal]) -> list[str]:
    """Of each goal for itself."""
    day, sums = scope.period.start, goal_sums.c
    marks = select(sums.goal).where(sums.site == scope.site, sums.day == day, sums.dimension == BEYOND)
    beyond = {row.goal for row in snapshot.rows(marks)}
    reached = reached_on_days(snapshot, scope, goals).cte("reached").prefix_with("MATERIALIZED")
    made = OfGoals(reached, day, [(goal, day) for goal in sorted(beyond)])
    meant = [goal.key for goal in goals if goal.key not in beyond]
    counted = ((goal_sums, added_up(made.sums())), (goal_ids, made.ids()), (goal_events, made.events()))
    return [
        table.name
        for table, rows in counted
        if _is_unlike(snapshot, _of_day(table, scope, meant), rows.order_by(None).subquery())
    ]


def _is_unlike_any(snapshot: Snapshot, scope: Scope, goals: Sequence[Goal]) -> bool:
    """Of the visits that reached any of the goals."""
    scope, rows = followed(snapshot, scope), goal_values.c
    kept = _of_day(goal_values, scope, [any_of(goals)])
    beyond = {row.value for row in snapshot.rows(kept.where(rows.dimension == BEYOND))}
    reached = reached_visits(scope, goals).cte("reached_visits")
    names = [one for one in KEPT_BY if one.value not in beyond]
    made = by_values(scope, reached, names).add_columns(literal(any_of(goals)).label("goal"))
    return _is_unlike(snapshot, kept.where(rows.dimension.not_in([BEYOND, *beyond])), made.subquery("made"))


def _of_day(table: Table, scope: Scope, goals: Sequence[str]) -> Select[Any]:
    of_day = (table.c.site == scope.site, table.c.day == scope.period.start, table.c.goal.in_(goals))
    return select(*table.c).where(*of_day)


def _is_unlike(snapshot: Snapshot, kept: Select[Any], made: FromClause) -> bool:
    counted = select(*(made.c[name] for name in kept.selected_columns.keys()))  # noqa: SIM118 - not a mapping
    both = union_all(select(except_(kept, counted).subquery()), select(except_(counted, kept).subquery())).subquery()
    return bool(snapshot.rows(select(both).limit(1)))
