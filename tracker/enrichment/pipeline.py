"""From a hit to an event: the ordered steps, and the reason when a hit is not counted.

Pure but for the geo databases that it reads. The IP address is used here and in the visitor's id, and is not stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from math import isfinite
from typing import NamedTuple, Protocol

import msgspec

from tracker.enrichment.agent import NO_AGENT, Agent, parse_agent, without_builds
from tracker.enrichment.bots import Bot, Signs, detect_bot
from tracker.enrichment.company.cascade import Clues, company_of_network, company_of_visit, identify_company
from tracker.enrichment.company.identified import Company
from tracker.enrichment.company.self_identified import NOTHING, SelfIdentification, self_identification
from tracker.enrichment.company.tenants import tenant_of
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import IDENTIFY, Event, VisitFacts, Whereabouts
from tracker.enrichment.event_name import event_name
from tracker.enrichment.geo.databases import Databases, NetworkRecord
from tracker.enrichment.network.clouds import cloud_at
from tracker.enrichment.network.kind import Network, NetworkKind, network_of
from tracker.enrichment.network.operator_list import ListedNetwork, NetworkList
from tracker.enrichment.page.parse import Page, parse_page
from tracker.enrichment.page.query import DEFAULT_PARAMETERS
from tracker.enrichment.properties import as_text, read_properties
from tracker.enrichment.remembered import LONGEST_KEY, is_short
from tracker.enrichment.revenue import read_revenue
from tracker.enrichment.source.attribution import Attribution, attribute, is_referrer_spam, listed_referrer
from tracker.enrichment.text import clean_text
from tracker.enrichment.text.urls import is_development_host
from tracker.enrichment.told import host_of_invalid_url
from tracker.hit import Hit

_MAX_ENGAGED_MS = 12 * 3600 * 1000
_MAX_TEXT = 300
_MAX_AGENT = 1024
_ENGAGEMENT = "engagement"
_LONGEST_TITLE = 500
_LONGEST_LANGUAGES = 64
_LONGEST_IP = 64
_FEW_HEADERS = 4
# An address's facts take about 600 bytes.
_IPS = 32_768
# A browser's take as much again, 2 KB at most, and most of it only comes back within its visit.
_PROFILES = 8_192
# Of 100,000 addresses at random nine in ten have the owner of one before.
_OWNERS = 8_192
_NOT_YET = 0  # the visitor's id and the visit's
# Of a site that says nothing else.
_LANGUAGE = "fr"


class SiteRules(NamedTuple):
    """What a site's settings say about its hits."""

    domain: str
    time_zone: str = "Europe/Paris"
    excluded: tuple[IPv4Network | IPv6Network, ...] = ()
    disabled_rules: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    language: str = _LANGUAGE
    honours_signals: bool = False
    keeps_emails: bool = False
    link_key: str = ""
    page_parameters: frozenset[str] = DEFAULT_PARAMETERS
    staging_hosts: frozenset[str] = frozenset()
    counts_development: bool = False
    excluded_referrers: frozenset[str] = frozenset()


class Owner(msgspec.Struct, frozen=True, gc=False):
    """Whose an IP address is: one object for all addresses of which the databases, the clouds and the list say the same."""

    record: NetworkRecord
    network: Network
    listed: ListedNetwork | None
    company: Company | None


class IpFacts(msgspec.Struct, frozen=True, gc=False):
    """What an IP address alone tells; cached, since most hits come from an address seen before."""

    whereabouts: Whereabouts
    owner: Owner


class ClientProfile(msgspec.Struct, frozen=True, gc=False):
    """What is the same for all hits of a browser at an IP address. A bot's user agent is not parsed."""

    about: IpFacts
    agent: Agent
    bot: Bot | None


class Names(Protocol):
    """Knows the confirmed reverse names of IP addresses; never waits. `tracker.reference.dns.queue.NameQueue` is one."""

    @property
    def asked(self) -> int:
        """How many look-ups were begun so far."""

    def ask(self, ip: str) -> str | None:
        """The name if it is known now; else it is looked up for the next time."""


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
        self._databases = databases
        self._names = names
        self._network_list = network_list or NetworkList(None)
        self.too_old_ms = too_old_ms
        self._facts_of_ip = lru_cache(maxsize=_IPS)(self._look_up)
        self._profile = lru_cache(maxsize=_PROFILES)(self._recognise)

    def enrich(self, hit: Hit, site: SiteRules) -> Event | Drop:
        """The event that a hit makes, without its visitor and visit, or why it is not counted."""
        wire = hit.event
        if wire.age is not None and wire.age > self.too_old_ms:
            return Drop(DropReason.TOO_OLD, f"{wire.age / 3_600_000:.0f} h")
        if site.excluded and _is_excluded(hit.ip, site.excluded):
            return Drop(DropReason.EXCLUDED_IP)
        if site.honours_signals and (signal := _objection(hit.headers)):
            return Drop(DropReason.OPTED_OUT, signal)
        url = wire.page_url or ""
        page = parse_page(url, keep_hash=bool(wire.h or wire.hash), parameters=site.page_parameters)
        if page is None:
            return Drop(DropReason.INVALID_URL, host_of_invalid_url(url))
        if page.hostname not in site.hosts and (elsewhere := _off_site(page, site)):
            return elsewhere
        width = wire.w if wire.w is not None else wire.screen_width
        headers = hit.headers
        is_kept = is_short(hit.user_agent) and len(hit.ip) <= _LONGEST_IP
        # Of each the collector keeps what browsers send; a browser that says all of it is rare.
        is_kept = is_kept and (len(headers) <= _FEW_HEADERS or sum(map(len, headers.values())) <= LONGEST_KEY)
        profile = (self._profile if is_kept else self._recognise)(
            hit.ip,
            hit.user_agent,
            tuple(headers.items()),
            width,
            bool(wire.wd),
            wire.id is not None,
            site.language,
            site.disabled_rules,
        )
        if profile.bot is not None:
            return Drop(DropReason.BOT, profile.bot.name)
        if hit.scanner is not None:
            return Drop(DropReason.SCANNER, hit.scanner)
        about = profile.about
        referrer = wire.r if wire.r is not None else wire.referrer
        if referrer and (spam_host := is_referrer_spam(referrer) or listed_referrer(referrer, site.excluded_referrers)):
            return Drop(DropReason.REFERRER_SPAM, spam_host)
        attribution = attribute(page, referrer, site_hosts=site.hosts)
        given = self_identification(wire, site.link_key, hit.occurred_at_us) if wire.consent else NOTHING
        company = self._company(hit.ip, about.owner, page, attribution, given)
        event = _event(hit, site, page, VisitFacts(attribution, about.whereabouts, company, profile.agent))
        if event.name == IDENTIFY:
            event.props = as_text(given.shown(with_email=site.keeps_emails))
        return event

    def _company(
        self, ip: str, owner: Owner, page: Page, attribution: Attribution, given: SelfIdentification
    ) -> Company | None:
        silent = given is NOTHING or (not given.email and not given.company)
        if silent and owner.company is not None:
            return owner.company
        host = _host_of(attribution.referrer)
        if silent and self._names is None and (host is None or tenant_of(host, page.hostname) is None):
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
            site=page.hostname,
        )
        return company_of_visit(clues) if silent else identify_company(clues)

    def prefetch(self, ips: Iterable[str]) -> bool:
        """Starts the reverse DNS look-ups that hits from these IPs will need. Returns whether any name is still unknown."""
        if self._names is None:
            return False
        asked = self._names.asked
        for ip in set(ips):
            owner = self._facts_of_ip(ip[:_LONGEST_IP], _LANGUAGE).owner
            if owner.company is None:
                ask = partial(self._names.ask, ip)
                company_of_visit(Clues(ip, owner.record, owner.network, reverse_name=ask, listed=owner.listed))
        return self._names.asked > asked

    def at_ip(self, ip: str, language: str) -> tuple[Whereabouts, Company | None]:
        """The place and the network of an IP address, and whose it is."""
        about = self._facts_of_ip(ip, language)
        return about.whereabouts, about.owner.company

    def refresh_databases(self) -> None:
        """Takes up geo databases and the operator's network list when they were replaced since."""
        if self._databases.reload_if_changed() | self._network_list.reload_if_changed():
            self._facts_of_ip.cache_clear()
            self._profile.cache_clear()

    def _look_up(self, ip: str, language: str) -> IpFacts:
        place = self._databases.place(ip, language)
        owner = _owner(self._databases.network_record(ip), cloud_at(ip), self._network_list.at(ip))
        network = owner.network
        whereabouts = Whereabouts(
            place.country, place.region, place.city, network.asn, network.organisation, str(network.kind)
        )
        return IpFacts(whereabouts, owner)

    def _recognise(
        self,
        ip: str,
        user_agent: str,
        headers: tuple[tuple[str, str], ...],
        screen_width: float | None,
        webdriver: bool,  # noqa: FBT001 - the cache's key is what tells client profiles apart
        has_event_id: bool,  # noqa: FBT001
        language: str,
        disabled_rules: frozenset[str],
    ) -> ClientProfile:
        about, given = self._facts_of_ip(ip[:_LONGEST_IP], language), dict(headers)
        agent = without_builds(user_agent[:_MAX_AGENT])
        signs = Signs(
            webdriver=webdriver,
            ip=ip,
            hosting=about.owner.network.kind is NetworkKind.HOSTING,
            with_headers=bool(headers) or has_event_id,
            screen_width=screen_width,
        )
        bot = detect_bot(agent, given, signs, disabled_rules=disabled_rules)
        return ClientProfile(about, NO_AGENT if bot is not None else parse_agent(agent, given, screen_width), bot)


@lru_cache(maxsize=_OWNERS)
def _owner(record: NetworkRecord, cloud: str | None, listed: ListedNetwork | None) -> Owner:
    network = network_of(record, cloud, listed.kind if listed else None)
    return Owner(record, network, listed, company_of_network(record, network, listed))


def _event(hit: Hit, site: SiteRules, page: Page, facts: VisitFacts) -> Event:
    wire = hit.event
    given, money = wire.properties, wire.revenue if wire.revenue_short is None else wire.revenue_short
    # Of an engagement the title is none: a router may have set the next page's before it leaves the one that was read.
    title, language = (
        None if wire.event_name == _ENGAGEMENT else wire.t if wire.t is not None else wire.title,
        wire.l if wire.l is not None else wire.language,
    )
    width, engaged_ms, depth = wire.w if wire.w is not None else wire.screen_width, wire.e, wire.sd
    props = read_properties(given) if given else {}
    revenue, currency = read_revenue(money) if money else (None, None)
    # In the order of the columns: by their names they cost six times as much. What few hits have is not asked further.
    return Event(
        site.domain,
        event_name(wire.event_name, props.get("url")),
        hit.occurred_at_us,
        wire.id,
        _NOT_YET,
        _NOT_YET,
        page.hostname or site.domain,  # an app may have no host
        page.path,
        _text(title[:_LONGEST_TITLE]) if title else None,
        _language_tag((language or hit.headers.get("accept-language", ""))[:_LONGEST_LANGUAGES]),
        None if width is None else _whole(width, 1, 32_767),
        facts,
        0,  # visits
        0,  # bounces
        0,  # pageviews
        0 if engaged_ms is None else _whole(engaged_ms, 0, _MAX_ENGAGED_MS) or 0,
        None if depth is None else _whole(depth + 0.5, 0, 100),
        revenue,
        currency,
        as_text(props) if props else None,
    )


def _off_site(page: Page, site: SiteRules) -> Drop | None:
    """Why a page that is on none of the site's own hosts is not counted, if it is not."""
    if site.staging_hosts and _is_listed(page.hostname, site.staging_hosts):
        return Drop(DropReason.STAGING_HOST, page.hostname)
    if site.counts_development:
        return None
    if page.is_file:
        return Drop(DropReason.DEVELOPMENT_HOST, "file:")
    return (
        Drop(DropReason.DEVELOPMENT_HOST, page.hostname) if page.is_web and is_development_host(page.hostname) else None
    )


def _is_listed(host: str, hosts: Collection[str]) -> bool:
    """Whether hosts name one, or by `*.` one above it."""
    labels = host.split(".")
    return host in hosts or any(f"*.{'.'.join(labels[place:])}" in hosts for place in range(1, len(labels)))


def _host_of(url: str | None) -> str | None:
    return url.split("/", 3)[2] if url and "//" in url else None


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


@lru_cache(maxsize=2048)
def _text(value: str) -> str | None:
    return clean_text(value)[:_MAX_TEXT] or None


@lru_cache(maxsize=4096)
def _language_tag(value: str) -> str | None:
    tag = value.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].strip().replace("_", "-")
    if not tag or not tag.replace("-", "").isalnum() or len(tag) > 35:
        return None
    primary, _, rest = tag.partition("-")
    return primary.lower() + (f"-{rest}" if rest else "")


def _whole(value: float, least: int, most: int) -> int | None:
    """The number within its bounds; none for what is no number (JSON lets 1e999 through as infinity)."""
    if least <= value <= most:
        return int(value)
    if not isfinite(value):
        return None
    return min(max(int(value), least), most)
