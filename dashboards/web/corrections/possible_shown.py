"""Possible companies as a page lists them: the row of a report with its evidence as sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards.presentation import labels
from dashboards.translations import translate, translate_plural
from tracker.leads.possible import OFFICE_HOURS


@dataclass(frozen=True)
class PossibleRow:
    """A possible company in words; `evidence` are sentences, `points` above 0 speak for a company."""

    company: str
    domain: str | None
    place: str
    evidence: list[str]
    points: int


def possible_rows(language: str, found: pd.DataFrame) -> list[PossibleRow]:
    """The rows of tracker.leads.possible.possible_companies in their order."""
    return [_row(language, record) for record in found.to_dict("records")]


def _row(language: str, record: Mapping[Hashable, Any]) -> PossibleRow:
    domain, country = record["company_domain"], record["country"]
    return PossibleRow(
        company=str(record["company"]),
        domain=domain if isinstance(domain, str) else None,
        place=labels.country(language, country) if isinstance(country, str) else "",
        evidence=_evidence(language, record),
        points=int(str(record["points"])),
    )


def _evidence(language: str, record: Mapping[Hashable, Any]) -> list[str]:
    visits, office, desktops, visitors, days = (
        int(str(record[name])) for name in ("visits", "in_office_hours", "on_desktops", "visitors", "days")
    )
    first, end = OFFICE_HOURS
    worked = translate_plural(
        language,
        "%(office)s of %(num)s visit on weekdays between %(first)s and %(end)s",
        "%(office)s of %(num)s visits on weekdays between %(first)s and %(end)s",
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
    people = translate_plural(language, "%(num)s visitor", "%(num)s visitors", visitors)
    again = translate_plural(language, "seen on %(num)s day", "seen on %(num)s days", days)
    return [f"{worked}, {machines}", f"{people}, {again}"]
