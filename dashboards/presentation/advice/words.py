"""What was found (tracker.reports.advice) as sentences, and what it would take where nothing can be said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.presentation import numbers
from dashboards.translations import translate, translate_plural
from tracker.reports.advice.findings import Finding, Need
from tracker.reports.advice.window import WEEKS


@dataclass(frozen=True)
class Said:
    """One advice: the sentence, and the visits that it rests on."""

    sentence: str
    basis: str


def said(language: str, finding: Finding, shorten: Callable[[str], str] = str) -> Said:
    """Returns an advice in words; `shorten` is applied to what others wrote, such as titles."""
    facts = {**finding.facts, "name": shorten(str(finding.facts.get("name", "")))}
    return Said(_SENTENCES[finding.code](language, facts), _BASES[finding.code](language, finding))


def needed(language: str, needs: Sequence[Need]) -> list[str]:
    """Returns what it would take for advice, a sentence each."""
    return [_NEEDS[one.code](language, one) for one in needs]


def _source(language: str, values: Mapping[str, Any]) -> str:
    return translate(
        language,
        "Favour %(source)s: where the source is known, %(share)s of the visits of companies come from it, and %(expected)s of all visits.",
        source=values["name"],
        **_shares(language, values),
    )


def _article(language: str, values: Mapping[str, Any]) -> str:
    return translate(
        language,
        "Show “%(article)s” more: %(share)s of the visits of companies begin there, and %(expected)s of all visits.",
        article=values["name"],
        **_shares(language, values),
    )


def _shares(language: str, values: Mapping[str, Any]) -> dict[str, str]:
    digits = 0 if values["expected_share"] >= 0.1 else 1
    return {
        "share": numbers.percent(language, values["share"], digits),
        "expected": numbers.percent(language, values["expected_share"], digits),
    }


def _of_companies(language: str, finding: Finding) -> str:
    return translate_plural(
        language,
        "Based on %(count)s visit by companies in %(weeks)s weeks.",
        "Based on %(count)s visits by companies in %(weeks)s weeks.",
        finding.visits,
        count=numbers.count(language, finding.visits, compact=False),
        weeks=WEEKS,
    )


def _companies_needed(language: str, need: Need) -> str:
    return translate_plural(
        language,
        "Advice on what brings companies takes %(needed)s companies in %(weeks)s weeks; there is %(num)s so far.",
        "Advice on what brings companies takes %(needed)s companies in %(weeks)s weeks; there are %(num)s so far.",
        need.has,
        needed=need.needed,
        weeks=WEEKS,
    )


def _visits_needed(language: str, need: Need) -> str:
    return translate_plural(
        language,
        "Advice on what brings companies takes %(needed)s visits by companies in %(weeks)s weeks; there is %(num)s so far.",
        "Advice on what brings companies takes %(needed)s visits by companies in %(weeks)s weeks; there are %(num)s so far.",
        need.has,
        needed=need.needed,
        weeks=WEEKS,
    )


_SENTENCES: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {"source": _source, "article": _article}
_BASES: Mapping[str, Callable[[str, Finding], str]] = {"source": _of_companies, "article": _of_companies}
_NEEDS: Mapping[str, Callable[[str, Need], str]] = {
    "companies": _companies_needed,
    "visits_of_companies": _visits_needed,
}
