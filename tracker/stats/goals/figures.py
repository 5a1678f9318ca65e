"""What goals add up to in a period: events, the visits with one, visitors, companies and revenue by currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from tracker.stats.companies.visit_rows import Rows
from tracker.stats.goals import Goal
from tracker.stats.goals.kept import reached
from tracker.stats.goals.whose import whose
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class GoalFigures:
    """What a goal adds up to. `companies` are sure ones; `revenue` has the sum of each currency."""

    events: int = 0
    visits: int = 0
    visitors: int = 0
    companies: int = 0
    revenue: Mapping[str, float] = field(default_factory=dict)


def goal_figures(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> dict[str, GoalFigures]:
    """Returns what goals add up to in a scope, by their keys; of those that were not reached as well."""
    if not goals:
        return {}
    question = ("goal figures", tuple(goal.meant for goal in goals))
    by_meaning = once_of_present(store, scope, question, lambda opened: _figures(opened, scope, goals))
    return {goal.key: by_meaning.get(goal.meant, GoalFigures()) for goal in goals}


def _figures(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> dict[str, GoalFigures]:
    with reached(store, scope, goals) as rows:
        goal = rows.c.goal
        sums = select(
            goal,
            func.count().label("events"),
            func.count(rows.c.visit_id.distinct()).label("visits"),
            func.count(rows.c.visitor_id.distinct()).label("visitors"),
        )
        counted = rows.rows(sums.group_by(goal))
        if not counted:
            return {}
        companies = _companies(store, scope, rows)
        paid = select(goal, rows.c.currency, func.sum(rows.c.revenue).label("amount"))
        paid = paid.where(rows.c.currency.is_not(None)).group_by(goal, rows.c.currency).order_by(rows.c.currency)
        revenue: dict[str, dict[str, float]] = {}
        for row in rows.rows(paid):
            revenue.setdefault(row.goal, {})[row.currency] = float(row.amount)
    return {
        row.goal: GoalFigures(
            row.events, row.visits, row.visitors, companies.get(row.goal, 0), revenue.get(row.goal, {})
        )
        for row in counted
    }


def _companies(store: EventStore, scope: Scope, rows: Rows) -> dict[str, int]:
    """How many companies reached each goal."""
    with whose(store, scope, select(rows.c.visit_id)) as of_visits:
        joined = rows.table.join(of_visits, of_visits.c.visit_id == rows.c.visit_id)
        number = func.count(of_visits.c.company.distinct()).label("companies")
        found = rows.rows(select(rows.c.goal, number).select_from(joined).group_by(rows.c.goal))
    return {row.goal: row.companies for row in found}
