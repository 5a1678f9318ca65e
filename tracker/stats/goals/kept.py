"""The events that reach goals, kept of sealed days: what is read in the place of the events, and what keeps it.

Owns which days of a goal are kept. A goal has a seal of its own on a day, by what it counts (`Goal.meant`): one that is added or
changed is counted backwards over the days that are sealed already, and until it is, from the events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Date, FromClause, Select, and_, cast, func, literal, select, union_all

from tracker.stats.companies.visit_rows import Rows
from tracker.stats.goals import Goal
from tracker.stats.goals.conversions import reaching
from tracker.stats.local_time import local_moment
from tracker.stats.long_visits import followed
from tracker.stats.periods import Period
from tracker.stats.rollups.coverage import cut_day
from tracker.stats.rollups.day_figures.scopes import scope_of_day, scope_of_days
from tracker.stats.rollups.days import Run, number_of_events, runs
from tracker.stats.rollups.registry import RULES
from tracker.stats.scope import Scope
from tracker.store.functions import date_trunc
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import events, goal_days, goal_events, sealed_days
from tracker.store.seals import KeptGoals, SealedDay, final_before

# Raise it whenever what a goal counts is found in another way: what was kept before is then not used.
GOAL_RULES = 1
# What is kept of an event besides its ids and moment.
_FACTS = ("revenue", "currency")
_COLUMNS = ("visit_id", "visitor_id", "occurred_at", *_FACTS, "detail", "goal")
# So many days are counted at once, or fewer that have more events than this.
_MOST_DAYS = 62
_MOST_EVENTS = 200_000
# More days than this that are not kept cost more than counting all from the events.
_MOST_OPEN_DAYS = 3


@contextmanager
def reached(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> Iterator[Rows]:
    """The events of a scope that reached goals, a row for each: visit_id, visitor_id, occurred_at, detail, revenue, currency, goal.

    `goal` is what it counts (`Goal.meant`). Without filters they come from the days of which they are kept.
    """
    each = list({goal.meant: replace(goal, key=goal.meant) for goal in goals}.values())
    with store.snapshot() as snapshot:
        found = _kept(snapshot, scope, each) if _has_whole_days(scope) else None
        # A table of its own: what asks it twice, for whose visits these were, is not to read the events twice.
        table = (
            reaching(followed(store, scope), each, facts=_FACTS).cte("found").prefix_with("MATERIALIZED")
            if found is None
            else found
        )
        yield Rows(table, snapshot, None)


def _has_whole_days(scope: Scope) -> bool:
    """Whether it has no filters, and begins with a day; the last day may be cut."""
    return not scope.filters and scope.period.start_at == replace(scope.period, moments=None).start_at


def _kept(snapshot: Snapshot, scope: Scope, goals: Sequence[Goal]) -> FromClause | None:
    """The rows of the days that are kept with those of open ones; None where too few are kept."""
    period, meant = scope.period, [goal.key for goal in goals]
    rows = snapshot.rows(_seals(scope, meant))
    kept = {row.day for row in rows if row.goals == len(meant)} - {cut_day(period)}
    if not kept:
        return None
    open_days = _open_days(snapshot, scope, [day for day in _days(period) if day not in kept])
    if open_days is None:
        return None
    same = [goal_days.c[name] == goal_events.c[name] for name in ("site", "day", "goal")]
    sealed = and_(*same, goal_days.c.time_zone == period.time_zone.key, goal_days.c.rules == GOAL_RULES)
    of_days = (
        select(*(goal_events.c[name] for name in _COLUMNS))
        .select_from(goal_events.join(goal_days, sealed))
        .where(goal_events.c.site == scope.site, goal_events.c.day >= period.start, goal_events.c.day < period.end)
        .where(goal_events.c.goal.in_(meant), goal_events.c.day.not_in(open_days))
    )
    of_others = []
    for day in open_days:
        one = scope_of_day(scope.site, day, period.time_zone)
        if day == cut_day(period):
            one = replace(one, period=replace(one.period, moments=(one.period.start_at, period.end_at)))
        found = reaching(followed(snapshot, one), goals, facts=_FACTS).subquery("open_day")
        of_others.append(select(*(found.c[name] for name in _COLUMNS)))
    return union_all(of_days, *of_others).subquery("kept") if of_others else of_days.subquery("kept")


def _open_days(snapshot: Snapshot, scope: Scope, missing: Sequence[date]) -> list[date] | None:
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


def _seals(scope: Scope, meant: Sequence[str]) -> Select[Any]:
    """The period's days with how many of the goals are kept of each."""
    seal, period = goal_days.c, scope.period
    within = (seal.site == scope.site, seal.day >= period.start, seal.day < period.end, seal.goal.in_(meant))
    made = (seal.time_zone == period.time_zone.key, seal.rules == GOAL_RULES)
    return select(seal.day, func.count(seal.goal.distinct()).label("goals")).where(*within, *made).group_by(seal.day)


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=number) for number in range(period.days)]


class _Left(NamedTuple):
    """Days in a row that are to be kept, and of which goals."""

    days: list[SealedDay]
    goals: list[Goal]


def keep_goals(store: EventStore, site: str, time_zone: ZoneInfo, goals: Sequence[Goal]) -> bool:
    """Keeps some of what is not kept yet of goals on sealed days, the newest first; False where nothing is left to keep."""
    each = {goal.meant: replace(goal, key=goal.meant) for goal in goals}
    with store.snapshot() as snapshot:
        if not _left(snapshot, site, time_zone, each):
            return False

    def work_out(snapshot: Snapshot) -> KeptGoals | None:
        left = _left(snapshot, site, time_zone, each)
        if left is None:
            return None
        scope = scope_of_days(site, left.days[0].day, left.days[-1].day + timedelta(days=1), time_zone)
        found = reaching(followed(snapshot, scope), left.goals, facts=_FACTS).subquery("found")
        day = cast(date_trunc("day", local_moment(scope.period, found.c.occurred_at)), Date).label("day")
        rows = select(literal(site).label("site"), day, *(found.c[name] for name in _COLUMNS))
        rows = rows.order_by(found.c.goal, day, found.c.visit_id)
        return KeptGoals(left.days, [goal.key for goal in left.goals], GOAL_RULES, rows)

    return bool(store.keep_goals(site, work_out))


def forget_other_goals(store: EventStore, site: str, goals: Sequence[Goal]) -> None:
    """Removes what is kept of goals that the site no longer has."""
    meant = {goal.meant for goal in goals}
    known = {row.goal for row in store.rows(select(goal_days.c.goal).where(goal_days.c.site == site).distinct())}
    if known - meant:
        store.forget_goals(site, sorted(meant))


def _left(snapshot: Snapshot, site: str, time_zone: ZoneInfo, goals: dict[str, Goal]) -> _Left | None:
    """The newest sealed days in a row of which some goals are not kept; without days whose events are gone."""
    if not goals:
        return None
    final = final_before(snapshot.rows, site)
    day = sealed_days.c
    sealed = select(*day).where(day.site == site, day.time_zone == time_zone.key, day.rules == RULES)
    days = snapshot.rows((sealed if final is None else sealed.where(day.start_at >= final)).order_by(day.day.desc()))
    seal = goal_days.c
    kept: dict[date, set[str]] = {}
    made = (seal.site == site, seal.time_zone == time_zone.key, seal.rules == GOAL_RULES)
    for row in snapshot.rows(select(seal.day, seal.goal).where(*made)):
        kept.setdefault(row.day, set()).add(row.goal)
    missing = [(SealedDay(*row), goals.keys() - kept.get(row.day, set())) for row in days]
    chosen: list[SealedDay] = []
    wanted: set[str] = set()
    for one, left in missing:
        if chosen and (not left or chosen[-1].day - one.day != timedelta(days=1) or left != wanted):
            break
        if left:
            chosen.append(one)
            wanted = wanted or set(left)
    if not chosen:
        return None
    chosen = _as_many_as_suit(snapshot, site, chosen[:_MOST_DAYS])
    return _Left(chosen[::-1], [goals[meant] for meant in sorted(wanted)])


def _as_many_as_suit(snapshot: Snapshot, site: str, days: list[SealedDay]) -> list[SealedDay]:
    """Of days in a row, the newest first, those that together have not too many events; one at least."""
    total = 0
    for index, one in enumerate(days):
        run: Run = (one.day, one.day + timedelta(days=1))
        total += number_of_events(snapshot, site, [run])
        if index and total > _MOST_EVENTS:
            return days[:index]
    return days
