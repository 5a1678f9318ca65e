"""What was found (tracker.reports.advice) as sentences, and what it would take where nothing can be said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dashboards.presentation import dates, numbers
from dashboards.presentation.advice.slots import days_in_words
from dashboards.translations import message, translate, translate_plural
from tracker.reports.advice.findings import Finding, Need
from tracker.reports.advice.rereading import RECENT_WEEKS
from tracker.reports.advice.window import WEEKS


@dataclass(frozen=True)
class Said:
    """One advice: the sentence, and the visits that it rests on."""

    sentence: str
    basis: str


# A sentence for each code of a finding; the values are those of `_values`.
_SENTENCES = MappingProxyType(
    {
        "source": message(
            "Favour %(name)s: where the source is known, %(share)s of the visits of companies come from it, and %(expected)s of all visits."
        ),
        "article": message(
            "Show “%(name)s” more: %(share)s of the visits of companies begin there, and %(expected)s of all visits."
        ),
        "days_of_visitors": message(
            "Publish on %(days)s: %(share)s of the visits come then. If all days were alike, it would be %(expected)s."
        ),
        "days_of_companies": message(
            "Companies come most on %(days)s: %(share)s of their visits. If all days were alike, it would be %(expected)s."
        ),
        "days_of_network": message(
            "Post on %(name)s on %(days)s: %(share)s of the visits from there come then, and %(expected)s of all visits."
        ),
        "hours_of_visitors": message(
            "Publish shortly before %(start)s: %(share)s of the visits come from %(start)s to %(end)s. If all hours were alike, it would be %(expected)s."
        ),
        "hours_of_companies": message(
            "Companies come most from %(start)s to %(end)s: %(share)s of their visits. If all hours were alike, it would be %(expected)s."
        ),
        "hours_of_network": message(
            "Post on %(name)s shortly before %(start)s: %(share)s of the visits from there come from %(start)s to %(end)s, and %(expected)s of all visits."
        ),
        "leaving": message(
            "Give companies a next step on “%(name)s”: %(ended)s of their visits ended there, and the order of their pages explains %(expected)s."
        ),
        "reread": message(
            "Bring “%(name)s” up to date: this old article was read in %(visits)s visits in the last %(recent)s weeks, and the weeks before led to expect %(expected)s."
        ),
        "leave": message(
            "Spend your time elsewhere than on %(name)s: %(visits)s visits and no company. Other sources would have brought %(expected)s visits of companies."
        ),
        "try": message(
            "Try %(name)s: it is a network of the same kind as one that brings you companies, and hardly anybody comes from there yet."
        ),
    }
)


def said(language: str, finding: Finding, shorten: Callable[[str], str] = str) -> Said:
    """Returns an advice in words; `shorten` is applied to what others wrote, such as titles."""
    values = _values(language, finding, shorten)
    return Said(translate(language, _SENTENCES[finding.code], **values), _basis(language, finding))


def needed(language: str, needs: Sequence[Need]) -> list[str]:
    """Returns what it would take for advice, a sentence each."""
    return [_NEEDS[one.code](language, one) for one in needs]


def _values(language: str, finding: Finding, shorten: Callable[[str], str]) -> dict[str, str]:
    """The placeholders of a finding's sentence."""
    facts = finding.facts
    values = {
        "name": shorten(str(facts.get("name", ""))),
        "visits": numbers.count(language, finding.visits, compact=False),
        "recent": str(RECENT_WEEKS),
    }
    if "share" in facts:
        values["share"] = numbers.percent(language, facts["share"])
        values["expected"] = numbers.percent(language, facts["expected_share"])
    elif "expected" in facts:
        values["expected"] = numbers.count(language, round(facts["expected"]), compact=False)
    if "ended" in facts:
        values["ended"] = numbers.count(language, facts["ended"], compact=False)
    if finding.code.startswith("days"):
        values["days"] = days_in_words(language, facts["slots"])
    elif finding.code.startswith("hours"):
        values["start"], values["end"] = (
            dates.hour(language, one) for one in (facts["slots"][0], facts["slots"][-1] + 1)
        )
    return values


def _basis(language: str, finding: Finding) -> str:
    """How many visits an advice rests on, and whose."""
    whose = _BASES.get(finding.code, _based_on_visits)
    return whose(language, finding)


def _based_on_companies(language: str, finding: Finding) -> str:
    return translate_plural(
        language,
        "Based on %(count)s visit by companies in %(weeks)s weeks.",
        "Based on %(count)s visits by companies in %(weeks)s weeks.",
        finding.visits,
        count=numbers.count(language, finding.visits, compact=False),
        weeks=WEEKS,
    )


def _based_on_visits(language: str, finding: Finding) -> str:
    return translate_plural(
        language,
        "Based on %(count)s visit in %(weeks)s weeks.",
        "Based on %(count)s visits in %(weeks)s weeks.",
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


def _visits_of_companies_needed(language: str, need: Need) -> str:
    return translate_plural(
        language,
        "Advice on what brings companies takes %(needed)s visits by companies in %(weeks)s weeks; there is %(num)s so far.",
        "Advice on what brings companies takes %(needed)s visits by companies in %(weeks)s weeks; there are %(num)s so far.",
        need.has,
        needed=need.needed,
        weeks=WEEKS,
    )


def _visits_needed(language: str, need: Need) -> str:
    return translate_plural(
        language,
        "Advice on days and hours takes %(needed)s visits in %(weeks)s weeks; there is %(num)s so far.",
        "Advice on days and hours takes %(needed)s visits in %(weeks)s weeks; there are %(num)s so far.",
        need.has,
        needed=need.needed,
        weeks=WEEKS,
    )


_BASES: Mapping[str, Callable[[str, Finding], str]] = dict.fromkeys(
    ("source", "article", "days_of_companies", "hours_of_companies", "leaving"), _based_on_companies
)
_NEEDS: Mapping[str, Callable[[str, Need], str]] = {
    "companies": _companies_needed,
    "visits_of_companies": _visits_of_companies_needed,
    "visits": _visits_needed,
}
