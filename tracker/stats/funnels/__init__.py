"""Funnels: steps that a publisher hopes visitors take, and how far they get. A step is a goal, pages by a pattern, or an event.

Owns what a funnel is and how a step is written: `goal:12`, `page:/pricing*`, `event:Signup`. Their rows in the app database
are `tracker.stats.funnels.rows`, their figures `tracker.stats.funnels.figures`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.stats.goals import ANY, Goal, Kind, condition_of

if TYPE_CHECKING:
    from tracker.db.models import Funnel as FunnelRow

FEWEST_STEPS, MOST_STEPS = 2, 8
MOST_DAYS = 90


class StepKind(StrEnum):
    """What a step is. The value is stored."""

    GOAL = "goal"
    PAGE = "page"
    EVENT = "event"


@dataclass(frozen=True)
class Step:
    """A step: the key of a goal, the pattern of a page's path (ANY for every page), or an event's name or pattern."""

    kind: StepKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Funnel:
    """A funnel of a site. `days` is how long a visitor may take from the first step to the last; 0 is within one visit.

    In order, each step is later than the one before; else a visit is at a step once it has done all up to it.
    """

    number: int
    name: str
    steps: tuple[Step, ...]
    days: int = 0
    in_order: bool = True


def funnel_of(row: FunnelRow) -> Funnel:
    """Returns the funnel that is stored."""
    steps = tuple(Step(StepKind(kind), value) for kind, value in json.loads(row.steps))
    return Funnel(row.id, row.name, steps, row.days, row.in_order)


def written_steps(steps: Sequence[Step]) -> str:
    """Returns steps as they are stored."""
    return json.dumps([[step.kind, step.value] for step in steps], ensure_ascii=False)


def reached_by(steps: Sequence[Step], goals: Sequence[Goal]) -> list[Goal | None]:
    """Returns what reaches each step, as a goal; None for a goal that the site no longer has."""
    by_key = {goal.key: goal for goal in goals}
    return [by_key.get(step.value) if step.kind is StepKind.GOAL else _as_goal(step) for step in steps]


def _as_goal(step: Step) -> Goal:
    kind = Kind.PAGE if step.kind is StepKind.PAGE else Kind.EVENT
    return Goal(str(step), step.value, kind, step.value, 1, condition_of(kind, step.value))


def is_every_page(step: Step) -> bool:
    """Whether any page is this step."""
    return step == Step(StepKind.PAGE, ANY)
