"""What visits of each value of a dimension paid: which campaign, source or channel brought revenue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Or
from tracker.stats.filters.sql import as_condition
from tracker.stats.goals import Goal, Kind
from tracker.stats.rollups.moment import once
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

Revenue = dict[str, float]


def has_revenue(goals: Sequence[Goal]) -> bool:
    """Whether some goal is about amounts."""
    return any(goal.kind is Kind.REVENUE for goal in goals)


def revenue_by_value(
    store: EventStore, scope: Scope, dimension: Dimension, goals: Sequence[Goal]
) -> dict[str | None, Revenue]:
    """Returns by each value that paid the sum in each currency, of events that reach a goal of revenue; each counts once."""
    paid = Or(tuple(goal.condition for goal in goals if goal.kind is Kind.REVENUE))
    value = dimension.event_column.label("value")
    statement = (
        select(value, events.c.currency, func.sum(events.c.revenue).label("amount"))
        .where(scope.where(), events.c.currency.is_not(None), as_condition(paid, scope.span(), scope.around()))
        .group_by(value, events.c.currency)
        .order_by(events.c.currency)
    )
    question = ("revenue by value", dimension, paid)
    rows = once(store, scope, question, lambda: [tuple(row) for row in store.rows(scope.asked(statement))])
    found: dict[str | None, Revenue] = {}
    for of_value, currency, amount in rows:
        found.setdefault(of_value, {})[currency] = float(amount)
    return found


def main_currency(found: dict[str | None, Revenue]) -> str:
    """The currency in which the most values were paid; the first of several in the alphabet, nothing where none was."""
    numbers: dict[str, int] = {}
    for revenue in found.values():
        for currency in revenue:
            numbers[currency] = numbers.get(currency, 0) + 1
    return min(numbers, key=lambda currency: (-numbers[currency], currency), default="")
