"""What the forms about a site share: the time zones to choose from, and a refused value in the page's language."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from zoneinfo import available_timezones

from dashboards.presentation import labels
from dashboards.translations import translate
from dashboards.web.language import current_language
from tracker.db.invalid import Invalid


def describe_problem(problem: Invalid) -> str:
    return translate(current_language(), problem.template, **problem.values)


def time_zone_names() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


class RuleSwitch(NamedTuple):
    """A rule that detects bots, as a box to tick: its code, its name in words, and whether it holds."""

    code: str
    name: str
    holds: bool


def bot_rule_switches(holding: Collection[str]) -> list[RuleSwitch]:
    """All rules that detect bots, in the page's language; `holding` are the codes of those that hold."""
    language = current_language()
    return [RuleSwitch(code, translate(language, name), code in holding) for code, name in labels.BOT_RULES.items()]
