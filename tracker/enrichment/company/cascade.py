"""Which organisation a hit comes from: a cascade of steps, each with its method, evidence and confidence.

Pure. A provider's name is never returned: the steps that use the network check its kind first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tracker.enrichment.company.email_domain import domain_of_email
from tracker.enrichment.company.evidence import Evidence, EvidenceCode, as_stored, evidence, read_stored
from tracker.enrichment.company.hostname import is_of_network_owner, judge_reverse_name, name_of_domain, split_host
from tracker.enrichment.company.identified import Company
from tracker.enrichment.company.tenants import tenant_of
from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.enrichment.geo.databases import NetworkRecord
from tracker.enrichment.network.kind import LEAD_KINDS, Network, NetworkKind, is_shared
from tracker.enrichment.network.operator_list import ListedNetwork
from tracker.enrichment.organisation.display_name import clean_organisation_name
from tracker.enrichment.organisation.known import known_organisation
from tracker.enrichment.organisation.name_tokens import tokens_of
from tracker.enrichment.text import clean_text

_MAX_NAMED = 100
# A name that anybody can type is believed once the publisher has confirmed it.
UNPROVEN = 0.4
# The owner of a network whose name leaves its kind open: a company to look at, and no lead yet.
POSSIBLE = 0.3
# Text that asks to open, write or call something is not a company's name.
_NOT_A_NAME = re.compile(r"://|www\.|@|\S\.\S+/|(?:\d[\s().-]*){7}", re.IGNORECASE)

# Where a company may have a line of its own under somebody else's network.
_NAMED_LINES = frozenset({NetworkKind.ISP, NetworkKind.HOSTING, NetworkKind.INFRASTRUCTURE, NetworkKind.UNKNOWN})

_NAMED = as_stored(evidence(EvidenceCode.NAMED_BY_VISITOR))
_NAMED_BY_LINK = as_stored(evidence(EvidenceCode.NAMED_BY_LINK))

# The reasons of steps that find nobody.
NO_REVERSE_NAME = evidence(EvidenceCode.NO_REVERSE_NAME)
_NOT_LISTED = evidence(EvidenceCode.NOT_LISTED)
_NO_EMAIL = evidence(EvidenceCode.NO_EMAIL)
_NO_NAME_GIVEN = evidence(EvidenceCode.NO_NAME_GIVEN)
_NO_COMPANY_DATABASE = evidence(EvidenceCode.NO_COMPANY_DATABASE)
_NOT_A_DATABASE_NAME = evidence(EvidenceCode.NOT_A_DATABASE_NAME)
_NO_NETWORK_OWNER = evidence(EvidenceCode.NO_NETWORK_OWNER)
_NO_POSSIBLE_OWNER = evidence(EvidenceCode.NO_POSSIBLE_OWNER)
_NOT_A_NETWORK_NAME = evidence(EvidenceCode.NOT_A_NETWORK_NAME)
_NAME_NOT_ASKED = evidence(EvidenceCode.NAME_NOT_ASKED)
_NETWORK_OWNER_DOMAIN = evidence(EvidenceCode.NETWORK_OWNER_DOMAIN)
_NO_REFERRER = evidence(EvidenceCode.NO_REFERRER)
_NOT_A_WORKSPACE = evidence(EvidenceCode.NOT_A_WORKSPACE)
_SHARED = evidence(EvidenceCode.SHARED_NETWORK)

# Why a network of a kind names nobody who reads.
_NO_LEAD = {
    NetworkKind.ISP: evidence(EvidenceCode.ISP_NETWORK),
    NetworkKind.MOBILE: evidence(EvidenceCode.MOBILE_NETWORK),
    NetworkKind.HOSTING: evidence(EvidenceCode.HOSTING_NETWORK),
    NetworkKind.VPN: evidence(EvidenceCode.VPN_NETWORK),
    NetworkKind.CONTENT: evidence(EvidenceCode.CONTENT_NETWORK),
    NetworkKind.INFRASTRUCTURE: evidence(EvidenceCode.INFRASTRUCTURE_NETWORK),
    NetworkKind.UNKNOWN: evidence(EvidenceCode.UNKNOWN_NETWORK),
}


class Clues(msgspec.Struct, frozen=True, gc=False):
    """The input of the steps.

    `reverse_name` returns the confirmed name of the IP address if it is known; it must not wait.

    `listed` is the operator's own entry for the IP address; `email` and `named` are the visitor's own, given with
    consent, or the publisher's where `is_signed`; `site` is the host of the page that was read.
    """

    ip: str
    record: NetworkRecord
    network: Network
    reverse_name: Callable[[], str | None] = lambda: None
    referrer_host: str | None = None
    email: str | None = None
    named: str | None = None
    is_signed: bool = False
    listed: ListedNetwork | None = None
    site: str | None = None


class StepResult(NamedTuple):
    """One step of the cascade: the company that it finds, or why it finds none."""

    method: str
    company: Company | None
    reason: Evidence


# A step returns a company, or the reason why there is none: a constant, so that it costs a hit nothing.
Step = Callable[[Clues], Company | Evidence]


def identify_company(clues: Clues) -> Company | None:
    """The organisation behind a hit, or None when nothing names one."""
    return _first(STEPS, clues)


def company_of_network(record: NetworkRecord, network: Network, listed: ListedNetwork | None) -> Company | None:
    """What the network alone says, for a visitor who says nothing: the same for all its IP addresses, so it can be kept."""
    return _first(_BY_NETWORK, Clues("", record, network, listed=listed))


def company_of_visit(clues: Clues) -> Company | None:
    """The remaining steps, for a visitor who says nothing and a network that names nobody."""
    return _first(_BY_VISIT, clues)


def _first(steps: tuple[tuple[str, Step], ...], clues: Clues) -> Company | None:
    for _, step in steps:
        found = step(clues)
        if isinstance(found, Company):
            return found
    return None


def explain_company(clues: Clues) -> list[StepResult]:
    """The result of each step, in order; the first company is the answer."""
    answers = ((method, step(clues)) for method, step in STEPS)
    return [
        StepResult(found.method, found, read_stored(found.evidence))
        if isinstance(found, Company)
        else StepResult(method, None, found)
        for method, found in answers
    ]


def by_email(clues: Clues) -> Company | Evidence:
    """The company at whose domain the visitor's email address is, or that the publisher's own link names.

        A name given with an email address is kept where it fits the email's domain. Otherwise anybody could have typed it,
        and
    the domain's own name is used.
    """
    name = _named(clues.named) if clues.named else ""
    domain, reason = domain_of_email(clues.email) if clues.email else (None, _NO_EMAIL)
    if domain is not None:
        fits = clues.is_signed or is_name_of_domain(name, domain)
        return Company(
            name if name and fits else name_of_domain(domain), domain, SELF_IDENTIFIED, as_stored(reason), 0.95
        )
    return Company(name, None, SELF_IDENTIFIED, _NAMED_BY_LINK, 0.9) if name and clues.is_signed else reason


def by_name(clues: Clues) -> Company | Evidence:
    """The company that the visitor named without proof: the last step, below the confidence of a lead."""
    name = _named(clues.named) if clues.named else ""
    return Company(name, None, SELF_IDENTIFIED, _NAMED, UNPROVEN) if name else _NO_NAME_GIVEN


def _named(text: str) -> str:
    """The company's name that somebody typed; empty when it is none."""
    plain = clean_text(text, _MAX_NAMED)
    return "" if _NOT_A_NAME.search(plain) else clean_organisation_name(plain)


def is_name_of_domain(name: str, domain: str) -> bool:
    """Whether a company's name and a domain say the same: by letters, by initials, or since both are known."""
    words = tokens_of(name)
    label, letters = "".join(tokens_of(split_host(domain).domain)), "".join(words)
    if min(len(label), len(letters)) >= 3 and (label in letters or letters in label):
        return True
    known = known_organisation(name)
    return label == "".join(word[0] for word in words) or (known is not None and known.domain == domain)


def by_network_list(clues: Clues) -> Company | Evidence:
    """The company that the operator's own network list names for the IP address."""
    listed = clues.listed
    if listed is None:
        return _NOT_LISTED
    if clues.network.kind not in LEAD_KINDS:
        return evidence(EvidenceCode.LISTED_KIND, network=listed.network, kind=clues.network.kind)
    found = as_stored(evidence(EvidenceCode.LISTED_NETWORK, network=listed.network))
    return Company(listed.company, listed.domain, "own_list", found, 1.0)


def by_company_database(clues: Clues) -> Company | Evidence:
    """The organisation that uses the IP address by a database that the operator has: MaxMind's, IPinfo's or ipapi's."""
    record, network = clues.record, clues.network
    organisation = record.isp_organisation or record.company
    if not organisation:
        return _NO_COMPANY_DATABASE
    if network.kind not in LEAD_KINDS:
        return _NO_LEAD[network.kind]
    method, database = ("isp", "maxmind") if record.isp_organisation else ("company_database", "company")
    name = clean_organisation_name(organisation)
    if not name:
        return _NOT_A_DATABASE_NAME
    domain = record.domain if record.isp_organisation else record.company_domain
    found = evidence(
        EvidenceCode.DATABASE_OWNER, read_stored(network.evidence), database=database, organisation=organisation
    )
    return Company(name, domain or _known_domain(name), method, as_stored(found), 0.85)


def by_network(clues: Clues) -> Company | Evidence:
    """The organisation that runs the network, unless it is a provider."""
    record, network = clues.record, clues.network
    if not network.organisation:
        return _NO_NETWORK_OWNER
    if network.kind not in LEAD_KINDS:
        return _NO_LEAD[network.kind]
    if network.kind is NetworkKind.EDUCATION and is_shared(network.organisation, network.asn):
        return _SHARED
    return _owner_as_company(record, network, network.organisation, 0.75)


def by_open_network(clues: Clues) -> Company | Evidence:
    """The organisation that runs a network whose kind is open, where its name speaks for a company: the very last step."""
    network = clues.network
    if not network.organisation or not network.may_be_company:
        return _NO_POSSIBLE_OWNER
    return _owner_as_company(clues.record, network, network.organisation, POSSIBLE)


def possible_company(record: NetworkRecord, network: Network) -> Company | None:
    """What an open network says where no other step names a company: the same for all its IP addresses."""
    found = by_open_network(Clues("", record, network))
    return found if isinstance(found, Company) else None


def _owner_as_company(
    record: NetworkRecord, network: Network, organisation: str, confidence: float
) -> Company | Evidence:
    name = clean_organisation_name(organisation)
    if not name:
        return _NOT_A_NETWORK_NAME
    domain = record.domain or record.as_domain or _known_domain(name)
    return Company(name, domain, "as_organisation", as_stored(_owner(network, organisation)), confidence)


def _owner(network: Network, organisation: str) -> Evidence:
    kind = read_stored(network.evidence)
    if network.asn:
        return evidence(EvidenceCode.AS_OWNER, kind, asn=network.asn, organisation=organisation)
    return evidence(EvidenceCode.NETWORK_OWNER, kind, organisation=organisation)


def _known_domain(name: str) -> str | None:
    known = known_organisation(name)
    return known.domain if known else None


def by_reverse_name(clues: Clues) -> Company | Evidence:
    """The company whose domain the reverse name of the IP address is under; `tracker.enrichment.company.hostname` says which do."""
    network = clues.network
    shared = network.kind is NetworkKind.EDUCATION and is_shared(network.organisation or "", network.asn)
    if network.kind not in _NAMED_LINES and not shared:
        return _NAME_NOT_ASKED
    host = clues.reverse_name()
    if host is None:
        return NO_REVERSE_NAME
    judged = judge_reverse_name(host, clues.ip)
    if judged.domain is None:
        return judged.refused or NO_REVERSE_NAME
    if is_of_network_owner(judged.domain, network.organisation):
        return _NETWORK_OWNER_DOMAIN
    # A machine in a data centre may be a company's gateway, or a program that somebody runs there.
    confidence = 0.45 if network.kind is NetworkKind.HOSTING else 0.65
    found = as_stored(evidence(EvidenceCode.REVERSE_NAME, domain=judged.domain))
    return Company(name_of_domain(judged.domain), judged.domain, "reverse_dns", found, confidence)


def by_tenant(clues: Clues) -> Company | Evidence:
    """The company whose workspace or inner host the visitor came from; `tracker.enrichment.company.tenants` says which are."""
    host = clues.referrer_host
    if not host:
        return _NO_REFERRER
    tenant = tenant_of(host, clues.site)
    if tenant is None:
        return _NOT_A_WORKSPACE
    known = known_organisation(tenant.name)
    name, domain = (known.name, tenant.domain or known.domain) if known else (tenant.name, tenant.domain)
    found = as_stored(evidence(EvidenceCode.REFERRER, host=host))
    return Company(name, domain, "tenant_referrer", found, 0.6 if tenant.domain else 0.5)


# The steps from the most to the least reliable, each with its method.
STEPS: tuple[tuple[str, Step], ...] = (
    ("own_list", by_network_list),
    (SELF_IDENTIFIED, by_email),
    ("company_database", by_company_database),
    ("as_organisation", by_network),
    ("reverse_dns", by_reverse_name),
    ("tenant_referrer", by_tenant),
    (SELF_IDENTIFIED, by_name),
    ("as_organisation", by_open_network),
)
_BY_VISIT = tuple((method, step) for method, step in STEPS if step in (by_reverse_name, by_tenant))
_BY_NETWORK = tuple(
    (method, step)
    for method, step in STEPS
    if step not in (by_email, by_name, by_reverse_name, by_tenant, by_open_network)
)
