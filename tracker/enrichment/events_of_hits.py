"""Makes the events of hits that are counted, column by column: a pass over all hits for each field of an event.

A hit alone is a column of one. What a field is, is said here once, and nowhere hit by hit. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat

from tracker.enrichment.clients import ClientProfile
from tracker.enrichment.company.identified import Company
from tracker.enrichment.company.self_identified import SelfIdentification
from tracker.enrichment.event import ENGAGEMENT, IDENTIFY, PAGEVIEW, Event, VisitFacts
from tracker.enrichment.event_name import event_name
from tracker.enrichment.fields import language_tag, whole
from tracker.enrichment.landing import Landing
from tracker.enrichment.properties import Scalar, as_text, read_properties
from tracker.enrichment.revenue import read_revenue
from tracker.enrichment.site_rules import SiteRules
from tracker.enrichment.text import clean_text
from tracker.hit.plain import AnyEvent, AnyHit

_MAX_ENGAGED_MS = 12 * 3600 * 1000
_MAX_TEXT = 300
_LONGEST_TITLE = 500
# Most events', for which nothing is to be cleaned.
_USUAL_NAMES: dict[str | None, str] = {PAGEVIEW: PAGEVIEW, ENGAGEMENT: ENGAGEMENT}
_USUAL_TITLE = 150
_TITLES = 6_144
_NO_PROPERTIES: Mapping[str, Scalar] = {}
_NO_REVENUE: tuple[float | None, str | None] = (None, None)


def events_of(
    hits: Sequence[AnyHit],
    sites: Sequence[SiteRules],
    landings: Sequence[Landing],
    clients: Sequence[ClientProfile],
    companies: Iterable[Company | None],
    given: Sequence[SelfIdentification],
) -> list[Event]:
    """The events of hits, without their visitors and visits; a row of each column belongs to the same hit.

    `given` is what visitors say of themselves.
    """
    wires = [hit.event for hit in hits]
    domains = [site.domain for site in sites]
    props = [read_properties(sent) if (sent := wire.properties) else _NO_PROPERTIES for wire in wires]
    names = _names(wires, props)
    money = [_NO_REVENUE if wire.revenue is None is wire.revenue_short else _revenue(wire) for wire in wires]
    nothing = repeat(0)  # the visitor's id and the visit's, and what the event adds to its visit
    # In the order of the fields, which by their names cost six times as much.
    return list(
        map(
            Event,
            domains,
            names,
            [hit.occurred_at_us for hit in hits],
            [wire.id for wire in wires],
            nothing,
            nothing,
            [
                landing.hostname or domain for landing, domain in zip(landings, domains, strict=True)
            ],  # an app may have none
            [landing.path for landing in landings],
            _titles(wires, names),
            _languages(wires, clients),
            [client.screen_width for client in clients],
            _facts(landings, clients, companies),
            nothing,
            nothing,
            nothing,
            [whole(wire.e, 0, _MAX_ENGAGED_MS) or 0 if wire.e else 0 for wire in wires],
            [None if wire.sd is None else whole(wire.sd + 0.5, 0, 100) for wire in wires],
            [amount for amount, _ in money],
            [currency for _, currency in money],
            _stored_properties(names, props, given, sites),
        )
    )


def _names(wires: Sequence[AnyEvent], props: Sequence[Mapping[str, Scalar]]) -> list[str]:
    sent = [wire.n if wire.n is not None else wire.name for wire in wires]
    usual = map(_USUAL_NAMES.get, sent)
    return [known or event_name(name, own.get("url")) for known, name, own in zip(usual, sent, props, strict=True)]


def _titles(wires: Sequence[AnyEvent], names: Sequence[str]) -> list[str | None]:
    """Of an engagement there is none: a router may have set the next page's before it leaves the one that was read."""
    sent = [wire.t if wire.t is not None else wire.title for wire in wires]
    return [
        (_kept_title(title) if len(title) <= _USUAL_TITLE else _clean_title(title))
        if title and name is not ENGAGEMENT
        else None
        for title, name in zip(sent, names, strict=True)
    ]


def _languages(wires: Sequence[AnyEvent], clients: Sequence[ClientProfile]) -> list[str | None]:
    sent = [wire.l if wire.l is not None else wire.language for wire in wires]
    tags = {language: language_tag(language) for language in set(sent) if language}
    return [tags[own] if own else client.language for own, client in zip(sent, clients, strict=True)]


def _facts(
    landings: Sequence[Landing], clients: Sequence[ClientProfile], companies: Iterable[Company | None]
) -> Iterator[VisitFacts]:
    return map(
        VisitFacts,
        [landing.attribution for landing in landings],
        [client.about.whereabouts for client in clients],
        companies,
        [client.agent for client in clients],
    )


def _revenue(wire: AnyEvent) -> tuple[float | None, str | None]:
    money = wire.revenue if wire.revenue_short is None else wire.revenue_short
    return read_revenue(money) if money else _NO_REVENUE


def _stored_properties(
    names: Sequence[str],
    props: Sequence[Mapping[str, Scalar]],
    given: Sequence[SelfIdentification],
    sites: Sequence[SiteRules],
) -> list[str | None]:
    texts = [as_text(own) if own else None for own in props]
    for row, name in enumerate(names):
        if name == IDENTIFY:
            texts[row] = as_text(given[row].shown(with_email=sites[row].keeps_emails))
    return texts


def _clean_title(given: str) -> str | None:
    return clean_text(given[:_LONGEST_TITLE])[:_MAX_TEXT] or None


_kept_title = lru_cache(maxsize=_TITLES)(_clean_title)
