"""Which organisation a hit comes from: a cascade of steps, each with its method, evidence and confidence.

Pure. A provider's name is never given: the steps that go by the network look at its kind first.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tracker.enrichment.geo import NetworkRecord
from tracker.enrichment.network import LEAD_KINDS, Network


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


def identify_company(record: NetworkRecord, network: Network, *, referrer_host: str | None = None) -> Company | None:
    """The organisation behind an address, or None when nothing says more than that it is somebody's reader."""
    return _by_network(record, network) or _by_tenant(referrer_host)


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
