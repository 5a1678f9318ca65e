"""The goals of a site in a report: what each adds up to, the same of the period before, and the companies that reached it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.stats.goals import Goal
from tracker.stats.goals.conversions import conversions_by_company
from tracker.stats.goals.figures import GoalFigures, goal_figures
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class GoalReached:
    """A goal with its figures now and before. `companies` are those of the report that reached it, in the report's order."""

    goal: Goal
    now: GoalFigures
    before: GoalFigures
    companies: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns it as plain JSON values."""
        return {
            "key": self.goal.key,
            "name": self.goal.name,
            **_numbers(self.now),
            "revenue": dict(self.now.revenue),
            "previous": _numbers(self.before),
            "companies": list(self.companies),
        }


def goals_reached(
    store: EventStore, scope: Scope, before: Scope, goals: Sequence[Goal], companies: Sequence[str]
) -> tuple[GoalReached, ...]:
    """Returns the goals that were reached in one of the periods, the most visits first. `companies` are the report's, by name."""
    now, earlier = goal_figures(store, scope, goals), goal_figures(store, before, goals)
    reached = [goal for goal in goals if now[goal.key].events or earlier[goal.key].events]
    reached.sort(key=lambda goal: (-now[goal.key].visits, -earlier[goal.key].visits))
    by_goal = _companies(store, scope, reached) if companies else {}
    return tuple(
        GoalReached(
            goal,
            now[goal.key],
            earlier[goal.key],
            tuple(name for name in companies if name in by_goal.get(goal.key, ())),
        )
        for goal in reached
    )


def _companies(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = conversions_by_company(store, scope, goals)
    for company, goal in zip(rows["company"], rows["goal"], strict=True):
        found.setdefault(goal, set()).add(company)
    return found


def _numbers(figures: GoalFigures) -> dict[str, int]:
    return {"conversions": figures.events, "visits": figures.visits, "visitors": figures.visitors}
