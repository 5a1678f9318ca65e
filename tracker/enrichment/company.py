"""Which organisation a hit comes from: a cascade of steps, each with its method, evidence and confidence.

Pure. A provider's name is never given: the steps that go by the network look at its kind first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from tracker.enrichment.event import GIVEN
from tracker.enrichment.geo import NetworkRecord
from tracker.enrichment.given_email import domain_of_email
from tracker.enrichment.network import LEAD_KINDS, Network, NetworkKind
from tracker.enrichment.reverse_names import is_of_network_owner, judge_reverse_name, name_of_domain


class Company(NamedTuple):
    """An organisation with how it was recognised; `confidence` is 0–1."""

    name: str
    domain: str | None
    method: str
    evidence: str
    confidence: float


_LEGAL_FORM = re.compile(
    r"[\s,]+(?:s\.?a\.?s\.?u?|s\.?a\.?r\.?l|s\.?a|s\.?c\.?i|s\.?n\.?c|e\.?u\.?r\.?l|gmbh(?: & co\.? kg)?|ag|kg|ohg|e\.?v|ug|ltd|limited|llc|l\.?l\.?p"
    r"|inc|incorporated|corp|corporation|co|company|plc|b\.?v|n\.?v|s\.?p\.?a|s\.?r\.?l|s\.?l|oy|ab|as|a/s|aps|sp\.? z\.?o\.?o|d\.?o\.?o|s\.?r\.?o|kft|pty|pte)\.?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^as\d+\s+", re.IGNORECASE)
_HANDLE = re.compile(r"^[A-Z0-9]+(?:-[A-Z0-9]+)+\s+(?=\S*[a-z])")
_SMALL_WORDS = frozenset(
    "de du des la le les et d l of the and for und der die das di del y e van von en au aux".split()
)
_TENANT = re.compile(
    r"^([a-z0-9][a-z0-9-]{1,60})\.(?:(?:my\.)?sharepoint\.com|atlassian\.net|slack\.com|(?:lightning|my)\.force\.com|zendesk\.com|service-now\.com)$"
)
_NO_TENANT = frozenset("app www login id support help api status hooks files edgeapi api-private".split())


_MAX_NAMED = 100
_NAMED = "the visitor named the company"

# Where a company may have a line of its own under somebody else's network.
_NAMED_LINES = frozenset({NetworkKind.ISP, NetworkKind.HOSTING, NetworkKind.INFRASTRUCTURE, NetworkKind.UNKNOWN})


NO_NAME = "the address has no name that points back to it, or none is known yet"


class Clues(NamedTuple):
    """What the steps go by. `reverse_name` gives the address's confirmed name if it is known; it must not wait."""

    address: str
    record: NetworkRecord
    network: Network
    reverse_name: Callable[[], str | None] = lambda: None
    referrer_host: str | None = None
    email: str | None = None
    named: str | None = None


class StepAnswer(NamedTuple):
    """One step of the cascade: the company that it finds, or why it finds none, in words."""

    method: str
    company: Company | None
    reason: str


# A step finds a company, or says why it finds none; a constant, so that it costs a hit nothing.
Step = Callable[[Clues], Company | str]


def identify_company(clues: Clues) -> Company | None:
    """The organisation behind a hit, or None when nothing says more than that it is somebody's reader."""
    for _, step in STEPS:
        found = step(clues)
        if isinstance(found, Company):
            return found
    return None


def explain_company(clues: Clues) -> list[StepAnswer]:
    """What each step says, in order; the first company is the answer."""
    answers = ((method, step(clues)) for method, step in STEPS)
    return [
        StepAnswer(found.method, found, found.evidence)
        if isinstance(found, Company)
        else StepAnswer(method, None, found)
        for method, found in answers
    ]


def by_email(clues: Clues) -> Company | str:
    """The company that the visitor named, or at whose domain their email address is, given with their consent."""
    name = clean_organisation_name(clues.named[:_MAX_NAMED]) if clues.named else ""
    if not clues.email:
        return Company(name, None, GIVEN, _NAMED, 0.8) if name else "the visitor gave no email address"
    domain, words = domain_of_email(clues.email)
    if domain is None:
        return Company(name, None, GIVEN, _NAMED, 0.8) if name else words
    return Company(name or name_of_domain(domain), domain, GIVEN, words, 0.95)


def _by_network(clues: Clues) -> Company | str:
    record, network = clues.record, clues.network
    if not network.organisation:
        return "no network database names an organisation"
    if network.kind not in LEAD_KINDS:
        return _NO_LEAD[network.kind]
    name = clean_organisation_name(network.organisation)
    if not name:
        return "the network’s name is no name of an organisation"
    method, confidence = ("isp", 0.85) if record.isp_organisation else ("as_organisation", 0.75)
    number = f"AS{network.asn}" if network.asn else "the address"
    return Company(
        name, record.domain, method, f"{number} is run by {network.organisation}; {network.evidence}", confidence
    )


# Why a network of a kind names nobody who reads.
_NO_LEAD = {
    NetworkKind.ISP: "the network is an internet provider’s: its name is the line’s seller, not the reader",
    NetworkKind.MOBILE: "the network is a mobile carrier’s: its name is the line’s seller, not the reader",
    NetworkKind.HOSTING: "the network is a host’s: programs and proxies run there, and its name is not the reader’s",
    NetworkKind.VPN: "the network hides its users: it names a VPN or proxy, not the reader",
    NetworkKind.CONTENT: "the network delivers or crawls content: its name is not the reader’s",
    NetworkKind.INFRASTRUCTURE: "the network is part of the internet’s infrastructure: nobody reads from it",
    NetworkKind.UNKNOWN: "the network’s kind is not known",
}


def by_reverse_name(clues: Clues) -> Company | str:
    """The company whose domain the address's own name bears; `tracker.enrichment.reverse_names` says which do."""
    network = clues.network
    if network.kind not in _NAMED_LINES:
        return "names are asked for only where a company may have a line under somebody else’s network"
    host = clues.reverse_name()
    if host is None:
        return NO_NAME
    judged = judge_reverse_name(host, clues.address)
    if judged.domain is None:
        return judged.refused or ""
    if is_of_network_owner(judged.domain, network.organisation):
        return "the name is under the network owner’s own domain"
    # A machine in a data centre may be a company's way out as well as a program that somebody lets run there.
    confidence = 0.45 if network.kind is NetworkKind.HOSTING else 0.65
    evidence = f"the address is named {host}, and that name points back to the address"
    return Company(name_of_domain(judged.domain), judged.domain, "reverse_dns", evidence, confidence)


def _by_tenant(clues: Clues) -> Company | str:
    host = clues.referrer_host
    if not host:
        return "the hit has no referrer"
    match = _TENANT.match(host)
    if match is None or match[1] in _NO_TENANT:
        return "the referrer names no company’s workspace"
    name = match[1].removesuffix("-my").replace("-", " ").title()
    return Company(name, None, "tenant_referrer", f"the reader came from {host}", 0.5)


# In the order in which they are believed, each with the method that it stands for.
STEPS: tuple[tuple[str, Step], ...] = (
    (GIVEN, by_email),
    ("as_organisation", _by_network),
    ("reverse_dns", by_reverse_name),
    ("tenant_referrer", _by_tenant),
)


@lru_cache(maxsize=65_536)
def clean_organisation_name(name: str) -> str:
    """An organisation's name as people write it: “AS12345 ACME-NET Acme Holding GmbH” is “Acme Holding”."""
    text = " ".join(name.replace("_", " ").split())
    text = _NUMBER.sub("", text)
    text = _HANDLE.sub("", text)
    while (shorter := _LEGAL_FORM.sub("", text).rstrip(" ,.-")) != text and shorter:
        text = shorter
    return _natural_case(text).strip()


def _natural_case(text: str) -> str:
    """Capitals of a name that has no small letter; short words stay, as they are abbreviations more often than not."""
    if any(letter.islower() for letter in text):
        return text
    words = text.split(" ")
    return " ".join(
        word.lower() if index and word.lower() in _SMALL_WORDS else word if len(word) <= 3 else word.title()
        for index, word in enumerate(words)
    )
