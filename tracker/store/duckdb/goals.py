"""What is kept of goals on sealed days, in DuckDB: stored in the place of what was kept, and sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, select, tuple_

from tracker.store import seals
from tracker.store.goals_of_days import OfGoals, added_up, mark_of_too_many
from tracker.store.schema import (
    BEYOND,
    goal_days,
    goal_events,
    goal_ids,
    goal_sums,
    goal_values,
    held_goal_events,
    held_goal_visits,
)
from tracker.store.seals import GoalVisits, KeptGoals, SealedDay

KEPT_OF_GOALS = (goal_sums, goal_ids, goal_events, goal_values)


def store_goals(connection: Connection, site: str, kept: KeptGoals) -> None:
    """Puts what reached goals in the place of what was kept of the same goals and days."""
    for table in KEPT_OF_GOALS:
        connection.execute(table.delete().where(_of_goals(table, site, kept.days, kept.sealed)))
    if kept.reached is not None:
        _store_each(connection, site, kept.days[0].day, kept.reached)
    if kept.any_goal is not None:
        _store_values(connection, site, kept.days, kept.any_goal)


def _store_each(connection: Connection, site: str, first: date, reached: Select[Any]) -> None:
    """What is kept of each goal."""
    held_goal_events.create(connection, checkfirst=False)
    names = [column.name for column in reached.selected_columns]
    connection.execute(held_goal_events.insert().from_select(names, reached))
    beyond = connection.execute(OfGoals(held_goal_events, first).too_many()).all()
    made = OfGoals(held_goal_events, first, [(row.goal, row.day) for row in beyond])
    for table, rows in ((goal_sums, added_up(made.sums())), (goal_ids, made.ids()), (goal_events, made.events())):
        names = [column.name for column in rows.selected_columns]
        connection.execute(table.insert().from_select(names, rows))
    if beyond:
        connection.execute(goal_sums.insert(), [mark_of_too_many(site, *row) for row in beyond])
    held_goal_events.drop(connection, checkfirst=False)


def _store_values(connection: Connection, site: str, days: Sequence[SealedDay], made: GoalVisits) -> None:
    """What is kept of the visits that reached any goal; of a dimension with too many values on a day a mark alone."""
    held_goal_visits.create(connection, checkfirst=False)
    connection.execute(held_goal_visits.insert().from_select(["visit_id", "day"], made.visits))
    rows = made.values.subquery("made")
    names = [column.name for column in rows.c]
    ordered = select(rows).order_by(rows.c.dimension, rows.c.day)
    connection.execute(goal_values.insert().from_select(names, ordered))
    held_goal_visits.drop(connection, checkfirst=False)
    these = _of_goals(goal_values, site, days, [made.goal])
    key = goal_values.c.day, goal_values.c.dimension
    number = func.count().label("number")
    found = select(*key, number).where(these).group_by(*key).having(number > seals.MOST_VALUES)
    beyond = connection.execute(found).all()
    if beyond:
        marked = tuple_(*key).in_([(row.day, row.dimension) for row in beyond])
        connection.execute(goal_values.delete().where(these, marked))
        of_site = {"site": site, "goal": made.goal, "dimension": BEYOND}
        marks = [of_site | {"day": day, "value": name, "visits": values} for day, name, values in beyond]
        connection.execute(goal_values.insert(), marks)


def seal_goals(connection: Connection, site: str, days: Sequence[SealedDay], kept: KeptGoals) -> None:
    """Seals the goals of days."""
    marks = [
        {"site": site, "day": day.day, "goal": goal, "time_zone": day.time_zone, "rules": kept.rules}
        for day in days
        for goal in kept.sealed
    ]
    if marks:
        connection.execute(goal_days.delete().where(_of_goals(goal_days, site, days, kept.sealed)))
        connection.execute(goal_days.insert(), marks)


def _of_goals(table: Table, site: str, days: Sequence[SealedDay], goals: Sequence[str]) -> ColumnElement[bool]:
    return and_(table.c.site == site, table.c.day.in_([day.day for day in days]), table.c.goal.in_(goals))
