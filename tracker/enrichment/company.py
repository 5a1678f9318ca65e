"""Which organisation a hit comes from: a cascade of steps, each with its method, evidence and confidence.

Pure. A provider's name is never given: the steps that go by the network look at its kind first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from tracker.enrichment.geo import NetworkRecord
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


# Where a company may have a line of its own under somebody else's network.
_NAMED_LINES = frozenset({NetworkKind.ISP, NetworkKind.HOSTING, NetworkKind.INFRASTRUCTURE, NetworkKind.UNKNOWN})

ReverseName = Callable[[], str | None]


def identify_company(
    address: str,
    record: NetworkRecord,
    network: Network,
    *,
    reverse_name: ReverseName,
    referrer_host: str | None = None,
) -> Company | None:
    """The organisation behind an address, or None when nothing says more than that it is somebody's reader.

    `reverse_name` gives the address's forward-confirmed name if it is known; it is asked only when its step is reached.
    """
    return _by_network(record, network) or by_reverse_name(address, network, reverse_name) or _by_tenant(referrer_host)


def _by_network(record: NetworkRecord, network: Network) -> Company | None:
    if network.kind not in LEAD_KINDS or not network.organisation:
        return None
    name = clean_organisation_name(network.organisation)
    if not name:
        return None
    method, confidence = ("isp", 0.85) if record.isp_organisation else ("as_organisation", 0.75)
    number = f"AS{network.asn}" if network.asn else "the address"
    return Company(
        name, record.domain, method, f"{number} is run by {network.organisation}; {network.evidence}", confidence
    )


def by_reverse_name(address: str, network: Network, reverse_name: ReverseName) -> Company | None:
    """The company whose domain the address's own name bears; `tracker.enrichment.reverse_names` says which do."""
    host = reverse_name() if network.kind in _NAMED_LINES else None
    domain = judge_reverse_name(host, address).domain if host else None
    if host is None or domain is None or is_of_network_owner(domain, network.organisation):
        return None
    # A machine in a data centre may be a company's way out as well as a program that somebody lets run there.
    confidence = 0.45 if network.kind is NetworkKind.HOSTING else 0.65
    evidence = f"the address is named {host}, and that name points back to the address"
    return Company(name_of_domain(domain), domain, "reverse_dns", evidence, confidence)


def _by_tenant(host: str | None) -> Company | None:
    match = _TENANT.match(host) if host else None
    if match is None or match[1] in _NO_TENANT:
        return None
    name = match[1].removesuffix("-my").replace("-", " ").title()
    return Company(name, None, "tenant_referrer", f"the reader came from {host}", 0.5)


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
