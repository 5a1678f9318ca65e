"""Identifies the company behind an IP address, a host or an email address, and returns the result of each step.

The steps are the same as for a hit, but look-ups may take seconds. Nothing is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

from tracker.collector.client_ip import plain_ip
from tracker.enrichment.company.cascade import NO_REVERSE_NAME, Clues, StepResult, explain_company
from tracker.enrichment.company.evidence import Evidence, EvidenceCode, as_stored, evidence, read_stored
from tracker.enrichment.company.identified import Company
from tracker.enrichment.geo.databases import Databases, NetworkRecord, Place
from tracker.enrichment.network.kind import Network, NetworkKind, identify_network
from tracker.enrichment.network.operator_list import NetworkList
from tracker.enrichment.page.parse import parse_page
from tracker.reference.dns.lookup import Lookup, ReverseName, Unanswered
from tracker.settings import Settings
from tracker.stats.companies.tiers import SURE

_MOST_IPS = 4
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?", re.IGNORECASE)
_NO_NETWORK = Network(None, None, NetworkKind.UNKNOWN, as_stored(evidence(EvidenceCode.NO_IP)))


class LookupCode(StrEnum):
    """What a look-up reports in addition to the evidence of its steps.

    `dashboards.presentation.evidence` has the sentences.
    """

    NOT_THE_VISITOR = "not_the_visitor"
    NOT_PUBLIC = "not_public"
    EMAIL_NEEDS_CONSENT = "email_needs_consent"
    HOST_IPS = "host_ips"
    HOST_WITHOUT_IP = "host_without_ip"
    HOST_NOT_LOOKED_UP = "host_not_looked_up"
    AS_A_REFERRER = "as_a_referrer"
    NOT_CONFIRMED = "not_confirmed"
    IP_WITHOUT_NAME = "ip_without_name"
    REVERSE_DNS_OFF = "reverse_dns_off"
    REVERSE_DNS_SETTING = "reverse_dns_setting"
    NO_NETWORK_DATABASE = "no_network_database"
    NO_PLACE_DATABASE = "no_place_database"
    GEO_UPDATE = "geo_update"


class NotUnderstood(ValueError):
    """The subject is not an IP address, host or email address; the message is one line."""


class Resolver(Protocol):
    """What names are looked up with: `tracker.reference.dns.lookup.Lookup`, or a fake in tests."""

    def confirmed_name(self, ip: str) -> ReverseName: ...

    def ips(self, host: str, version: int) -> AbstractSet[IPv4Address | IPv6Address]: ...


@dataclass(frozen=True)
class ReverseDnsResult:
    """The result of reverse DNS: a confirmed name, names that do not point back, or why there is no answer."""

    host: str | None = None
    claims: Sequence[str] = ()
    problem: Evidence | None = None


@dataclass(frozen=True)
class IdentifiedIp:
    """The result for one IP address. `company` is that of the first step that finds one."""

    ip: str
    place: Place
    network: Network
    record: NetworkRecord
    name: ReverseDnsResult
    steps: Sequence[StepResult]

    @property
    def company(self) -> Company | None:
        return next((step.company for step in self.steps if step.company), None)

    @property
    def is_lead(self) -> bool:
        """Whether a visit from here would count as a lead; a possible company's would not."""
        company = self.company
        return company is not None and company.confidence >= SURE

    @property
    def reasons(self) -> list[Evidence]:
        """The evidence for the company, or why there is none."""
        company = self.company
        if company is not None:
            return [read_stored(company.evidence)]
        if not self.network.organisation:
            return [step.reason for step in self.steps]
        by_network = next(step.reason for step in self.steps if step.method == "as_organisation")
        return [evidence(LookupCode.NOT_THE_VISITOR, by_network, organisation=self.network.organisation)]


@dataclass(frozen=True)
class Identification:
    """The result for a subject. `kind` is address, host or email; `notes` say how its IP addresses were found."""

    subject: str
    kind: str
    found: Sequence[IdentifiedIp]
    notes: Sequence[Evidence]
    missing: Sequence[Evidence]


@dataclass(frozen=True)
class Sources:
    """What identification uses. `reverse_names`: whether the names of IP addresses are looked up; hosts always are."""

    databases: Databases
    resolver: Callable[[], Resolver]
    reverse_names: bool
    language: str = "en"
    network_list: NetworkList = field(default_factory=lambda: NetworkList(None))


def sources_of(settings: Settings, databases: Databases, language: str = "en") -> Sources:
    """Returns the sources that the settings name."""
    network_list = NetworkList(settings.network_list_file)
    return Sources(databases, lambda: Lookup(settings.name_server), settings.reverse_dns, language, network_list)


def identify(subject: str, sources: Sources) -> Identification:
    """Identifies an IP address, a host (or a page's URL) or an email address. Raises NotUnderstood."""
    text = subject.strip()
    ip = plain_ip(text)
    if ip is not None:
        notes = _about_range(ip)
        return _answer(text, "address", [_identify_ip(ip, sources)], notes, sources)
    if "@" in text and "/" not in text:
        return _by_email(text, sources)
    return _by_host(text, sources)


def _about_range(ip: str) -> list[Evidence]:
    parsed = ip_address(ip)
    if parsed.is_global:
        return []
    return [evidence(LookupCode.NOT_PUBLIC, ip=ip)]


def _by_email(text: str, sources: Sources) -> Identification:
    host = text.rpartition("@")[2]
    if not _is_host(host):
        raise NotUnderstood(f"{text!r} is not an email address")
    clues = Clues("", NetworkRecord(), _NO_NETWORK, email=text)
    steps = [step for step in explain_company(clues) if step.method == "given"]
    notes = [evidence(LookupCode.EMAIL_NEEDS_CONSENT)]
    found = IdentifiedIp("", Place(), _NO_NETWORK, NetworkRecord(), ReverseDnsResult(), steps)
    return _answer(text, "email", [found], notes, sources)


def _by_host(text: str, sources: Sources) -> Identification:
    host = _host_of(text)
    if host is None:
        raise NotUnderstood(f"{text[:80]!r} is not an IP address, host or email address")
    try:
        resolver = sources.resolver()
        ips = [str(one) for version in (4, 6) for one in sorted(resolver.ips(host, version), key=str)]
        note = (
            evidence(LookupCode.HOST_IPS, host=host, ips=", ".join(ips))
            if ips
            else evidence(LookupCode.HOST_WITHOUT_IP, host=host)
        )
    except Unanswered as problem:
        ips, note = [], evidence(LookupCode.HOST_NOT_LOOKED_UP, host=host, problem=str(problem))
    found = [_identify_ip(one, sources, referrer_host=host) for one in ips[:_MOST_IPS]]
    if not found:
        clues = Clues("", NetworkRecord(), _NO_NETWORK, referrer_host=host)
        found = [IdentifiedIp("", Place(), _NO_NETWORK, NetworkRecord(), ReverseDnsResult(), explain_company(clues))]
    notes = [note, evidence(LookupCode.AS_A_REFERRER, host=host)]
    return _answer(text, "host", found, notes, sources)


def _host_of(text: str) -> str | None:
    page = parse_page(text if "://" in text else f"https://{text}")
    return page.hostname if page is not None and _is_host(page.hostname) else None


def _is_host(text: str) -> bool:
    labels = text.rstrip(".").split(".")
    return (
        len(labels) > 1
        and len(text) <= 253
        and not labels[-1].isdigit()
        and all(_LABEL.fullmatch(label) for label in labels)
    )


def _identify_ip(ip: str, sources: Sources, *, referrer_host: str | None = None) -> IdentifiedIp:
    record = sources.databases.network_record(ip)
    listed = sources.network_list.at(ip)
    network = identify_network(record, ip, listed.kind if listed else None)
    name = _name_of(ip, sources)
    clues = Clues(ip, record, network, reverse_name=lambda: name.host, referrer_host=referrer_host, listed=listed)
    place = sources.databases.place(ip, sources.language)
    steps = [_with_name(step, name) for step in explain_company(clues)]
    return IdentifiedIp(ip, place, network, record, name, steps)


def _with_name(step: StepResult, name: ReverseDnsResult) -> StepResult:
    """Returns the step of reverse DNS with the reason why there is no name; other steps unchanged."""
    if step.reason != NO_REVERSE_NAME:
        return step
    if name.claims:
        return step._replace(reason=evidence(LookupCode.NOT_CONFIRMED, host=", ".join(name.claims)))
    return step._replace(reason=name.problem or evidence(LookupCode.IP_WITHOUT_NAME))


def _name_of(ip: str, sources: Sources) -> ReverseDnsResult:
    if not sources.reverse_names:
        return ReverseDnsResult(problem=evidence(LookupCode.REVERSE_DNS_OFF, evidence(LookupCode.REVERSE_DNS_SETTING)))
    try:
        found = sources.resolver().confirmed_name(ip)
    except Unanswered as problem:
        return ReverseDnsResult(problem=_as_written(problem))
    return ReverseDnsResult(found.host, found.claims)


def _answer(
    subject: str, kind: str, found: Sequence[IdentifiedIp], notes: Sequence[Evidence], sources: Sources
) -> Identification:
    missing = [_as_written(problem) for problem in sources.databases.problems]
    remedy = evidence(LookupCode.GEO_UPDATE)
    if kind != "email" and not sources.databases.knows_networks:
        missing.append(evidence(LookupCode.NO_NETWORK_DATABASE, remedy))
    if kind != "email" and not sources.databases.knows_places:
        missing.append(evidence(LookupCode.NO_PLACE_DATABASE, remedy))
    return Identification(subject, kind, found, list(notes), missing)


def _as_written(problem: object) -> Evidence:
    return evidence(EvidenceCode.TEXT, text=str(problem))
