"""Possible companies as a page lists them: the row of a report with its evidence as sentences."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from dashboards.presentation import labels
from dashboards.translations import translate, translate_plural
from tracker.leads.possible.evidence import AT_WORK, COMES_AGAIN, GOALS, VISITORS, evidence_of
from tracker.leads.possible.office_hours import OFFICE_HOURS
from tracker.stats.goals import BUILT_IN, Goal

_GOALS_SAID = 3


class Sentence(NamedTuple):
    """One piece of evidence in words; `points` above 0 speak for a company."""

    text: str
    points: int


@dataclass(frozen=True)
class PossibleRow:
    """A possible company in words, with the sum of its evidence's points."""

    company: str
    domain: str | None
    place: str
    evidence: list[Sentence]
    points: int


def possible_rows(language: str, found: pd.DataFrame) -> list[PossibleRow]:
    """The rows of tracker.leads.possible.companies.possible_companies in their order."""
    return [_row(language, record) for record in found.to_dict("records")]


def _row(language: str, record: Mapping[Hashable, Any]) -> PossibleRow:
    domain, country = record["company_domain"], record["country"]
    return PossibleRow(
        company=str(record["company"]),
        domain=domain if isinstance(domain, str) else None,
        place=labels.country(language, country) if isinstance(country, str) else "",
        evidence=[Sentence(_SAID[one.code](language, one.values), one.points) for one in evidence_of(record)],
        points=int(record["points"]),
    )


def _at_work(language: str, values: Mapping[str, Any]) -> str:
    visits, office, desktops = (int(values[name]) for name in ("visits", "in_office_hours", "on_desktops"))
    first, end = OFFICE_HOURS
    worked = translate_plural(
        language,
        "%(office)s of %(num)s visit on weekdays between %(first)s and %(end)s local time",
        "%(office)s of %(num)s visits on weekdays between %(first)s and %(end)s local time",
        visits,
        office=office,
        first=first,
        end=end,
    )
    if desktops == visits:
        machines = translate(language, "all on computers")
    elif desktops == 0:
        machines = translate(language, "none on a computer")
    else:
        machines = translate(language, "%(desktops)s on computers", desktops=desktops)
    return f"{worked}, {machines}"


def _visitors(language: str, values: Mapping[str, Any]) -> str:
    visitors, most = int(values["visitors"]), int(values["most_on_a_day"])
    people = translate_plural(language, "%(num)s visitor", "%(num)s visitors", visitors)
    return people if visitors == most else people + translate(language, ", up to %(most)s a day", most=most)


def _comes_again(language: str, values: Mapping[str, Any]) -> str:
    days, weeks = int(values["days"]), int(values["weeks"])
    if weeks > 1:
        return translate(language, "seen on %(days)s days in %(weeks)s different weeks", days=days, weeks=weeks)
    return translate_plural(language, "seen on %(num)s day", "seen on %(num)s days", days)


def _goals(language: str, values: Mapping[str, Any]) -> str:
    reached: tuple[Goal, ...] = values["goals"][:_GOALS_SAID]
    names = [translate(language, one.name) if one.key in BUILT_IN else one.name for one in reached]
    return translate(language, "goals reached: %(goals)s", goals=", ".join(names))


_SAID: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    AT_WORK: _at_work,
    VISITORS: _visitors,
    COMES_AGAIN: _comes_again,
    GOALS: _goals,
}
