"""The enrichment pipeline: the ordered steps from a hit to an event, or to the reason why the hit is not counted.

Pure, except that it reads geo databases. The IP address is used here and for the visitor's id, and is not stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import compress
from typing import Any, Protocol

from tracker.enrichment.clients import ClientProfile, Clients, Owner
from tracker.enrichment.company.cascade import Clues, company_of_visit, identify_company
from tracker.enrichment.company.identified import Company
from tracker.enrichment.company.self_identified import NOTHING, SelfIdentification, self_identification
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event, Whereabouts
from tracker.enrichment.events_of_hits import events_of
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.landing import Landing, landings_of
from tracker.enrichment.network.operator_list import NetworkList
from tracker.enrichment.site_rules import DEFAULT_LANGUAGE, SiteRules
from tracker.hit import Hit, WireEvent
from tracker.hit.plain import AnyHit

_USUAL_HIT = Hit(
    datetime(2026, 1, 1, tzinfo=UTC),
    "192.0.2.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    event=WireEvent(u="https://blog.example/", r="https://www.google.com/"),
)


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

    def enrich(self, hit: AnyHit, site: SiteRules) -> Event | Drop:
        """The event that a hit makes, without its visitor and visit, or why it is not counted."""
        return self.enrich_all([hit], [site])[0]

    def enrich_all(self, hits: Sequence[AnyHit], sites: Sequence[SiteRules]) -> list[Event | Drop]:
        """The same of many hits, in their order. Column by column, which takes half as long as hit by hit.

        What one of them raises is raised: whoever wants the others asks for each alone.
        """
        wires = [hit.event for hit in hits]
        landings = landings_of(wires, sites)
        refused = [
            None
            if (wire.age is None or wire.age <= self.too_old_ms)
            and landing.refusal is None
            and not site.excluded
            and not site.honours_signals
            else self._refused_unseen(hit, site, landing)
            for hit, wire, site, landing in zip(hits, wires, sites, landings, strict=True)
        ]
        return _fill_in(refused, self._enrich_seen, hits, sites, landings)

    def _refused_unseen(self, hit: AnyHit, site: SiteRules, landing: Landing) -> Drop | None:
        """Why a hit is not counted whoever sends it, if it is not."""
        age_ms = hit.event.age
        if age_ms is not None and age_ms > self.too_old_ms:
            return Drop(DropReason.TOO_OLD, f"{age_ms / 3_600_000:.0f} h")
        if site.excluded and _is_excluded(hit.ip, site.excluded):
            return Drop(DropReason.EXCLUDED_IP)
        if site.honours_signals and (signal := _objection(hit.headers)):
            return Drop(DropReason.OPTED_OUT, signal)
        return landing.refusal

    def _enrich_seen(
        self, hits: Sequence[AnyHit], sites: Sequence[SiteRules], landings: Sequence[Landing]
    ) -> list[Event | Drop]:
        """The rest of `enrich_all`, once it is known who sent the hits."""
        clients = self._clients.profiles_of(hits, sites)
        refused = [
            None
            if client.bot is None and hit.scanner is None and landing.spam is None
            else _refused_seen(hit, landing, client)
            for hit, landing, client in zip(hits, landings, clients, strict=True)
        ]
        return _fill_in(refused, self._events, hits, sites, landings, clients)

    def _events(
        self,
        hits: Sequence[AnyHit],
        sites: Sequence[SiteRules],
        landings: Sequence[Landing],
        clients: Sequence[ClientProfile],
    ) -> list[Event]:
        given = [
            self_identification(hit.event, site.link_key, hit.occurred_at_us) if hit.event.consent else NOTHING
            for hit, site in zip(hits, sites, strict=True)
        ]
        asks, owners = self._names is not None, [client.about.owner for client in clients]
        companies = [
            (
                self._company(hit.ip, owner, landing, told)
                if told is not NOTHING or (owner.company is None and (asks or landing.from_tenant))
                else owner.company
            )
            or owner.possible
            for hit, owner, landing, told in zip(hits, owners, landings, given, strict=True)
        ]
        return events_of(hits, sites, landings, clients, companies, given)

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

    def refresh_databases(self) -> bool:
        """Reloads geo databases and the operator's network list if they were replaced; returns whether they were."""
        return self._clients.refresh_databases()


def _refused_seen(hit: AnyHit, landing: Landing, client: ClientProfile) -> Drop | None:
    """Why a hit of a browser is not counted, if it is not."""
    if client.bot is not None:
        return Drop(DropReason.BOT, client.bot.name)
    return Drop(DropReason.SCANNER, hit.scanner) if hit.scanner is not None else landing.spam


def _fill_in(refused: list[Drop | None], work: Callable[..., Sequence[Any]], *columns: Sequence[Any]) -> list[Any]:
    """What is made of the rows that are not refused, with the refusals in their places."""
    if refused.count(None) == len(refused):
        return list(work(*columns))
    passed = [drop is None for drop in refused]
    made = iter(work(*(list(compress(column, passed)) for column in columns)))
    return [next(made) if drop is None else drop for drop in refused]


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
