"""The enrichment pipeline: the ordered steps from a hit to an event, or to the reason why the hit is not counted.

Pure, except that it reads geo databases. The IP address is used here and for the visitor's id, and is not stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Protocol

from tracker.enrichment.clients import ClientProfile, Clients, Owner
from tracker.enrichment.company.cascade import Clues, company_of_visit, identify_company
from tracker.enrichment.company.identified import Company
from tracker.enrichment.company.self_identified import NOTHING, SelfIdentification, self_identification
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import ENGAGEMENT, IDENTIFY, PAGEVIEW, Event, VisitFacts, Whereabouts
from tracker.enrichment.event_name import event_name
from tracker.enrichment.fields import language_tag, whole
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.landing import Landing, landing_of_hit
from tracker.enrichment.network.operator_list import NetworkList
from tracker.enrichment.properties import Scalar, as_text, read_properties
from tracker.enrichment.revenue import read_revenue
from tracker.enrichment.site_rules import DEFAULT_LANGUAGE, SiteRules
from tracker.enrichment.text import clean_text
from tracker.hit import Hit, WireEvent

_MAX_ENGAGED_MS = 12 * 3600 * 1000
_MAX_TEXT = 300
_LONGEST_TITLE = 500
_NOT_YET = 0  # the visitor's id and the visit's
# Most events', for which nothing is to be cleaned.
_USUAL_NAMES: dict[str | None, str] = {PAGEVIEW: PAGEVIEW, ENGAGEMENT: ENGAGEMENT}
_USUAL_TITLE = 150
_USUAL_HIT = Hit(
    datetime(2026, 1, 1, tzinfo=UTC),
    "192.0.2.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    event=WireEvent(u="https://blog.example/", r="https://www.google.com/"),
)
_TITLES = 6_144
_NO_PROPERTIES: Mapping[str, Scalar] = {}


class Names(Protocol):
    """Knows the confirmed reverse names of IP addresses; never waits. `tracker.reference.dns.queue.NameQueue` is one."""

    @property
    def asked(self) -> int:
        """How many look-ups were begun so far."""

    def ask(self, ip: str) -> str | None:
        """The name if it is known now. Otherwise its look-up is started, for the next time."""


class Enricher:
    """Runs the steps over hits, with the databases that are open now."""

    def __init__(
        self,
        databases: Databases,
        *,
        too_old_ms: float = 72 * 3600 * 1000,
        names: Names | None = None,
        network_list: NetworkList | None = None,
    ) -> None:
        """`names` knows the reverse names of IP addresses; None when reverse DNS is off."""
        self._clients = Clients(databases, network_list or NetworkList(None))
        self._names = names
        self.too_old_ms = too_old_ms

    def enrich(self, hit: Hit, site: SiteRules) -> Event | Drop:
        """The event that a hit makes, without its visitor and visit, or why it is not counted."""
        wire = hit.event
        if wire.age is not None and wire.age > self.too_old_ms:
            return Drop(DropReason.TOO_OLD, f"{wire.age / 3_600_000:.0f} h")
        if site.excluded and _is_excluded(hit.ip, site.excluded):
            return Drop(DropReason.EXCLUDED_IP)
        if site.honours_signals and (signal := _objection(hit.headers)):
            return Drop(DropReason.OPTED_OUT, signal)
        landing = landing_of_hit(hit, site)
        if landing.refusal is not None:
            return landing.refusal
        client = self._clients.profile_of(hit, site)
        if client.bot is not None:
            return Drop(DropReason.BOT, client.bot.name)
        if hit.scanner is not None:
            return Drop(DropReason.SCANNER, hit.scanner)
        if landing.spam is not None:
            return landing.spam
        about, owner = client.about, client.about.owner
        given = self_identification(wire, site.link_key, hit.occurred_at_us) if wire.consent else NOTHING
        company = owner.company
        if given is not NOTHING or (company is None and (landing.from_tenant or self._names is not None)):
            company = self._company(hit.ip, owner, landing, given)
        company = company or owner.possible
        facts = VisitFacts(landing.attribution, about.whereabouts, company, client.agent)
        event = _event(hit, site, landing, client, facts)
        if event.name == IDENTIFY:
            event.props = as_text(given.shown(with_email=site.keeps_emails))
        return event

    def _company(self, ip: str, owner: Owner, landing: Landing, given: SelfIdentification) -> Company | None:
        host, silent = landing.referrer_host, not given.email and not given.company
        if silent and owner.company is not None:
            return owner.company
        if silent and self._names is None and not landing.from_tenant:
            return None
        clues = Clues(
            ip,
            owner.record,
            owner.network,
            reverse_name=lambda: self._names.ask(ip) if self._names else None,
            referrer_host=host,
            email=given.email,
            named=given.company,
            is_signed=given.is_signed,
            listed=owner.listed,
            site=landing.hostname,
        )
        return company_of_visit(clues) if silent else identify_company(clues)

    def warm_up(self) -> None:
        """Loads what the first hit would wait for otherwise: the lists of browsers, bots and networks, half a second of work."""
        self.enrich(_USUAL_HIT, SiteRules("blog.example"))

    def prefetch(self, ips: Iterable[str]) -> bool:
        """Starts the reverse DNS look-ups that hits from these IPs will need. Returns whether any name is still unknown."""
        if self._names is None:
            return False
        asked = self._names.asked
        for ip in set(ips):
            owner = self._clients.at_ip(ip, DEFAULT_LANGUAGE).owner
            if owner.company is None:
                ask = partial(self._names.ask, ip)
                company_of_visit(Clues(ip, owner.record, owner.network, reverse_name=ask, listed=owner.listed))
        return self._names.asked > asked

    def at_ip(self, ip: str, language: str) -> tuple[Whereabouts, Company | None]:
        """The place and the network of an IP address, and whose it is."""
        about = self._clients.at_ip(ip, language)
        return about.whereabouts, about.owner.company or about.owner.possible

    def refresh_databases(self) -> None:
        """Reloads geo databases and the operator's network list if they were replaced."""
        self._clients.refresh_databases()


def _event(hit: Hit, site: SiteRules, landing: Landing, client: ClientProfile, facts: VisitFacts) -> Event:
    wire = hit.event
    given, money = wire.properties, wire.revenue if wire.revenue_short is None else wire.revenue_short
    props = read_properties(given) if given else _NO_PROPERTIES
    sent = wire.n if wire.n is not None else wire.name
    name = _USUAL_NAMES.get(sent) or event_name(sent, props.get("url"))
    # Of an engagement the title is none: a router may have set the next page's before it leaves the one that was read.
    title = None if name is ENGAGEMENT else wire.t if wire.t is not None else wire.title
    language = wire.l if wire.l is not None else wire.language
    engaged_ms, depth = wire.e, wire.sd
    revenue, currency = read_revenue(money) if money else (None, None)
    # In the order of the columns: by their names they cost six times as much. What few hits have is not asked further.
    return Event(
        site.domain,
        name,
        hit.occurred_at_us,
        wire.id,
        _NOT_YET,
        _NOT_YET,
        landing.hostname or site.domain,  # an app may have no host
        landing.path,
        (_kept_title if len(title) <= _USUAL_TITLE else _clean_title)(title) if title else None,
        language_tag(language) if language else client.language,
        client.screen_width,
        facts,
        0,  # visits
        0,  # bounces
        0,  # pageviews
        whole(engaged_ms, 0, _MAX_ENGAGED_MS) or 0 if engaged_ms else 0,
        None if depth is None else whole(depth + 0.5, 0, 100),
        revenue,
        currency,
        as_text(props) if props else None,
    )


def _objection(headers: Mapping[str, str]) -> str | None:
    """The signal by which the browser objects to being tracked: Global Privacy Control, or the older Do Not Track."""
    if headers.get("sec-gpc") == "1":
        return "Global Privacy Control"
    return "Do Not Track" if headers.get("dnt") == "1" else None


def _is_excluded(ip: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        parsed: IPv4Address | IPv6Address = ip_address(ip)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _clean_title(given: str) -> str | None:
    return clean_text(given[:_LONGEST_TITLE])[:_MAX_TEXT] or None


_kept_title = lru_cache(maxsize=_TITLES)(_clean_title)
