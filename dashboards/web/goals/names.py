"""What the goals of the request's site are called, for whoever words a filter of one."""

from __future__ import annotations

from flask import g

from dashboards.presentation import numbers
from dashboards.presentation.dates import duration
from dashboards.translations import translate
from tracker.db.models import Site
from tracker.stats.goals import Goal, Kind, goals_of

# What is typed for a goal of each kind: the part of the form that asks for it.
PATTERN_NEEDS = {
    Kind.FORM: "name",
    Kind.DOWNLOAD: "part",
    Kind.EVENT: "name",
    Kind.PAGE: "path",
    Kind.LINK: "part",
    Kind.SCROLL: "percent",
    Kind.TIME: "seconds",
    Kind.REVENUE: "name",
}


def remember_goals(site: Site) -> None:
    """Remembers the goals of the site that a request is about."""
    g.goals_by_key = {goal.key: goal for goal in goals_of(site)}


def goal_name(language: str, key: str) -> str:
    """Returns what a goal of the request's site is called; the text itself where it names none by its key."""
    goals: dict[str, Goal] = g.get("goals_by_key", {})
    return called(language, goals[key]) if key in goals else key


def called(language: str, goal: Goal) -> str:
    """Returns a goal's name: the publisher's as it is, that of a built-in one in the language."""
    return translate(language, goal.name) if goal.is_built_in else goal.name


def proposed_name(language: str, kind: Kind, pattern: str) -> str:
    """Returns what to call a proposed goal of a measure, which says what was done; nothing for others, called by their pattern."""
    number, _, path = pattern.partition(" ")
    if kind is Kind.SCROLL:
        said = translate(language, "Scrolled to %(depth)s", depth=numbers.percent(language, int(number) / 100))
    elif kind is Kind.TIME:
        said = translate(language, "Read for %(time)s", time=duration(language, int(number)))
    else:
        return ""
    return f"{said} · {path}" if path else said
