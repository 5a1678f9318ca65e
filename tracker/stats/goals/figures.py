"""What goals add up to in a period: events, the visits with one, visitors, companies and revenue by currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from tracker.enrichment.event import ENGAGEMENT, IDENTIFY, PAGEVIEW
from tracker.stats.companies.visit_rows import Rows
from tracker.stats.companies.whose import whose
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals import ANY, Goal, Kind
from tracker.stats.goals.actions import Action, actions
from tracker.stats.goals.few_events import Sums, sums_of_few
from tracker.stats.goals.kept import OfDays, of_days, reached
from tracker.stats.goals.received import detail_of_event
from tracker.stats.rollups.counting import carried
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.goals_of_days import CURRENCY, TOTAL
from tracker.store.protocol import EventStore
from tracker.store.schema import AMOUNT, events

_COUNTS = ("events", "visits", "visitors", "companies")
# What every action reaches, read with the goals.
_ACTIONS = Goal(
    "actions", "", Kind.EVENT, ANY, 1, Comparison(Dimension.EVENT, "is_not", (PAGEVIEW, ENGAGEMENT, IDENTIFY))
)


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


def figures_and_actions(
    store: EventStore, scope: Scope, goals: Sequence[Goal], *, first: int
) -> tuple[dict[str, GoalFigures], list[Action]]:
    """Returns what `goal_figures` does and the first of the actions. Where both are read from the events, these are read once."""
    if not scope.filters or not goals:
        return goal_figures(store, scope, goals), actions(store, scope, limit=first)
    question = ("goals and actions", first, tuple(goal.meant for goal in goals))
    by_meaning, done = once_of_present(store, scope, question, lambda page: _both_of_events(page, scope, goals, first))
    return {goal.key: by_meaning.get(goal.meant, GoalFigures()) for goal in goals}, list(done)


def _both_of_events(
    store: EventStore, scope: Scope, goals: Sequence[Goal], first: int
) -> tuple[dict[str, GoalFigures], list[Action]]:
    named = [events.c.name, detail_of_event().label("about")]
    with (
        reached(store, scope, [*goals, _ACTIONS], more=named) as rows,
        whose(store, scope, select(rows.c.visit_id)) as of_visits,
    ):
        few = sums_of_few(rows, of_visits, goals, by=(rows.c.goal, rows.c.name, rows.c.about))
        return _both_of_many(rows, of_visits, first) if few is None else _both_of_few(few, first)


def _both_of_few(few: Mapping[tuple[Any, ...], Sums], first: int) -> tuple[dict[str, GoalFigures], list[Action]]:
    of_goals: defaultdict[str, Sums] = defaultdict(Sums)
    for (goal, _, _), sums in few.items():
        if goal != _ACTIONS.meant:
            of_goals[goal].join(sums)
    done = [Action(name, about, *sums.counts) for (goal, name, about), sums in few.items() if goal == _ACTIONS.meant]
    return {goal: _of_sums(sums) for goal, sums in of_goals.items()}, _first(done, first)


def _both_of_many(rows: Rows, of_visits: FromClause, first: int) -> tuple[dict[str, GoalFigures], list[Action]]:
    found = _with_companies(rows, of_visits)
    is_action = found.c.goal == _ACTIONS.meant
    of_goals = [_with_action(part.where(~is_action)) for part in _parts_of_goals(found)]
    done = _with_action(_part(found, **_counts(found)), name=found.c.name, about=found.c.about)
    done = done.where(is_action).group_by(found.c.name, found.c.about)
    ordered = done.order_by(func.count().desc(), found.c.name, found.c.about).limit(first).subquery("done")
    parts = rows.rows(select(union_all(*of_goals, select(ordered)).subquery("parts")))
    actions_done = [
        Action(row.name, row.about, row.events, row.visits, row.visitors, row.companies)
        for row in parts
        if row.name is not None
    ]
    return _put_together([row for row in parts if row.name is None]), _first(actions_done, first)


def _first(done: Sequence[Action], first: int) -> list[Action]:
    """The most frequent actions, as the database orders them."""
    return sorted(done, key=lambda one: (-one.events, one.event, one.detail is None, one.detail or ""))[:first]


def _with_action(part: Select[Any], **of_action: ColumnElement[str]) -> Select[Any]:
    names = ("name", "about")
    return part.add_columns(*(of_action.get(name, cast(null(), Text)).label(name) for name in names))


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
    """In one statement: the events where they are few, else a row for each goal, and one for each currency of its amounts."""
    with reached(store, scope, goals) as rows, whose(store, scope, select(rows.c.visit_id)) as of_visits:
        few = sums_of_few(rows, of_visits, goals, by=[rows.c.goal])
        if few is not None:
            return {str(goal): _of_sums(sums) for (goal,), sums in few.items()}
        found = _with_companies(rows, of_visits)
        return _put_together(rows.rows(select(union_all(*_parts_of_goals(found)).subquery("parts"))))


def _of_sums(sums: Sums) -> GoalFigures:
    return GoalFigures(*sums.counts, {currency: float(sums.revenue[currency]) for currency in sorted(sums.revenue)})


def _with_companies(rows: Rows, of_visits: FromClause) -> Any:
    """The rows with the `company` of each one's visit, as a table of its own: it is asked several times."""
    joined = rows.table.join(of_visits, of_visits.c.visit_id == rows.c.visit_id, isouter=True)
    found = select(*rows.c, of_visits.c.company).select_from(joined)
    return found.cte("with_companies").prefix_with("MATERIALIZED")


def _parts_of_goals(found: Any) -> list[Select[Any]]:
    whole = _part(found, **_counts(found))
    amounts = (
        _part(found, currency=found.c.currency, amount=func.sum(cast(found.c.revenue, AMOUNT)))
        .where(found.c.currency.is_not(None))
        .group_by(found.c.currency)
    )
    return [whole, amounts]


def _counts(found: Any) -> Mapping[str, ColumnElement[int]]:
    distinct = {"visits": found.c.visit_id, "visitors": found.c.visitor_id, "companies": found.c.company}
    return {"events": func.count()} | {name: func.count(column.distinct()) for name, column in distinct.items()}


def _put_together(rows: Sequence[Any]) -> dict[str, GoalFigures]:
    counts: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTS, 0))
    revenue: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: row.currency or ""):
        if row.currency is not None:
            revenue[row.goal][row.currency] = float(row.amount)
        for name in _COUNTS:
            counts[row.goal][name] += getattr(row, name)
    return {goal: GoalFigures(**found, revenue=revenue[goal]) for goal, found in counts.items()}
