"""What kind of network an address belongs to, so that a provider is never taken for a company.

Pure. An operator's databases say most; else the organisation's own name is read, in the languages of Europe.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from tracker.enrichment.geo import NetworkRecord


class NetworkKind(StrEnum):
    """The kinds of networks."""

    BUSINESS = "business"
    ISP = "isp"
    MOBILE = "mobile"
    HOSTING = "hosting"
    VPN = "vpn"
    EDUCATION = "education"
    GOVERNMENT = "government"
    NONPROFIT = "nonprofit"
    CONTENT = "content"
    INFRASTRUCTURE = "infrastructure"
    UNKNOWN = "unknown"


# The kinds whose organisation can be a lead.
LEAD_KINDS = frozenset({NetworkKind.BUSINESS, NetworkKind.EDUCATION, NetworkKind.GOVERNMENT, NetworkKind.NONPROFIT})


class Network(NamedTuple):
    """A network, with how its kind was found in words."""

    asn: int | None
    organisation: str | None
    kind: NetworkKind
    evidence: str


# Words of names, checked in this order: who sells access or machines is told first, as "Universal Hosting" is no school.
_WORDS: tuple[tuple[NetworkKind, str], ...] = (
    (NetworkKind.VPN, r"vpn|proxy|anonym|mullvad|nordvpn|datacamp|m247|tor exit|private internet|hide ?my"),
    (
        NetworkKind.INFRASTRUCTURE,
        r"internet exchange|\bixp?\b|route server|registry|\bripe\b|\bnic\b|root server|dns root|verisign|afnic|peering|exchange point",
    ),
    (
        NetworkKind.CONTENT,
        r"akamai|fastly|cloudflare|cdn|edgecast|limelight|netflix|google|facebook|meta platforms|twitter|apple inc|apple-|microsoft|amazon|yahoo|bytedance|tiktok|linkedin|yandex|baidu|tencent|alibaba|content delivery",
    ),
    (
        NetworkKind.HOSTING,
        r"host(?:ing|er|ed)?\b|hosting|hostin|data ?cent(?:er|re)|datacent|colo(?:cation)?\b|server|cloud|vps|dedicated|ovh|hetzner|digitalocean|linode|vultr|contabo|scaleway|online s\.?a\.?s|ikoula|gandi|leaseweb|rackspace|iomart|softlayer|1&1|ionos|strato|aruba s\.?p\.?a|infomaniak|o2switch|choopa|servers|virtual machine|webhost|internap|equinix|interxion|oracle|psychz|quadranet|colocrossing|servermania|hivelocity|zenlayer|cogent|hurricane electric|nforce|worldstream|gcore|selectel|fibergrid",
    ),
    (
        NetworkKind.MOBILE,
        r"mobile|cellular|wireless|\bgsm\b|\blte\b|\b[345]g\b|mobitel|movil|mobil\b|bouygues|sfr\b|t-mobile|vodafone|orange|verizon|sprint|telefonica|telenor|tele2|turkcell|airtel|reliance jio|\bmts\b|vimpelcom|megafon|kyivstar",
    ),
    (
        NetworkKind.ISP,
        r"tele?com|t[eé]l[eé]com|telekom|telef[oó]n|\btel\b|internet|isp\b|broadband|cable|kabel|fib(?:er|re|ra)|ftth|dsl|wi-?fi|wisp|provider|provid|carrier|transit|backbone|communicat|comunica|komunik|kommunik|network(?:s|ing)?\b|netz|netcom|\bnet\b|net$|online|wire|satellite|satell|telia|telus|comcast|charter|proxad|free sas|numericable|swisscom|proximus|belgacom|telenet|kpn|ziggo|virgin media|british telecom|\bbt\b|level ?3|lumen|century ?link|cogent|gtt|ntt|kddi|softbank|pccw|china unicom|chinanet|china mobile|korea telecom|\bkt\b|rostelecom|at&t|att-|\bcox\b|frontier|windstream|rogers|bell canada|videotron|shaw|iinet|optus|telstra|spark|singtel|starhub|maxis|bsnl|tata|sify|claro|oi s\.?a|vivo|embratel|connect|datacom|link\b|links\b|line\b|lines\b|web\b|digital|systems? integrat|iptv|catv|optic|opti[ck]|air ?band|zone|lan\b|\bix\b",
    ),
    (
        NetworkKind.EDUCATION,
        r"universi|univ\b|college|school|schule|hochschule|école|ecole|lyc[eé]e|academ|acad[eé]m|institut(?:e|o)? (?:of|de|f[uü]r)|educat|[eé]ducation|campus|renater|janet|dfn|surfnet|geant|garr|rediris|switch\b|belnet|politecn|polytech|faculty|facult[eé]|research network|student|cnrs|inria|\bedu\b|fachhochschule|eth z|epfl|istituto",
    ),
    (
        NetworkKind.GOVERNMENT,
        r"minist|government|gouvern|governo|gobierno|municip|city of|county|state of|d[eé]partement|pr[eé]fecture|mairie|conseil (?:r[eé]gional|d[eé]part|g[eé]n)|r[eé]gion\b|commune|ville de|ayuntamiento|comune di|stadt\b|landkreis|bundes|federal|parliament|parlement|senat|s[eé]nat|assembl[eé]e|police|army|navy|air force|defen[sc]e|military|\bdod\b|tax|customs|douane|court|justice|public administration|amt\b|agency|council|kommun|gemeente|rijks|province|prefect",
    ),
    (
        NetworkKind.NONPROFIT,
        r"foundation|fondation|stiftung|fundaci|fondazione|association|verein|e\.v\.|ngo|charity|church|[eé]glise|croix|red cross|non-?profit|federation|f[eé]d[eé]ration|society|union\b|onlus|wikimedia",
    ),
)
_PATTERNS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)

# Well-known numbers whose name says little.
_KNOWN = {
    3215: NetworkKind.ISP, 12322: NetworkKind.ISP, 15557: NetworkKind.ISP, 5410: NetworkKind.ISP, 21502: NetworkKind.ISP,
    51207: NetworkKind.MOBILE, 16276: NetworkKind.HOSTING, 12876: NetworkKind.HOSTING, 2200: NetworkKind.EDUCATION,
    15169: NetworkKind.CONTENT, 32934: NetworkKind.CONTENT, 8075: NetworkKind.CONTENT, 16509: NetworkKind.HOSTING,
    14618: NetworkKind.HOSTING, 13335: NetworkKind.CONTENT, 24940: NetworkKind.HOSTING, 14061: NetworkKind.HOSTING,
    7922: NetworkKind.ISP, 701: NetworkKind.ISP, 7018: NetworkKind.ISP, 3320: NetworkKind.ISP, 2856: NetworkKind.ISP,
}  # fmt: skip
_USER_TYPES = {
    "business": NetworkKind.BUSINESS, "cafe": NetworkKind.BUSINESS, "cellular": NetworkKind.MOBILE,
    "college": NetworkKind.EDUCATION, "school": NetworkKind.EDUCATION, "library": NetworkKind.EDUCATION,
    "content_delivery_network": NetworkKind.CONTENT, "government": NetworkKind.GOVERNMENT, "military": NetworkKind.GOVERNMENT,
    "hosting": NetworkKind.HOSTING, "residential": NetworkKind.ISP, "dialup": NetworkKind.ISP,
    "router": NetworkKind.INFRASTRUCTURE, "search_engine_spider": NetworkKind.HOSTING, "traveler": NetworkKind.ISP,
    "consumer_privacy_network": NetworkKind.VPN,
}  # fmt: skip


def identify_network(record: NetworkRecord) -> Network:
    """The network that the databases' record of an address describes."""
    organisation = record.isp_organisation or record.organisation
    if record.is_vpn or record.is_tor:
        return Network(record.asn, organisation, NetworkKind.VPN, "the anonymous-network database lists the address")
    if record.is_hosting:
        return Network(record.asn, organisation, NetworkKind.HOSTING, "the anonymous-network database says hosting")
    if record.user_type in _USER_TYPES:
        return Network(record.asn, organisation, _USER_TYPES[record.user_type], f"the database says {record.user_type}")
    if record.connection_type == "Cellular":
        return Network(record.asn, organisation, NetworkKind.MOBILE, "the connection is cellular")
    if not organisation:
        return Network(record.asn, None, NetworkKind.UNKNOWN, "no database knows the network")
    kind, evidence = classify_organisation(organisation, record.asn)
    return Network(record.asn, organisation, kind, evidence)


@lru_cache(maxsize=65_536)
def classify_organisation(name: str, asn: int | None = None) -> tuple[NetworkKind, str]:
    """The kind of an organisation that runs a network, by its number and its name, with the evidence in words."""
    if asn in _KNOWN:
        return _KNOWN[asn], f"AS{asn} is known as {_KNOWN[asn]}"
    for kind, pattern in _PATTERNS:
        match = pattern.search(name)
        if match:
            return kind, f"“{match[0].strip()}” in the name {name}"
    return NetworkKind.BUSINESS, f"nothing in the name {name} says provider, host or public body"
