"""Judges the reverse DNS name of an IP address: a company's domain, or a provider's name for a line. Pure.

A provider names thousands of IP addresses after their digits, their pool or the kind of line; a company names its
gateway. The caller has confirmed the name by a forward look-up (RFC 8499's "forward-confirmed reverse DNS").
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracker.enrichment.company.evidence import Evidence, EvidenceCode, evidence

if TYPE_CHECKING:
    from tldextract import TLDExtract
    from tldextract.tldextract import ExtractResult

_PROVIDER_DOMAINS = Path(__file__).parents[1] / "data" / "provider_domains.txt"

# Words in providers' names for lines: the kind of line, the pool, an unnamed customer.
_LINE_WORDS = frozenset(
    "abo adsl asdl sdsl vdsl vdsl2 xdsl dsl hdsl shdsl cable cablemodem catv docsis fiber fibre fibra ftth fttb fttx"
    " gpon pon hfc mobile gprs umts lte 3g 4g 5g wimax wireless wifi wlan hotspot satellite broadband dialup"
    " modem ppp pppoe dhcp dyn dynamic dynip dynamicip static fixed ip ipv4 ipv6 pool pools cust customer"
    " customers client clients subscriber subs sub user users res resi residential home host hosts rev reverse rdns ptr"
    " unassigned unused unknown cgn cgnat bras bng lns dslam internet isp vps dedicated dedi instance compute hosted hosting"
    " kunde kunden cli clientes abonado abonne abonnes".split()
)
# What providers and hosts call themselves, in the label that they registered.
_SELLER = re.compile(
    r"tele?com|telekom|telef|broadband|adsl|[vx]dsl|dslnet|cable|kabel|fib(?:er|re|ra)(?!mont)|internet|isp\b|hosting|hoster|"
    r"webhost|datacent|server|cloud|vps|mobile|wireless|wifi|satellite|provider|gsm|vpn|proxy"
)
# Names that are only used inside a private network.
_LOCAL = frozenset("local localdomain localhost lan home internal intranet corp invalid arpa".split())
_WORD = re.compile(r"[a-z]+\d*|\d+[a-z]+|[a-z]+")


class JudgedHost(NamedTuple):
    """A host's registrable domain; or none, and `refused` says in words why the name names no company."""

    host: str
    domain: str | None
    refused: Evidence | None


@cache
def suffixes() -> TLDExtract:
    """The Public Suffix List as the package brings it; it is never fetched, and nothing is cached on disk."""
    from tldextract import TLDExtract  # with its client for HTTP, which is not used

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@cache
def provider_domains() -> frozenset[str]:
    lines = _PROVIDER_DOMAINS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=8192)
def judge_reverse_name(host: str, ip: str) -> JudgedHost:
    """What the confirmed reverse name of an IP address says of its user."""
    host = host.rstrip(".").lower()
    parts = split_host(host)
    domain = parts.top_domain_under_public_suffix
    if not domain:
        return JudgedHost(host, None, evidence(EvidenceCode.NO_REGISTRABLE_DOMAIN))
    if parts.is_private:
        return JudgedHost(host, None, evidence(EvidenceCode.PUBLIC_SUFFIX, domain=parts.suffix))
    if domain in provider_domains() or host.endswith(tuple(f".{one}" for one in _deeper_provider_domains())):
        return JudgedHost(host, None, evidence(EvidenceCode.PROVIDER_DOMAIN, domain=domain))
    seller = _SELLER.search(parts.domain)
    if seller:
        return JudgedHost(host, None, evidence(EvidenceCode.PROVIDER_WORD, word=seller[0], domain=domain))
    if _holds_ip(host, ip):
        return JudgedHost(host, None, evidence(EvidenceCode.NAME_HOLDS_IP))
    word = next((word for word in _words(parts.subdomain) if word in _LINE_WORDS), None)
    if word:
        return JudgedHost(host, None, evidence(EvidenceCode.LINE_WORD, word=word))
    return JudgedHost(host, domain, None)


def is_of_network_owner(domain: str, organisation: str | None) -> bool:
    """Whether a domain is the network owner's own: “gw.example-telecom.net” on a line of Example Telecom."""
    label = "".join(letter for letter in split_host(domain).domain if letter.isalnum())
    owner = "".join(letter for letter in (organisation or "").lower() if letter.isalnum())
    return len(label) >= 3 and (label in owner or owner[:6] == label[:6])


def name_of_domain(domain: str) -> str:
    """A company's name as its domain has it: `credit-exemple.fr` is “Credit Exemple”; three letters are initials."""
    label = split_host(domain).domain
    return " ".join(word.upper() if len(word) <= 3 else word.capitalize() for word in label.split("-") if word)


def split_host(host: str) -> ExtractResult:
    """The parts of a host. A suffix that is not on the list is its last label, as the list's own algorithm has it."""
    parts = suffixes()(host)
    labels = host.split(".")
    if parts.suffix or len(labels) < 2 or labels[-1] in _LOCAL or labels[-1].isdigit():
        return parts
    return type(parts)(".".join(labels[:-2]), labels[-2], labels[-1], is_private=False, registry_suffix=labels[-1])


@cache
def _deeper_provider_domains() -> frozenset[str]:
    return frozenset(one for one in provider_domains() if suffixes()(one).subdomain)


def _words(subdomain: str) -> list[str]:
    """The words between dots and dashes, each also without its trailing digits."""
    words = _WORD.findall(subdomain)
    return [form for word in words for form in (word, word.strip("0123456789")) if form]


def _holds_ip(host: str, ip: str) -> bool:
    """Whether a name contains the IP address: two of its numbers, its digits in one, or its hexadecimal form."""
    try:
        parsed = ip_address(ip)
    except ValueError:
        return False
    return _holds_four(host, parsed) if isinstance(parsed, IPv4Address) else _holds_six(host, parsed)


def _holds_four(host: str, ip: IPv4Address) -> bool:
    octets = str(ip).split(".")
    remaining = list(octets)
    held = []
    for number in re.findall(r"\d+", host):
        plain_number = number.lstrip("0") or "0"
        if plain_number in remaining:
            remaining.remove(plain_number)
            held.append(plain_number)
    # nat1.lyon1.example has two numbers of 192.0.1.1 by chance; two with three digits together are none.
    if len(held) >= 3 or (len(held) == 2 and octets[3] in held and len("".join(held)) >= 3):
        return True
    padded = [octet.zfill(3) for octet in octets]
    forms = (ip.packed.hex(), "".join(padded), "".join(reversed(padded)), str(int(ip)))
    plain = re.sub(r"[^0-9a-z]", "", host)
    return any(form in plain for form in forms)


def _holds_six(host: str, ip: IPv6Address) -> bool:
    """The provider's 32 bits, the interface's 64 bits, or the nibbles in reverse order as in ip6.arpa."""
    digits = ip.exploded.replace(":", "")
    plain = re.sub(r"[^0-9a-f]", "", host)
    interface = digits[-16:].lstrip("0")
    dashed = ip.exploded.replace(":", "-")
    short = "-".join(group.lstrip("0") or "0" for group in ip.exploded.split(":"))
    forms = [digits[:8], digits[::-1][:8]]
    forms += [interface] if len(interface) >= 6 else []
    return any(form in plain for form in forms) or short[:9] in host or dashed[:9] in host
