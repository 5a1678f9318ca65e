"""Funnels and paths in words: their steps, what a form offers for one, and how many companies there were."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.presentation import numbers
from dashboards.translations import message, translate, translate_plural
from dashboards.web.goals.names import called
from tracker.stats.funnels import Step, StepKind, is_every_page
from tracker.stats.goals import Goal

STEP_KINDS = {StepKind.GOAL: message("Goal"), StepKind.PAGE: message("Page"), StepKind.EVENT: message("Event")}


def step_name(language: str, step: Step, goals: Sequence[Goal]) -> str:
    """What a step is called."""
    if is_every_page(step):
        return translate(language, "Any page")
    if step.kind is StepKind.GOAL:
        goal = next((one for one in goals if one.key == step.value), None)
        return translate(language, "A goal that was removed") if goal is None else called(language, goal)
    return step.value


def step_typed(language: str, step: Step, goals: Sequence[Goal]) -> str:
    """A step as somebody types it: `read_step` reads the same from it. Nothing for a goal that is gone."""
    if step.kind is StepKind.PAGE:
        return step.value
    if step.kind is StepKind.GOAL:
        goal = next((one for one in goals if one.key == step.value), None)
        return "" if goal is None else _goal_typed(language, goal, goals)
    return step.value if _reads_as_event(language, step.value, goals) else str(step)


def goal_names(language: str, goals: Sequence[Goal]) -> dict[str, str]:
    """What goals are called, by their keys."""
    return {goal.key: called(language, goal) for goal in goals}


def companies_counted(language: str, number: int) -> str:
    """How many companies there were."""
    return translate_plural(
        language, "%(count)s company", "%(count)s companies", number, count=numbers.count(language, number)
    )


def _goal_typed(language: str, goal: Goal, goals: Sequence[Goal]) -> str:
    """Its name, or where others have the same its key."""
    name = called(language, goal)
    same = [one for one in goals if called(language, one).casefold() == name.casefold()]
    plain = len(same) == 1 and ":" not in name
    return name if plain else f"goal:{goal.key}"


def _reads_as_event(language: str, name: str, goals: Sequence[Goal]) -> bool:
    known = {text.casefold() for goal in goals for text in (goal.key, goal.name, called(language, goal))}
    return name.casefold() not in known and not name.startswith(("/", "*", "http://", "https://")) and ":" not in name
