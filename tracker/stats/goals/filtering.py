"""Filters of goals, as events are asked: each goal in the place of its key or name.

A goal that is not there, such as one that was removed since, is reached by no event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tracker.stats.dimensions import Dimension
from tracker.stats.filters import And, AtLeast, Comparison, Filter, HasDone, Not, Or
from tracker.stats.goals import Goal


def with_goals(filters: tuple[Filter, ...], goals: Sequence[Goal]) -> tuple[Filter, ...]:
    """Returns the filters with each comparison of goals as one of the events that reach them."""
    return tuple(_with_goals(one, goals) for one in filters)


def _with_goals(one: Filter, goals: Sequence[Goal]) -> Filter:
    match one:
        case Comparison(Dimension.GOAL):
            return _reached(one, goals)
        case Comparison() | AtLeast():
            return one
        case And(parts):
            return And(tuple(_with_goals(part, goals) for part in parts))
        case Or(parts):
            return Or(tuple(_with_goals(part, goals) for part in parts))
        case Not(part):
            return Not(_with_goals(part, goals))
        case HasDone(condition):
            return replace(one, condition=_with_goals(condition, goals))


def _reached(one: Comparison, goals: Sequence[Goal]) -> Filter:
    named = tuple(goal.condition for goal in goals if _is_meant(one.contrary if one.is_negative else one, goal))
    found = named[0] if len(named) == 1 else Or(named)
    return Not(found) if one.is_negative else found


def _is_meant(one: Comparison, goal: Goal) -> bool:
    if one.operator == "is":
        return goal.key in one.values or goal.name in one.values
    if one.operator == "contains":
        return any(value.casefold() in goal.name.casefold() for value in one.values)
    patterns = (".*".join(map(re.escape, value.split("*"))) for value in one.values)
    return any(re.fullmatch(pattern, goal.name, re.DOTALL) for pattern in patterns)
