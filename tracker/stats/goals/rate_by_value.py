"""How many visits reached any goal, by the values of a dimension: from what is kept of days, or else from the events.

Both say the same (`tracker.stats.goals.visits_by_value` has the rule); a filtered period is counted from the events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import FromClause, Select, and_, func, select, union_all

from tracker.stats.details import Asked, details, is_among
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import HasDone, Or
from tracker.stats.goals import Goal
from tracker.stats.goals.kept import OpenDays, has_whole_days, of_kept_days, open_days
from tracker.stats.goals.visits_by_value import KEPT_BY, any_of, by_values, of_single_events, reached_visits
from tracker.stats.long_visits import followed
from tracker.stats.rollups.moment import once, present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import BEYOND, goal_values

Visits = dict[str | None, int]


@dataclass(frozen=True)
class Values:
    """Which values are asked for: some that are `named`, or else the `most` with the most visits."""

    named: tuple[str | None, ...] | None = None
    most: int = 0

    def of(self, source: FromClause, dimension: Dimension) -> Select[tuple[str | None, int]]:
        """Selects `value` and the sum of `visits` of a source with both."""
        value, visits = source.c.value, func.sum(source.c.visits).label("visits")
        rows = select(value, visits).group_by(value).order_by(visits.desc(), value.asc().nulls_last())
        if self.named is not None:
            return rows.where(is_among(value, self.named))
        return (rows.where(value.is_not(None)) if dimension.definition.only_named else rows).limit(self.most)


def visits_made_of(dimension: Dimension) -> str:
    """The metric of whose visits these are a part."""
    return "visits" if dimension.is_event_level else "visits_begun"


def reached_by_value(
    store: EventStore, scope: Scope, dimension: Dimension, goals: Sequence[Goal], values: Values
) -> Visits:
    """Returns the visits that began in a scope and reached any of the goals, by value; values without any are left out.

    A value that no event in the period has, such as a company that was named after it, may be among them: no table lists it.
    """
    if not goals:
        return {}
    question = ("visits that reached goals", dimension, any_of(goals), values)
    with present(store) as opened:
        found = once(opened, scope, question, lambda: _read(opened, scope, dimension, goals, values))
    return dict(found)


def _read(store: EventStore, scope: Scope, dimension: Dimension, goals: Sequence[Goal], values: Values) -> Visits:
    if dimension in KEPT_BY and has_whole_days(scope):
        with store.snapshot() as snapshot:
            is_read_otherwise = dimension is Dimension.COMPANY and snapshot.corrects_companies(scope.site)
            opened = None if is_read_otherwise else _open_days(snapshot, scope, dimension, goals)
            if opened is not None:
                rows = snapshot.rows(values.of(_of_days(snapshot, scope, dimension, goals, opened), dimension))
                return {row.value: int(row.visits) for row in rows}
    return _of_events(store, scope, dimension, goals, values)


def _open_days(snapshot: Snapshot, scope: Scope, dimension: Dimension, goals: Sequence[Goal]) -> OpenDays | None:
    beyond = and_(goal_values.c.dimension == BEYOND, goal_values.c.value == dimension.value)
    return open_days(snapshot, scope, [any_of(goals)], goal_values, beyond)


def _of_days(
    snapshot: Snapshot, scope: Scope, dimension: Dimension, goals: Sequence[Goal], opened: OpenDays
) -> FromClause:
    kept = of_kept_days(goal_values, scope, [any_of(goals)], opened.days).subquery("kept")
    parts = [select(kept.c.value, kept.c.visits).where(kept.c.dimension == dimension.value)]
    for one in opened.scopes:
        day = followed(snapshot, one)
        reached = reached_visits(day, goals).cte(f"reached_{one.period.start:%Y%m%d}")
        made = by_values(day, reached, [dimension]).subquery()
        parts.append(select(made.c.value, made.c.visits))
    return union_all(*parts).subquery("rows")


def _of_events(store: EventStore, scope: Scope, dimension: Dimension, goals: Sequence[Goal], values: Values) -> Visits:
    done = HasDone(Or(tuple(goal.condition for goal in goals)), whole_visit=True)
    narrowed = replace(scope, filters=(*scope.filters, done))
    if dimension.is_event_level:
        with present(store) as opened:
            asked = followed(opened, narrowed)
            rows = values.of(of_single_events(asked, dimension).subquery("each"), dimension)
            return {row.value: int(row.visits) for row in opened.rows(asked.asked(rows))}
    name = visits_made_of(dimension)
    limit = values.most if values.named is None else max(1, len(values.named))
    found = details(store, narrowed, dimension, Asked((name,), named=values.named, order_by=name, limit=limit)).rows
    return {
        value: int(visits) for value, visits in zip(found["value"], found[name].fillna(0), strict=True) if visits > 0
    }
