"""What goals add up to in a period: events, the visits with one, visitors, companies and revenue by currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, tuple_

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
    """The figures by what goals count, in one statement: a row for each goal, and one for each currency of its amounts."""
    with (
        reached(store, scope, goals) as rows,
        whose(store, scope, select(rows.c.visit_id)) as of_visits,
    ):
        goal, currency = rows.c.goal, rows.c.currency
        joined = rows.table.join(of_visits, of_visits.c.visit_id == rows.c.visit_id, isouter=True)
        statement = (
            select(
                goal,
                currency,
                func.grouping(currency).label("is_whole"),
                func.count().label("events"),
                func.count(rows.c.visit_id.distinct()).label("visits"),
                func.count(rows.c.visitor_id.distinct()).label("visitors"),
                func.count(of_visits.c.company.distinct()).label("companies"),
                func.sum(rows.c.revenue).label("amount"),
            )
            .select_from(joined)
            .group_by(func.grouping_sets(tuple_(goal), tuple_(goal, currency)))
        )
        found = rows.rows(statement)
    revenue: dict[str, dict[str, float]] = {}
    for row in sorted((row for row in found if row.currency is not None), key=lambda row: row.currency):
        revenue.setdefault(row.goal, {})[row.currency] = float(row.amount)
    return {
        row.goal: GoalFigures(row.events, row.visits, row.visitors, row.companies, revenue.get(row.goal, {}))
        for row in found
        if row.is_whole
    }
