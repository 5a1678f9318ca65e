"""Keeps what reached goals on sealed days: the newest days first, several at once, beside whoever stores events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import literal, select

from tracker.stats.goals import Goal
from tracker.stats.goals.kept import GOAL_RULES, by_meaning
from tracker.stats.goals.reached_on_days import reached_on_days
from tracker.stats.goals.visits_by_value import KEPT_BY, any_of, by_values, reached_visits
from tracker.stats.long_visits import followed
from tracker.stats.rollups.day_figures.scopes import all_tell, scope_of_days
from tracker.stats.rollups.days import Run, number_of_events
from tracker.stats.rollups.registry import RULES
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import goal_days, held_goal_visits, sealed_days
from tracker.store.seals import GoalVisits, KeptGoals, SealedDay, final_before

_DAY = timedelta(days=1)
# So many days are counted at once, or fewer that have more events than this.
_MOST_DAYS = 62
_MOST_EVENTS = 200_000


class _Left(NamedTuple):
    """Days in a row that are to be kept, of which goals, and whether the visits that reached any goal are."""

    days: list[SealedDay]
    goals: list[Goal]
    any_goal: bool


def keep_goals(store: EventStore, site: str, time_zone: ZoneInfo, goals: Sequence[Goal]) -> bool:
    """Keeps some of what is not kept yet of goals on sealed days, the newest first; False where nothing is left to keep."""
    each = by_meaning(goals)
    with store.snapshot() as snapshot:
        if not _left(snapshot, site, time_zone, each):
            return False

    def work_out(snapshot: Snapshot) -> KeptGoals | None:
        left = _left(snapshot, site, time_zone, each)
        if left is None:
            return None
        scope = scope_of_days(site, left.days[0].day, left.days[-1].day + _DAY, time_zone)
        reached = reached_on_days(snapshot, scope, left.goals) if left.goals else None
        visits = visits_of_any(snapshot, scope, goals) if left.any_goal else None
        return KeptGoals(left.days, [goal.key for goal in left.goals], GOAL_RULES, reached, visits)

    return bool(store.keep_goals(site, work_out))


def visits_of_any(snapshot: Snapshot, scope: Scope, goals: Sequence[Goal]) -> GoalVisits:
    """What is kept of the visits that reached any of the goals, of days in a row."""
    scope = followed(snapshot, scope)
    values = by_values(scope, held_goal_visits, KEPT_BY).add_columns(literal(any_of(goals)).label("goal"))
    return GoalVisits(any_of(goals), reached_visits(scope, goals), values)


def forget_other_goals(store: EventStore, site: str, goals: Sequence[Goal]) -> None:
    """Removes what is kept of goals that the site no longer has."""
    meant = {goal.meant for goal in goals} | {any_of(goals)}
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
    any_goal = any_of(goals.values())
    missing = [(SealedDay(*row), {*goals, any_goal} - kept.get(row.day, set())) for row in days]
    chosen: list[SealedDay] = []
    wanted: set[str] = set()
    for one, left in missing:
        if chosen and (not left or chosen[-1].day - one.day != _DAY or left != wanted):
            break
        if left:
            chosen.append(one)
            wanted = wanted or set(left)
    if not chosen:
        return None
    chosen = _as_many_as_suit(snapshot, site, chosen[:_MOST_DAYS])
    if not all_tell(snapshot, scope_of_days(site, chosen[-1].day, chosen[0].day + _DAY, time_zone)):
        chosen = chosen[:1]
    return _Left(chosen[::-1], [goals[meant] for meant in sorted(wanted - {any_goal})], any_goal in wanted)


def _as_many_as_suit(snapshot: Snapshot, site: str, days: list[SealedDay]) -> list[SealedDay]:
    """Of days in a row, the newest first, those that together have not too many events; one at least."""
    total = 0
    for index, one in enumerate(days):
        run: Run = (one.day, one.day + _DAY)
        total += number_of_events(snapshot, site, [run])
        if index and total > _MOST_EVENTS:
            return days[:index]
    return days
