"""The goals of a site as conditions of filters, and what they are called."""

from __future__ import annotations

from dashboards.translations import translate
from tracker.db.models import Site
from tracker.stats.filters import Filter
from tracker.stats.goals import Goal, goals_of


def goal_conditions(site: Site) -> dict[str, Filter]:
    """The conditions of the site's goals, by their keys."""
    return {goal.key: goal.condition for goal in goals_of(site)}


def goal_names(language: str, site: Site) -> dict[Filter, str]:
    """What the conditions of the site's goals are called."""
    return {goal.condition: goal_name(language, goal) for goal in goals_of(site)}


def goal_name(language: str, goal: Goal) -> str:
    return translate(language, goal.name) if goal.is_built_in else goal.name
