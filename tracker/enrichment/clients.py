"""What is the same for all hits of a browser at an IP address: place, network, whose it is, which browser, whether a bot.

Pure but for the geo databases that it reads. Cached: most hits come from a browser and an IP address seen before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from tracker.enrichment.agent import NO_AGENT, Agent, parse_agent, without_builds
from tracker.enrichment.bots import Bot, Signs, detect_bot
from tracker.enrichment.company.cascade import company_of_network, possible_company
from tracker.enrichment.company.identified import Company
from tracker.enrichment.event import Whereabouts
from tracker.enrichment.fields import language_tag, whole
from tracker.enrichment.geo.databases import Databases, NetworkRecord
from tracker.enrichment.network.clouds import cloud_at
from tracker.enrichment.network.kind import Network, NetworkKind, network_of
from tracker.enrichment.network.operator_list import ListedNetwork, NetworkList
from tracker.enrichment.remembered import LONGEST_KEY, Latest
from tracker.enrichment.site_rules import SiteRules
from tracker.hit.plain import AnyHit, PlainHit

_MAX_AGENT = 1024
_WIDEST = 32_767
_LONGEST_IP = 64
_FEW_HEADERS = 4
# An address's facts take about 600 bytes.
_IPS = 32_000
# A browser takes as much again, 2 KB at most. Senders of plain hits, which most are, remember theirs themselves, and take no
# room here.
_PROFILES = 4_096
# Of 100,000 addresses at random nine in ten have the owner of one before.
_OWNERS = 8_192


class Owner(msgspec.Struct, frozen=True, gc=False):
    """Whose an IP address is: one object for all addresses of which the databases, the clouds and the list say the same."""

    record: NetworkRecord
    network: Network
    listed: ListedNetwork | None
    company: Company | None
    possible: Company | None  # where nothing else names one


class IpFacts(msgspec.Struct, frozen=True, gc=False):
    """What an IP address alone tells; cached, since most hits come from an address seen before."""

    whereabouts: Whereabouts
    owner: Owner


class ClientProfile(msgspec.Struct, frozen=True, gc=False):
    """What is the same for all hits of a browser at an IP address. A bot's user agent is not parsed; `language` is the request's."""

    about: IpFacts
    agent: Agent
    bot: Bot | None
    screen_width: int | None
    language: str | None


class _Client(msgspec.Struct, frozen=True, gc=False):
    """A browser as it was seen: with which headers, and what that tells."""

    headers: dict[str, str]
    profile: ClientProfile


class _Found(msgspec.Struct, frozen=True, gc=False):
    """What a sender was found to be at a site, by a screen's width and whether the hit had an id."""

    site: SiteRules
    width: float | None
    with_id: bool
    profile: ClientProfile


_ClientKey = tuple[str, str, float | None, bool, bool, SiteRules]
_Headers = tuple[tuple[str, str], ...]


class Clients:
    """Recognises browsers and IP addresses, with the databases that are open now."""

    def __init__(self, databases: Databases, network_list: NetworkList) -> None:
        self._databases = databases
        self._network_list = network_list
        self._facts_of_ip = lru_cache(maxsize=_IPS)(self._look_up)
        self._clients: Latest[_ClientKey | tuple[_ClientKey, _Headers], _Client] = Latest(_PROFILES, "_recognise")
        self._known = self._clients.get

    def profiles_of(self, hits: Sequence[AnyHit], sites: Sequence[SiteRules]) -> list[ClientProfile]:
        """The browsers that sent hits, in their order. The senders of plain ones remember what they were found to be."""
        return [
            found.profile
            if type(hit) is PlainHit
            and (found := hit.sender.found) is not None
            and found.site is site
            and found.width == hit.event.w
            and found.with_id is (hit.event.id is not None)
            and not hit.event.wd
            else self._profile_of(hit, site)
            for hit, site in zip(hits, sites, strict=True)
        ]

    def _profile_of(self, hit: AnyHit, site: SiteRules) -> ClientProfile:
        wire = hit.event
        width = wire.w
        if width is None:
            width = wire.screen_width
        key = (hit.ip, hit.user_agent, width, bool(wire.wd), wire.id is not None, site)
        if type(hit) is PlainHit and hit.sender.is_kept and not wire.wd:
            profile = self._recognise(hit.headers, *key)
            hit.sender.found = _Found(site, width, wire.id is not None, profile)
            return profile
        known = self._known(key)
        # Its headers are the same in nearly every request, so that they are compared and not looked up.
        is_known = known is not None and known.headers == hit.headers
        return known.profile if known is not None and is_known else self._meet(key, hit.headers)

    def _meet(self, key: _ClientKey, headers: dict[str, str]) -> ClientProfile:
        """Recognises a browser, and keeps it where strangers cannot fill the memory with it."""
        kept_as: _ClientKey | tuple[_ClientKey, _Headers] = key
        if key in self._clients:  # with other headers, as of two colleagues' who differ in their language
            kept_as = (key, tuple(headers.items()))
            known = self._known(kept_as)
            if known is not None:
                return known.profile
        ip, agent, *_ = key
        profile = self._recognise(headers, *key)
        is_kept = len(agent) <= LONGEST_KEY and len(ip) <= _LONGEST_IP and agent.isascii()
        # Of each the collector keeps what browsers send; a browser that says all of it is rare.
        if is_kept and (len(headers) <= _FEW_HEADERS or sum(map(len, headers.values())) <= LONGEST_KEY):
            self._clients.keep(kept_as, _Client(headers, profile))
        return profile

    def at_ip(self, ip: str, language: str) -> IpFacts:
        """What an IP address tells; `language` is that of the names of places."""
        return self._facts_of_ip(ip[:_LONGEST_IP], language)

    def refresh_databases(self) -> bool:
        """Takes up geo databases and the operator's network list when they were replaced since; returns whether they were.

        Senders that are kept must be forgotten then.
        """
        changed = self._databases.reload_if_changed() | self._network_list.reload_if_changed()
        if changed:
            self._facts_of_ip.cache_clear()
            self._clients.clear()
        return changed

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
        given: dict[str, str],
        ip: str,
        user_agent: str,
        screen_width: float | None,
        webdriver: bool,  # noqa: FBT001 - the cache's key is what tells client profiles apart
        has_event_id: bool,  # noqa: FBT001
        site: SiteRules,
    ) -> ClientProfile:
        about = self._facts_of_ip(ip[:_LONGEST_IP], site.language)
        agent = without_builds(user_agent[:_MAX_AGENT])
        signs = Signs(
            webdriver=webdriver,
            ip=ip,
            hosting=about.owner.network.kind is NetworkKind.HOSTING,
            with_headers=bool(given) or has_event_id,
            screen_width=screen_width,
        )
        bot = detect_bot(agent, given, signs, disabled_rules=site.disabled_rules)
        parsed = NO_AGENT if bot is not None else parse_agent(agent, given, screen_width)
        width = None if screen_width is None else whole(screen_width, 1, _WIDEST)
        return ClientProfile(about, parsed, bot, width, language_tag(given.get("accept-language", "")))


@lru_cache(maxsize=_OWNERS)
def _owner(record: NetworkRecord, cloud: str | None, listed: ListedNetwork | None) -> Owner:
    network = network_of(record, cloud, listed.kind if listed else None)
    company = company_of_network(record, network, listed)
    return Owner(record, network, listed, company, None if company else possible_company(record, network))
