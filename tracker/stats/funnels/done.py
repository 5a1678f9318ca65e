"""The events that do the steps of a funnel: one row each, which says who did which steps by it, and when.

Who does them is a visit, or a visitor where steps may lie days apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, false, func, or_, select, true, union_all

from tracker.stats.filters import AtLeast
from tracker.stats.filters.sql import as_condition
from tracker.stats.goals import Goal
from tracker.stats.goals.reaching import having_read
from tracker.stats.scope import Scope
from tracker.store.schema import events


def step_column(step: int) -> str:
    """The name of the column that says whether an event does a step, from 0."""
    return f"step_{step}"


def does(done: FromClause, *steps: int) -> ColumnElement[bool]:
    """Whether an event does one of the steps."""
    return or_(*(done.c[step_column(step)] for step in steps))


@dataclass(frozen=True)
class Done:
    """The events of a scope that do steps. `scope` follows its visits beyond the period (`tracker.stats.long_visits`)."""

    scope: Scope
    steps: Sequence[Goal]
    by_visitor: bool

    def all_steps(self) -> CTE:
        """The events: `who`, `occurred_at`, `lasts`, and `step_column` of each step; of visitors also `visit_id`.

        An event may have several rows. `lasts` is whether the visitor's id is one that lasts; visits' do not.
        """
        plain = [step for step, goal in enumerate(self.steps) if not isinstance(goal.condition, AtLeast)]
        parts = [self._at_once(plain)] if plain else []
        for step, goal in enumerate(self.steps):
            if isinstance(goal.condition, AtLeast):
                columns = self._columns({step: true()})
                parts.append(having_read(self.scope, goal.condition, columns))
        # A statement that reads it twice, once to see who is asked for, finds the events once.
        return (union_all(*parts) if len(parts) > 1 else parts[0]).cte("done")

    def _at_once(self, plain: Sequence[int]) -> Select[Any]:
        """Of steps that ask each event alone."""
        span, around = self.scope.span(), self.scope.around()
        conditions = {step: as_condition(self.steps[step].condition, span, around) for step in plain}
        return select(*self._columns(conditions)).where(self.scope.where(), or_(*conditions.values()))

    def _columns(self, done: dict[int, ColumnElement[bool]]) -> list[ColumnElement[Any]]:
        own = events.c
        who = own.visitor_id if self.by_visitor else own.visit_id
        lasts = (func.coalesce(own.consented, false()) if self.by_visitor else false()).label("lasts")
        steps = [done.get(step, false()).label(step_column(step)) for step in range(len(self.steps))]
        visit = [own.visit_id] if self.by_visitor else []
        return [who.label("who"), *visit, own.occurred_at, lasts, *steps]
