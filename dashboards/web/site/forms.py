"""What the forms about a site share: the time zones to choose from, and a refused value in the page's language."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from flask import g
from markupsafe import Markup

from dashboards.presentation import labels, numbers
from dashboards.translations import translate
from dashboards.web.language import current_language
from tracker.db.invalid import Invalid
from tracker.sites.site_settings import time_zones


def describe_problem(problem: Invalid) -> str:
    """The sentence in the page's language; the page that is rendered next leads to the field that it is about."""
    g.invalid_field = problem.field
    language = current_language()
    values = {
        name: numbers.count(language, value, compact=False) if isinstance(value, int) else value
        for name, value in problem.values.items()
    }
    return translate(language, problem.template, **values)


def invalid_field() -> str | None:
    """The field of the form whose value was refused in this request, where it is known."""
    field: str | None = g.get("invalid_field")
    return field


def mark(name: str, *, first: bool = False) -> Markup:
    """The attributes of a form's field that was refused: focused, and described by its problem.

    `first` is whether the field has the focus of a form where none was refused.
    """
    if invalid_field() == name:
        return Markup('aria-invalid="true" aria-describedby="problem" autofocus')
    return Markup("autofocus") if first and invalid_field() is None else Markup()


def time_zone_names() -> list[str]:
    """Those that a site may have, by name: places, and UTC."""
    places = sorted(name for name in time_zones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [*places, "Etc/UTC"]


class RuleSwitch(NamedTuple):
    """A rule that detects bots, as a checkbox: its code, its name, and whether it is on."""

    code: str
    name: str
    holds: bool


def bot_rule_switches(holding: Collection[str]) -> list[RuleSwitch]:
    """Returns all rules that detect bots, in the page's language. `holding` are the codes of the rules that are on."""
    language = current_language()
    return [RuleSwitch(code, translate(language, name), code in holding) for code, name in labels.BOT_RULES.items()]
