"""What goals add up to in a period: events, the visits with one, visitors, companies and revenue by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Date, FromClause, Select, Text, cast, func, literal, null, select, union_all

from tracker.stats.goals import Goal
from tracker.stats.goals.kept import OfDays, of_days, reached
from tracker.stats.goals.whose import whose
from tracker.stats.rollups.counting import carried
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.goals_of_days import CURRENCY, TOTAL
from tracker.store.protocol import EventStore
from tracker.store.schema import AMOUNT

_COUNTS = ("events", "visits", "visitors", "companies")


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
    """The figures by what goals count."""
    with of_days(store, scope, goals) as kept:
        return _of_events(store, scope, goals) if kept is None else _of_days(store, scope, kept)


def _of_days(store: EventStore, scope: Scope, kept: OfDays) -> dict[str, GoalFigures]:
    """In one statement, whose rows are to be added up: sums of days, ids that last, companies, and amounts by currency."""
    sums, first = kept.sums, cast(literal(scope.period.start), Date)
    with whose(store, scope, select(kept.events.c.visit_id)) as of_visits:
        joined = kept.events.join(of_visits, of_visits.c.visit_id == kept.events.c.visit_id)
        parts = [
            _part(
                sums,
                events=func.sum(sums.c.events),
                visits=carried(sums, first, "touched"),
                visitors=carried(sums, first, "visitors"),
            ).where(sums.c.dimension == TOTAL),
            _part(
                kept.ids,
                visits=func.count(kept.ids.c.visit_id.distinct()),
                visitors=func.count(kept.ids.c.visitor_id.distinct()),
            ),
            _part(kept.events, companies=func.count(of_visits.c.company.distinct())).select_from(joined),
            _part(sums, currency=sums.c.value, amount=func.sum(sums.c.amount))
            .where(sums.c.dimension == CURRENCY)
            .group_by(sums.c.value),
        ]
        return _put_together(kept.snapshot.rows(select(union_all(*parts).subquery("parts"))))


def _part(source: FromClause, **figures: Any) -> Select[Any]:
    counts = [cast(func.coalesce(figures.get(name, literal(0)), 0), BigInteger).label(name) for name in _COUNTS]
    currency = figures.get("currency", cast(null(), Text)).label("currency")
    amount = figures.get("amount", cast(null(), AMOUNT)).label("amount")
    return select(source.c.goal, *counts, currency, amount).group_by(source.c.goal)


def _of_events(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> dict[str, GoalFigures]:
    """In one statement: a row for each goal, and one for each currency of its amounts."""
    with (
        reached(store, scope, goals) as rows,
        whose(store, scope, select(rows.c.visit_id)) as of_visits,
    ):
        joined = rows.table.join(of_visits, of_visits.c.visit_id == rows.c.visit_id, isouter=True)
        whole = _part(
            rows.table,
            events=func.count(),
            visits=func.count(rows.c.visit_id.distinct()),
            visitors=func.count(rows.c.visitor_id.distinct()),
            companies=func.count(of_visits.c.company.distinct()),
        ).select_from(joined)
        amounts = (
            _part(rows.table, currency=rows.c.currency, amount=func.sum(cast(rows.c.revenue, AMOUNT)))
            .where(rows.c.currency.is_not(None))
            .group_by(rows.c.currency)
        )
        return _put_together(rows.rows(select(union_all(whole, amounts).subquery("parts"))))


def _put_together(rows: Sequence[Any]) -> dict[str, GoalFigures]:
    counts: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTS, 0))
    revenue: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: row.currency or ""):
        if row.currency is not None:
            revenue[row.goal][row.currency] = float(row.amount)
        for name in _COUNTS:
            counts[row.goal][name] += getattr(row, name)
    return {goal: GoalFigures(**found, revenue=revenue[goal]) for goal, found in counts.items()}
