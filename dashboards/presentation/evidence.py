"""Evidence in words, in each language: how a company or a network's kind was found, and what a look-up returned.

Enrichment stores a code and its values (`tracker.enrichment.company.evidence`). Each code has its sentence here. A
sentence that an older version stored is shown unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from dashboards.translations import message, translate
from tracker.enrichment.company.evidence import Evidence, EvidenceCode, read_stored
from tracker.leads.identify import IdentifiedIp, LookupCode

SENTENCES: Mapping[str, str] = MappingProxyType({
    EvidenceCode.AS_OWNER: message("AS%(asn)s is run by %(organisation)s"),
    EvidenceCode.NETWORK_OWNER: message("the network is run by %(organisation)s"),
    EvidenceCode.DATABASE_OWNER: message("the database (%(database)s) assigns the IP address to %(organisation)s"),
    EvidenceCode.LISTED_NETWORK: message("%(network)s is in your network list"),
    EvidenceCode.EMAIL_HOST: message("the visitor gave an email address at %(host)s"),
    EvidenceCode.NAMED_BY_VISITOR: message("the visitor named the company"),
    EvidenceCode.NAMED_BY_LINK: message("the link you made for the visitor names the company"),
    EvidenceCode.REVERSE_NAME: message("the IP address’s host name is in %(domain)s and points back to it"),
    EvidenceCode.REFERRER: message("the visit came via %(host)s"),
    EvidenceCode.NOT_LISTED: message("the IP address is not in your network list"),
    EvidenceCode.LISTED_KIND: message("your network list says %(network)s is not a company’s but of type %(kind)s"),
    EvidenceCode.NO_EMAIL: message("the visitor gave no email address"),
    EvidenceCode.NO_NAME_GIVEN: message("the visitor named no company"),
    EvidenceCode.NOT_A_COMPANY_DOMAIN: message("%(host)s is not a company’s domain"),
    EvidenceCode.FREE_MAIL: message("%(domain)s offers email addresses to anyone"),
    EvidenceCode.PUBLIC_SUFFIX: message("%(domain)s offers host names to anyone"),
    EvidenceCode.NO_COMPANY_DATABASE: message("no company database names the user of the IP address"),
    EvidenceCode.NOT_A_DATABASE_NAME: message("the name in the database is not an organisation’s"),
    EvidenceCode.NO_NETWORK_OWNER: message("no network database names an organisation"),
    EvidenceCode.NOT_A_NETWORK_NAME: message("the network’s name is not an organisation’s"),
    EvidenceCode.NO_POSSIBLE_OWNER: message("nothing suggests that the network’s owner may be a company"),
    EvidenceCode.SHARED_NETWORK: message("the network connects schools or students: its name is not the visitor’s"),
    EvidenceCode.ISP_NETWORK: message("the network belongs to an internet provider, so it does not identify the visitor"),
    EvidenceCode.MOBILE_NETWORK: message("the network belongs to a mobile operator, so it does not identify the visitor"),
    EvidenceCode.HOSTING_NETWORK: message("the network belongs to a hosting company, where programs and proxies run: it does not identify the visitor"),
    EvidenceCode.VPN_NETWORK: message("the network is a VPN or proxy, so it does not identify the visitor"),
    EvidenceCode.CONTENT_NETWORK: message("the network delivers or crawls content, so it does not identify the visitor"),
    EvidenceCode.INFRASTRUCTURE_NETWORK: message("the network is part of the internet’s infrastructure, so it does not identify a visitor"),
    EvidenceCode.UNKNOWN_NETWORK: message("the network’s type is unknown"),
    EvidenceCode.NAME_NOT_ASKED: message("host names are looked up only where a company may use another organisation’s network"),
    EvidenceCode.NO_REVERSE_NAME: message("the IP address has no host name that points back to it, or it is not known yet"),
    EvidenceCode.NO_REGISTRABLE_DOMAIN: message("the host name has no registrable domain"),
    EvidenceCode.PROVIDER_DOMAIN: message("%(domain)s belongs to an internet provider or a hosting company"),
    EvidenceCode.PROVIDER_WORD: message("“%(word)s” in %(domain)s points to an internet provider or a hosting company"),
    EvidenceCode.NAME_HOLDS_IP: message("the host name is made from the IP address, as internet providers do"),
    EvidenceCode.LINE_WORD: message("“%(word)s” points to an internet provider’s line, not a company’s gateway"),
    EvidenceCode.NETWORK_OWNER_DOMAIN: message("the host name is under the network owner’s own domain"),
    EvidenceCode.NO_REFERRER: message("the visit has no referrer"),
    EvidenceCode.NOT_A_WORKSPACE: message("the referrer names no company’s workspace"),
    EvidenceCode.KIND_LISTED: message("your network list says %(kind)s"),
    EvidenceCode.KIND_OF_DATABASE: message("the database says %(kind)s"),
    EvidenceCode.ANONYMOUS: message("the anonymous-network database lists the IP address"),
    EvidenceCode.CELLULAR: message("the connection is cellular"),
    EvidenceCode.CLOUD: message("%(cloud)s lists the IP address as part of its cloud"),
    EvidenceCode.NO_NETWORK_RECORD: message("the network is in no database"),
    EvidenceCode.NO_IP: message("no IP address, so no network"),
    EvidenceCode.KNOWN_AS: message("AS%(asn)s is known as %(kind)s"),
    EvidenceCode.KNOWN_NAME: message("%(name)s is known as %(kind)s"),
    EvidenceCode.PROVIDER_NAME: message("“%(word)s” is an internet provider’s name"),
    EvidenceCode.NAME_SAYS: message("the name says “%(word)s”"),
    EvidenceCode.NAME_LIKE_COMPANY: message("the name %(name)s looks like a company’s, not an internet provider’s"),
    EvidenceCode.NAME_LIKE_PROVIDER: message("networks with a name like %(name)s usually belong to internet providers"),
    EvidenceCode.NAME_OPEN: message("the name %(name)s does not show whether it is an internet provider or a company"),
    EvidenceCode.PRIVATE_PERSON: message("the network seems to be registered to a private person, whose name is not shown"),
    EvidenceCode.NAME_POSSIBLE: message("the name %(name)s does not show what it is, but resembles a company’s more than an internet provider’s"),
    LookupCode.NOT_THE_VISITOR: message("%(organisation)s is not the visitor: %(evidence)s"),
    LookupCode.NOT_PUBLIC: message("%(ip)s is not a public IP address: no visitor comes from it"),
    LookupCode.EMAIL_NEEDS_CONSENT: message("an email address counts when a visitor gave it with consent: in a form, or through a link made for them"),
    LookupCode.HOST_IPS: message("%(host)s has the IP address %(ips)s"),
    LookupCode.HOST_WITHOUT_IP: message("%(host)s has no IP address"),
    LookupCode.HOST_NOT_LOOKED_UP: message("%(host)s could not be looked up: %(problem)s"),
    LookupCode.AS_A_REFERRER: message("as a referrer: what a visit via %(host)s shows"),
    LookupCode.NOT_CONFIRMED: message("%(host)s does not point back to the IP address, so it is ignored"),
    LookupCode.IP_WITHOUT_NAME: message("the IP address has no host name"),
    LookupCode.REVERSE_DNS_OFF: message("reverse DNS is off"),
    LookupCode.REVERSE_DNS_SETTING: message("WEBLEADS_REVERSE_DNS=yes looks up host names with your resolver"),
    LookupCode.NO_NETWORK_DATABASE: message("no network database: without one, no organisation is identified"),
    LookupCode.NO_PLACE_DATABASE: message("no place database: without one no country or city is known"),
    LookupCode.GEO_UPDATE: message("`webleads geo update` fetches one"),
})  # fmt: skip

_KINDS = {
    "business": message("a company"), "education": message("a school or research body"),
    "government": message("a public body"), "nonprofit": message("an association"),
    "isp": message("an internet provider"), "mobile": message("a mobile network"), "hosting": message("a hosting company"),
    "vpn": message("a VPN service"), "content": message("a content delivery network (CDN)"),
    "infrastructure": message("internet infrastructure"),
}  # fmt: skip
# The values that are codes themselves, by the evidence's code and the value's name.
VALUES: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        (EvidenceCode.DATABASE_OWNER, "database"): {"company": message("IPinfo or ipapi"), "maxmind": "MaxMind"},
        (EvidenceCode.KNOWN_AS, "kind"): _KINDS,
        (EvidenceCode.KNOWN_NAME, "kind"): _KINDS,
    }
)


def describe(language: str, found: Evidence) -> str:
    """Returns evidence as a phrase without a full stop. An unknown code, of a later version, is shown with its values."""
    if found.code == EvidenceCode.TEXT:
        return str(found.values.get("text", ""))
    values = {name: _value(language, found.code, name, value) for name, value in found.values.items()}
    more = describe(language, found.more) if found.more else ""
    if found.code == LookupCode.NOT_THE_VISITOR:
        values, more = {**values, "evidence": more}, ""
    try:
        phrase = translate(language, SENTENCES[found.code]) % values
    except KeyError:
        phrase = " ".join([found.code.replace("_", " "), *values.values()])
    return _joined(language, [phrase, more] if more else [phrase])


@lru_cache(maxsize=4096)
def describe_stored(language: str, text: str | None) -> str:
    """Returns the evidence of a stored row as a phrase; empty when there is none."""
    return describe(language, read_stored(text)) if text else ""


def describe_reasons(language: str, found: IdentifiedIp) -> str:
    """Returns why an IP address is a company's, or why not, as a phrase."""
    return _joined(language, [describe(language, one) for one in found.reasons])


def as_json(found: Evidence) -> dict[str, object]:
    """Returns the code and the values for programs. Further evidence has the same form under `more`."""
    more = {"more": as_json(found.more)} if found.more else {}
    return {"code": found.code, "values": dict(found.values), **more}


def _value(language: str, code: str, name: str, value: object) -> str:
    known = VALUES.get((code, name), {}).get(str(value))
    return translate(language, known) if known else str(value)


def _joined(language: str, phrases: Iterable[str]) -> str:
    return ("\u202f; " if language == "fr" else "; ").join(phrases)
