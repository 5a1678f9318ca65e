"""How each fact about a company is known, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from dashboards.presentation import labels
from dashboards.presentation.dates import day
from dashboards.presentation.evidence import describe_stored
from dashboards.presentation.lead_rows import LeadRow
from dashboards.translations import message, translate, translate_plural
from tracker.leads.one_company.facts import Identification, Place

_OTHER_PLACES = 3
_OTHER_WAYS = 5
# From what a domain is known, by the method that found the company.
_DOMAINS = {
    "own_list": message("your own list of networks"),
    "given": message("the email address that the visitor gave"),
    "reverse_dns": message("the IP address’s host name, which points back to it"),
    "as_organisation": message("the network database, or the list of well-known organisations"),
    "isp": message("the company database, or the list of well-known organisations"),
    "company_database": message("the company database, or the list of well-known organisations"),
    "tenant_referrer": message("the company’s workspace (referral site)"),
}
_LISTED = message("the list of well-known organisations")


@dataclass(frozen=True)
class KnownFact:
    """A fact's label and value, and how it is known."""

    label: str
    value: str
    how: str


def known_facts(
    language: str, lead: LeadRow, ways: Sequence[Identification], places: Sequence[Place]
) -> list[KnownFact]:
    """The facts at the head of a company's page that a person may doubt."""
    facts = []
    by_domain = next((one for one in ways if one.domain and one.domain == lead.domain), None)
    if lead.domain and by_domain:
        how = translate(language, _DOMAINS.get(by_domain.method or "", _LISTED))
        facts.append(KnownFact(translate(language, "Domain"), lead.domain, how))
    if of_kinds := [one for one in ways if labels.network_kind(language, one.kind) == lead.kind]:
        how = translate_plural(
            language,
            "the type of network of %(num)s visit",
            "the type of network of %(num)s visits",
            sum(one.visits for one in of_kinds),
        )
        facts.append(KnownFact(translate(language, "Type"), lead.kind, how))
    if places:
        facts.append(_place(language, lead, places))
    return facts


def _place(language: str, lead: LeadRow, places: Sequence[Place]) -> KnownFact:
    named = [(place_in_words(language, one), one.visits) for one in places]
    here = sum(visits for words, visits in named if words == lead.place)
    how = translate_plural(
        language,
        "by the IP addresses of %(here)s of %(num)s visit, which are deleted afterwards",
        "by the IP addresses of %(here)s of %(num)s visits, which are deleted afterwards",
        sum(one.visits for one in places),
        here=here,
    )
    others = [f"{words} ({visits})" for words, visits in named if words != lead.place]
    if others:
        more = [*others[:_OTHER_PLACES], *(["…"] if len(others) > _OTHER_PLACES else [])]
        how += ". " + translate(language, "Others: %(places)s", places=", ".join(more))
    return KnownFact(translate(language, "Place"), lead.place, how)


def place_in_words(language: str, place: Place) -> str:
    country = labels.country(language, place.country) if place.country else None
    return ", ".join(filter(None, (place.city, country)))


def other_ways(language: str, ways: Sequence[Identification], zone: ZoneInfo) -> list[str]:
    """The ways of identification beside the first, a sentence each: method, evidence, visits and when last."""
    united: dict[tuple[str | None, str | None], Identification] = {}
    for one in ways:
        said = united.setdefault((one.method, one.evidence), one)
        if said is not one:
            visits, last_at = said.visits + one.visits, max(said.last_at, one.last_at)
            united[one.method, one.evidence] = said._replace(visits=visits, last_at=last_at)
    return [
        f"{labels.method(language, one.method)}{_colon(language)}{describe_stored(language, one.evidence) or '–'} · {_visits(language, one, zone)}"
        for one in [*united.values()][1 : _OTHER_WAYS + 1]
    ]


def who_said_so(language: str, ways: Sequence[Identification], zone: ZoneInfo) -> list[str]:
    """The people who identified themselves with consent, by what they gave: how many, and how often they came."""
    return [
        translate_plural(language, "%(num)s person", "%(num)s people", one.visitors)
        + f"{_colon(language)}{describe_stored(language, one.evidence)} · {_visits(language, one, zone)}"
        for one in ways
        if one.said_so
    ]


def _visits(language: str, one: Identification, zone: ZoneInfo) -> str:
    number = translate_plural(language, "%(num)s visit", "%(num)s visits", one.visits)
    last = day(language, one.last_at.replace(tzinfo=UTC).astimezone(zone).date(), weekday=False)
    return f"{number} · " + translate(language, "last visit: %(day)s", day=last)


def _colon(language: str) -> str:
    return "\u00a0: " if language == "fr" else ": "
