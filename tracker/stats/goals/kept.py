"""What is kept of goals on sealed days, read in the place of the events.

Owns which days of a goal are kept. A goal has a seal of its own on a day, by what it counts (`Goal.meant`): one that is added or
changed is counted backwards over the days that are sealed already, and until it is, from the events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, FromClause, Select, Table, and_, cast, func, select, union_all

from tracker.stats.companies.visit_rows import Rows
from tracker.stats.goals import Goal
from tracker.stats.goals.reached_on_days import reached_on_days
from tracker.stats.goals.reaching import reaching
from tracker.stats.local_time import local_moment
from tracker.stats.long_visits import followed
from tracker.stats.periods import Period
from tracker.stats.rollups.coverage import cut_day
from tracker.stats.rollups.day_figures.scopes import scope_of_day
from tracker.stats.rollups.days import runs
from tracker.stats.scope import Scope
from tracker.store.functions import date_trunc
from tracker.store.goals_of_days import OfGoals
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import BEYOND, events, goal_days, goal_events, goal_ids, goal_sums

# Raise it whenever what a goal counts is found in another way: what was kept before is then not used.
GOAL_RULES = 2
# More days than this that are not kept cost more than counting all from the events.
_MOST_OPEN_DAYS = 3


@dataclass(frozen=True)
class OfDays:
    """What goals add up to on the days of a period, as tables to select from, and what they are asked of.

    Their columns are those of `goal_sums`, `goal_ids` and `goal_events`, without the site; `goal` is `Goal.meant`.
    """

    snapshot: Snapshot
    sums: FromClause
    ids: FromClause
    events: FromClause


def by_meaning(goals: Sequence[Goal]) -> dict[str, Goal]:
    """One goal for each thing that goals count, with that as its key."""
    return {goal.meant: replace(goal, key=goal.meant) for goal in goals}


@contextmanager
def of_days(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> Iterator[OfDays | None]:
    """What goals add up to in a scope, of the days of which it is kept and of a few open ones; None where too few are kept."""
    if not goals or not has_whole_days(scope):
        yield None
        return
    with store.snapshot() as snapshot:
        yield _of_days(snapshot, scope, list(by_meaning(goals).values()))


@contextmanager
def reached(
    store: EventStore, scope: Scope, goals: Sequence[Goal], *, more: Sequence[ColumnElement[Any]] = ()
) -> Iterator[Rows]:
    """The events of a scope that reached goals, read from the events: visit_id, visitor_id, revenue, currency, goal.

    `goal` is what it counts (`Goal.meant`). `more` are labelled columns beside these.
    """
    each = list(by_meaning(goals).values())
    with store.snapshot() as snapshot:
        found = reaching(followed(store, scope), each, facts=("revenue", "currency"), more=more, ids_alone=True)
        # A table of its own: what asks it twice, for whose visits these were, is not to read the events twice.
        yield Rows(found.cte("found").prefix_with("MATERIALIZED"), snapshot, None)


def has_whole_days(scope: Scope) -> bool:
    """Whether it has no filters, and begins with a day; the last day may be cut."""
    return not scope.filters and scope.period.start_at == replace(scope.period, moments=None).start_at


class OpenDays(NamedTuple):
    """The days of a period that are counted from their events, as `scopes`, beside the kept ones; `days` are these and a day cut short."""

    scopes: Sequence[Scope]
    days: Sequence[date]


def open_days(
    snapshot: Snapshot, scope: Scope, meant: Sequence[str], table: Table, beyond: ColumnElement[bool]
) -> OpenDays | None:
    """The open days of a scope beside those of which all that is meant is kept; None where too few days are kept.

    `beyond` are the rows of the table that mark a day of which too much was to be kept.
    """
    period = scope.period
    kept = _kept_days(snapshot, scope, meant, table, beyond) - {cut_day(period)}
    if not kept:
        return None
    days = [period.start + timedelta(days=number) for number in range(period.days)]
    found = _with_events(snapshot, scope, [day for day in days if day not in kept])
    if found is None:
        return None
    return OpenDays([_scope_of(scope, day) for day in found], [*found, *filter(None, [cut_day(period)])])


def _of_days(snapshot: Snapshot, scope: Scope, goals: Sequence[Goal]) -> OfDays | None:
    meant = [goal.key for goal in goals]
    opened = open_days(snapshot, scope, meant, goal_sums, goal_sums.c.dimension == BEYOND)
    if opened is None:
        return None
    made = [_of_open_day(snapshot, one, goals) for one in opened.scopes]

    def put_together(table: Table, of_others: Sequence[Select[Any]]) -> FromClause:
        of_kept = of_kept_days(table, scope, meant, opened.days)
        names = of_kept.selected_columns.keys()
        others = [select(*(one.c[name] for name in names)) for one in (other.subquery() for other in of_others)]
        return union_all(of_kept, *others).subquery(table.name) if others else of_kept.subquery(table.name)

    return OfDays(
        snapshot,
        put_together(goal_sums, [one.sums() for one in made]),
        put_together(goal_ids, [one.ids() for one in made]),
        put_together(goal_events, [one.events().order_by(None) for one in made]),
    )


def of_kept_days(table: Table, scope: Scope, meant: Sequence[str], left: Sequence[date]) -> Select[Any]:
    """The rows of the period's days but those that are left: what is kept of a day whose events are gone, of whichever goals it is."""
    period, seal = scope.period, goal_days.c
    same = [seal[name] == table.c[name] for name in ("site", "day", "goal")]
    sealed = and_(*same, seal.time_zone == period.time_zone.key, seal.rules == GOAL_RULES)
    rows = select(*(column for column in table.c if column.name != "site")).select_from(table.join(goal_days, sealed))
    within = (table.c.site == scope.site, table.c.day >= period.start, table.c.day < period.end)
    return rows.where(*within, table.c.goal.in_(meant), table.c.day.not_in(left))


def _scope_of(scope: Scope, day: date) -> Scope:
    """A day of a period, cut short as the period is."""
    one = scope_of_day(scope.site, day, scope.period.time_zone)
    if day != cut_day(scope.period):
        return one
    return replace(one, period=replace(one.period, moments=(one.period.start_at, scope.period.end_at)))


def _of_open_day(snapshot: Snapshot, one: Scope, goals: Sequence[Goal]) -> OfGoals:
    day = one.period.start
    found = reached_on_days(snapshot, one, goals).cte(f"reached_{day:%Y%m%d}").prefix_with("MATERIALIZED")
    return OfGoals(found, day)


def _kept_days(
    snapshot: Snapshot, scope: Scope, meant: Sequence[str], table: Table, beyond: ColumnElement[bool]
) -> set[date]:
    """The period's days of which all that is meant is kept, and in full."""
    seal, rows, period = goal_days.c, table.c, scope.period
    within = (seal.site == scope.site, seal.day >= period.start, seal.day < period.end, seal.goal.in_(meant))
    made = (seal.time_zone == period.time_zone.key, seal.rules == GOAL_RULES)
    days = select(seal.day, func.count(seal.goal.distinct()).label("goals")).where(*within, *made).group_by(seal.day)
    within_rows = (rows.site == scope.site, rows.day >= period.start, rows.day < period.end, rows.goal.in_(meant))
    marked = select(rows.day).where(*within_rows, beyond).distinct()
    kept = {row.day for row in snapshot.rows(days) if row.goals == len(meant)}
    return kept - {row.day for row in snapshot.rows(marked)} if kept else kept


def _with_events(snapshot: Snapshot, scope: Scope, missing: Sequence[date]) -> list[date] | None:
    """Of the days without rows those that have events; None where they are too many."""
    found: list[date] = []
    for first, end in runs(missing):
        period = Period(first, end, scope.period.time_zone, "")
        day = cast(date_trunc("day", local_moment(period, events.c.occurred_at)), Date).label("day")
        within = Scope(scope.site, period).span()
        found += [row.day for row in snapshot.rows(select(day).where(within).distinct().limit(_MOST_OPEN_DAYS + 1))]
        if len(found) > _MOST_OPEN_DAYS:
            return None
    return found
