"""How far people came in steps, as far as the first and the last moment of each step tell. The database works it out.

That is nearly everybody: who did a step only before the one that precedes it is no further, and whose last time at a step
is later than the latest moment at which the one before can have been done is. Whoever remains is *undecided*, and all of
their moments must be looked at (`tracker.stats.funnels.furthest`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)

from tracker.stats.funnels.done import does
from tracker.store import functions

_SECOND = timedelta(seconds=1)


def how_far(done: FromClause, key: Sequence[str], number: int, *, days: int, in_order: bool) -> Subquery:
    """A subquery of each `key` of the rows of `Done.all_steps`: `furthest`, `undecided`, `rows` and `lasts`.

    `furthest` is how many of the `number` steps they came, at least that many where they are undecided. In order, each
    step is later than the one before; all of them must lie within `days`, where these are not 0.
    """
    people = _people(done, key, number, days)
    return _in_order(people, key, number) if in_order else _in_any_order(people, key, number)


def _people(done: FromClause, key: Sequence[str], number: int, days: int) -> Subquery:
    """The first and the last moment of each step, and whether the steps lie so far apart that the days are asked."""
    moment, first, last = done.c.occurred_at, func.min, func.max
    extremes: list[ColumnElement[Any]] = []
    for step in range(number):
        is_one = does(done, step)
        extremes += [
            first(moment).filter(is_one).label(f"first_{step}"),
            last(moment).filter(is_one).label(f"last_{step}"),
        ]
    return (
        select(
            *(done.c[name] for name in key),
            func.count().label("rows"),
            func.max(cast(done.c.lasts, Integer)).label("lasts"),
            _are_far_apart(moment, days).label("far_apart"),
            *extremes,
        )
        .group_by(*(done.c[name] for name in key))
        .subquery("people")
    )


def _are_far_apart(moment: ColumnElement[Any], days: int) -> ColumnElement[bool]:
    if not days:
        return literal(False)
    between = functions.epoch_seconds(func.max(moment)) - functions.epoch_seconds(func.min(moment))
    # Floating point is no judge of the last moment: whoever is near the limit is undecided.
    return between > (timedelta(days=days) - _SECOND).total_seconds()


def _in_any_order(people: Subquery, key: Sequence[str], number: int) -> Subquery:
    undone = [(people.c[f"first_{step}"].is_(None), step) for step in range(number)]
    found = select(people, case(*undone, else_=number).label("did")).subquery("found")
    is_open = and_(found.c.far_apart, found.c.did > 1)
    furthest = case((is_open, 1), else_=found.c.did).label("furthest")
    facts = [found.c[name] for name in (*key, "rows", "lasts")]
    return select(*facts, furthest, is_open.label("undecided")).subquery("came")


def _in_order(people: Subquery, key: Sequence[str], number: int) -> Subquery:
    """Step by step: the moment at which the steps so far can first have been done lies from `early` to `late`."""
    facts = (*key, "rows", "lasts", "far_apart")
    begun = people.c.first_0
    now = select(
        people,
        begun.label("early"),
        begun.label("late"),
        case((begun.is_(None), 0), else_=1).label("furthest"),
        false().label("undecided"),
    ).subquery("at_0")
    for step in range(1, number):
        first, last, here = now.c[f"first_{step}"], now.c[f"last_{step}"], now.c.furthest == step
        goes_on = and_(here, last > now.c.late, ~now.c.far_apart)
        may_go_on = and_(here, last > now.c.early, or_(last <= now.c.late, now.c.far_apart))
        all_later = first > now.c.late
        rest = [now.c[f"{end}_{later}"] for later in range(step + 1, number) for end in ("first", "last")]
        now = select(
            *(now.c[name] for name in facts),
            *rest,
            case((all_later, first), (first > now.c.early, first), else_=now.c.early).label("early"),
            case((all_later, first), else_=last).label("late"),
            case((goes_on, step + 1), else_=now.c.furthest).label("furthest"),
            or_(now.c.undecided, func.coalesce(may_go_on, false())).label("undecided"),
        ).subquery(f"at_{step}")
    return now
