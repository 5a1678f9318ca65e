"""Leads as lists show them: the row of a report turned into words, a badge and a link's company name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from dashboards.presentation import labels
from dashboards.presentation.companies.fit import fit_in_words
from dashboards.presentation.companies.register_facts import FactsInWords, facts_in_words
from dashboards.presentation.dates import duration
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.score_reasons import score_reason, standing_in_words
from dashboards.translations import translate
from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.leads.registers.facts import CompanyFacts


@dataclass(frozen=True)
class ReasonRow:
    """One reason for a score in words, with its points."""

    text: str
    points: int


@dataclass(frozen=True)
class LeadRow:
    """`level` is the badge: `high` from 70, `middle` from 40, `low` under it.

    `sure` is whether the company is certain; `links` whether its domain may be opened with a click, which one that a
    stranger typed may not. `first_seen` is of all time. `standing_words` says that it is new, back, rising or cooling.
    `fit` is 0 to 100, None without rules of fit; `facts` is what public registers say.
    """

    company: str
    company_id: str
    domain: str | None
    kind: str
    place: str
    score: int
    level: str
    reasons: Sequence[ReasonRow]
    why: str
    visits: int
    visitors: int
    pageviews: int
    engaged: str
    engaged_seconds: float
    first_seen: datetime
    last_seen: datetime
    sources: Sequence[str]
    pages: Sequence[str]
    method: str
    evidence: str
    confidence: float | None
    sure: bool
    links: bool
    standing: str
    standing_words: str
    fit: int | None = None
    fit_words: str = ""
    facts: FactsInWords | None = None


def level(score: int) -> str:
    return "high" if score >= 70 else "middle" if score >= 40 else "low"


def lead_rows(language: str, frame: pd.DataFrame) -> list[LeadRow]:
    """The rows of `tracker.leads.report.leads`, in their order."""
    return [_row(language, record) for record in _records(frame)]


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows with plain values, as `to_dict` has them: of the five leads of an overview that takes longer than their words."""
    columns = [values.tolist() for _, values in frame.items()]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def reasons_in_words(language: str, record: dict[Any, Any]) -> list[ReasonRow]:
    """The reasons of a row of `tracker.leads.report.leads`, the special thing first."""
    return [ReasonRow(score_reason(language, one.code, one.values), one.points) for one in record["reasons"]]


def why_in_words(reasons: Sequence[ReasonRow]) -> str:
    """The first reasons side by side, as a line of their own."""
    why = " · ".join(one.text for one in reasons[:3])
    return why[:1].upper() + why[1:]


def _row(language: str, record: dict[Any, Any]) -> LeadRow:
    reasons, fit = reasons_in_words(language, record), fit_of(record)
    return LeadRow(
        company=record["company"],
        company_id=record["company_id"],
        domain=_text(record["company_domain"]),
        kind=labels.network_kind(language, _text(record["network_kind"])),
        place=_place(language, _text(record["city"]), _text(record["country"])),
        score=int(record["score"]),
        level=level(int(record["score"])),
        reasons=reasons,
        why=why_in_words(reasons) or translate(language, "No activity in the 30 days of the score that earns points"),
        visits=int(record["visits"]),
        visitors=int(record["visitors"]),
        pageviews=int(record["pageviews"]),
        engaged=duration(language, record["engaged_seconds"]) if record["engaged_seconds"] else "–",
        engaged_seconds=float(record["engaged_seconds"]),
        first_seen=record["first_seen"],
        last_seen=record["last_seen"],
        sources=list(record["sources"]),
        pages=list(record["pages"]),
        method=labels.method(language, _text(record["method"])),
        evidence=describe_stored(language, _text(record["evidence"])),
        confidence=None if pd.isna(record["confidence"]) else float(record["confidence"]),
        sure=bool(record["sure"]),
        links=record["method"] != SELF_IDENTIFIED,
        standing=str(record["standing"] or ""),
        standing_words=standing_in_words(language, record["standing"], record["standing_values"]),
        fit=fit,
        fit_words=fit_in_words(language, fit),
        facts=facts_of(language, record),
    )


def fit_of(record: dict[Any, Any]) -> int | None:
    """The fit of a row; None without rules, or where the rows have none."""
    fit = record.get("fit")
    return None if fit is None or pd.isna(fit) else int(fit)


def facts_of(language: str, record: dict[Any, Any]) -> FactsInWords | None:
    """What registers say of a row's company; None where they have none, or the rows have no facts."""
    found = record.get("register")
    return facts_in_words(language, found) if isinstance(found, CompanyFacts) else None


def _place(language: str, city: str | None, country: str | None) -> str:
    return ", ".join(part for part in (city, labels.country(language, country) if country else None) if part)


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) or value == "" else str(value)
