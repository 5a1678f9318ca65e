"""The kind of network that an IP address belongs to, so that a provider is never taken for a company.

Pure. The operator's databases decide first, then the networks that clouds publish, then what is known of the ASN and
the name, and last the words of the name, in the languages of Europe. A network that is registered to a private person
has no organisation: their name goes no further, neither to rows nor to evidence.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

import msgspec

from tracker.enrichment.company.evidence import Evidence, EvidenceCode, as_stored, evidence
from tracker.enrichment.geo.records import NetworkRecord
from tracker.enrichment.network.classifier import NetworkModel, network_model
from tracker.enrichment.network.clouds import cloud_at
from tracker.enrichment.network.labelled_asns import (
    KINDS,
    NO_ORGANISATIONS,
    SMALL_NO_ORGANISATION,
    judgement_of,
    mark_of,
)
from tracker.enrichment.organisation.known import known_asn, known_organisation, may_be_known
from tracker.enrichment.organisation.name_beginnings import known_beginning
from tracker.enrichment.organisation.name_tokens import begins_with, groups_of, tokens_of, word_for
from tracker.enrichment.organisation.private_persons import is_private_person, may_be_private_person


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


class Network(msgspec.Struct, frozen=True, gc=False):
    """A network, with how its kind was found: the evidence as it is stored."""

    asn: int | None
    organisation: str | None
    kind: NetworkKind
    evidence: str
    may_be_company: bool = False  # its kind is open, and its name speaks more for a company than most


KindFound: TypeAlias = tuple[NetworkKind, Evidence]

_NO_RECORD = as_stored(evidence(EvidenceCode.NO_NETWORK_RECORD))
_ANONYMOUS = evidence(EvidenceCode.ANONYMOUS)
_CELLULAR = evidence(EvidenceCode.CELLULAR)
_PERSON = evidence(EvidenceCode.PRIVATE_PERSON)
# What is said where no word of a name tells what it is.
_NAME_SAYS_NOTHING = frozenset({EvidenceCode.NAME_OPEN, EvidenceCode.NAME_LIKE_PROVIDER})

# The kind for each group of words; the special before the general.
_ORGANISATION_GROUPS = (NetworkKind.EDUCATION, NetworkKind.GOVERNMENT, NetworkKind.NONPROFIT)
_BUSINESS_GROUPS = ("trade", "finance", "health", "industry", "retail", "energy", "transport", "media", "services")
_PROVIDER_GROUPS = (
    NetworkKind.VPN,
    NetworkKind.INFRASTRUCTURE,
    NetworkKind.CONTENT,
    NetworkKind.HOSTING,
    NetworkKind.MOBILE,
    NetworkKind.ISP,
)
# Groups that make a trade's name ambiguous: "Studio Wifi Boulangerie" may sell lines.
_SELLING = frozenset({*_PROVIDER_GROUPS, "it"})
# A name with one of these is a provider's, whatever else it says, unless it is a public body's.
_SELLER = re.compile(r"te?le?[ck]om|broadband|freenet\b|\bw?isp\b|hosting\b|\bdata ?cent(?:er|re)s?\b")
_PUBLIC = frozenset({"education", "government", "nonprofit"})
# The labels of those who run a network for themselves or their own service: one word of a name does not outweigh them.
_OWN_NETWORK = frozenset("BEGNbegnTP")
# The label of those that may be an organisation’s as well as a provider’s: a name alone does not make them a sure company.
_EITHER = frozenset("xyz")
_SELLERS = frozenset({NetworkKind.ISP, NetworkKind.MOBILE, NetworkKind.HOSTING, NetworkKind.VPN})
# Log-odds below which a name without such a word is a provider’s; about 6 in 100 of the labelled ones are not. That of a small
# network is left open for longer.
_SURELY_PROVIDER = -5.0
_SURELY_PROVIDER_IF_SMALL = -5.5

# Log-odds from which a name listed with its provider's in a database is the customer's.
_CUSTOMER_THRESHOLD = -2.0

# MaxMind's user types (GeoIP Enterprise: https://dev.maxmind.com/geoip/docs/databases/enterprise).
_USER_TYPES = {
    "business": NetworkKind.BUSINESS, "cafe": NetworkKind.BUSINESS, "cellular": NetworkKind.MOBILE,
    "college": NetworkKind.EDUCATION, "school": NetworkKind.EDUCATION, "library": NetworkKind.EDUCATION,
    "content_delivery_network": NetworkKind.CONTENT, "government": NetworkKind.GOVERNMENT, "military": NetworkKind.GOVERNMENT,
    "hosting": NetworkKind.HOSTING, "residential": NetworkKind.ISP, "dialup": NetworkKind.ISP,
    "router": NetworkKind.INFRASTRUCTURE, "search_engine_spider": NetworkKind.HOSTING, "traveler": NetworkKind.ISP,
    "consumer_privacy_network": NetworkKind.VPN,
}  # fmt: skip
# The types of IPinfo (https://ipinfo.io/developers/data-types) and of ipapi.is, which adds banking and government.
_PUBLISHED_TYPES = {
    "isp": NetworkKind.ISP, "hosting": NetworkKind.HOSTING, "business": NetworkKind.BUSINESS,
    "education": NetworkKind.EDUCATION, "government": NetworkKind.GOVERNMENT, "banking": NetworkKind.BUSINESS,
}  # fmt: skip


@lru_cache(maxsize=16_384)
def is_shared(organisation: str, asn: int | None) -> bool:
    """Whether a network is one that connects schools or students, so that its name is not the visitor's."""
    return known_asn(asn) == NetworkKind.EDUCATION or "shared" in groups_of(tokens_of(organisation))


def identify_network(record: NetworkRecord, ip: str | None = None, listed: NetworkKind | None = None) -> Network:
    """The network of an IP address, by the databases' record and by the IP address itself.

    `listed` is the kind in the operator's own list; it decides.
    """
    return network_of(record, cloud_at(ip) if ip else None, listed)


def network_of(record: NetworkRecord, cloud: str | None, listed: NetworkKind | None) -> Network:
    """As `identify_network`, given the cloud that publishes the IP address."""
    organisation = record.isp_organisation or record.company or record.organisation
    is_customer = organisation not in {record.organisation, record.isp}
    own_asn = None if is_customer else record.asn
    if listed is None and organisation and is_of_private_person(organisation, own_asn):
        return _of_private_person(record)
    if listed is not None:
        return Network(record.asn, organisation, listed, as_stored(evidence(EvidenceCode.KIND_LISTED, kind=listed)))
    said = _said_by_databases(record)
    if said is not None:
        kind, why = said
        return Network(record.asn, organisation, kind, as_stored(why))
    if cloud is not None:
        return Network(
            record.asn, organisation, NetworkKind.HOSTING, as_stored(evidence(EvidenceCode.CLOUD, cloud=cloud))
        )
    if not organisation:
        return Network(record.asn, None, NetworkKind.UNKNOWN, _NO_RECORD)
    kind, why = classify_organisation(organisation, own_asn, is_customer=is_customer)
    if record.as_type in _PUBLISHED_TYPES and kind in {NetworkKind.BUSINESS, NetworkKind.UNKNOWN} and not is_customer:
        kind, why = _PUBLISHED_TYPES[record.as_type], evidence(EvidenceCode.KIND_OF_DATABASE, kind=record.as_type)
    return Network(record.asn, organisation, kind, as_stored(why), why.code == EvidenceCode.NAME_POSSIBLE)


def _of_private_person(record: NetworkRecord) -> Network:
    """A network without the name. What a database says of its kind stands, unless it makes an organisation of them."""
    said = _said_by_databases(msgspec.structs.replace(record, isp_organisation=None, company=None, organisation=None))
    kind, why = said or (NetworkKind.UNKNOWN, _PERSON)
    return Network(record.asn, None, NetworkKind.UNKNOWN if kind in LEAD_KINDS else kind, as_stored(why))


@lru_cache(maxsize=16_384)
def is_of_private_person(name: str, asn: int | None = None) -> bool:
    """Whether a network's name is a private person's, or may be the person's that who judged it has seen.

    An organisation that is known, or whose network was judged to be its own, may be called like a person.
    """
    label = mark_of(asn)
    if label in _OWN_NETWORK or known_asn(asn) is not None:
        return False
    if is_private_person(name):
        return not may_be_known(tokens_of(name)) or known_organisation(name) is None
    if label not in NO_ORGANISATIONS or not may_be_private_person(name):
        return False
    return judge_organisation(network_model(), name, asn)[1].code in _NAME_SAYS_NOTHING


def _said_by_databases(record: NetworkRecord) -> KindFound | None:
    """The kind that a database has for the IP address itself."""
    hidden = record.is_vpn or record.is_tor or record.is_proxy or record.is_residential_proxy or record.is_relay
    if hidden:
        return NetworkKind.VPN, _ANONYMOUS
    if record.is_hosting:
        return NetworkKind.HOSTING, evidence(EvidenceCode.KIND_OF_DATABASE, kind="hosting")
    if record.connection_type == "Cellular" or record.is_mobile or record.carrier:
        return NetworkKind.MOBILE, _CELLULAR
    for said, kinds in ((record.user_type, _USER_TYPES), (record.company_type, _PUBLISHED_TYPES)):
        if said in kinds:
            return _unless_brand(record, kinds[said], evidence(EvidenceCode.KIND_OF_DATABASE, kind=said))
    return None


def _unless_brand(record: NetworkRecord, kind: NetworkKind, stated: Evidence) -> KindFound:
    """A provider's own offices are "business" to a database, and still no lead."""
    name = record.isp_organisation or record.company or record.organisation
    if kind not in LEAD_KINDS or not name:
        return kind, stated
    found, why = classify_organisation(name, None)
    if found in LEAD_KINDS or found is NetworkKind.UNKNOWN:
        return kind, stated
    return (found, why) if begins_with("brand", tokens_of(name)) else (kind, stated)


@lru_cache(maxsize=16_384)
def classify_organisation(name: str, asn: int | None = None, *, is_customer: bool = False) -> KindFound:
    """The kind of an organisation that runs a network, by its ASN and its name, with the evidence.

    `is_customer` says that it only uses IP addresses of another network, as few providers do.
    """
    return judge_organisation(network_model(), name, asn, is_customer=is_customer)


def judge_organisation(model: NetworkModel, name: str, asn: int | None, *, is_customer: bool = False) -> KindFound:
    """As `classify_organisation`, with a given model."""
    by_asn = known_asn(asn)
    if by_asn is not None:
        return NetworkKind(by_asn), evidence(EvidenceCode.KNOWN_AS, asn=asn or 0, kind=by_asn)
    words = tokens_of(name)
    known = known_organisation(name) if may_be_known(words) else None
    if known is not None:
        return NetworkKind(known.kind), evidence(EvidenceCode.KNOWN_NAME, name=known.name, kind=known.kind)
    score, groups = model.weigh(words, asn, capitals=name.isupper())
    brand = begins_with("brand", words) if "brand" in groups else None
    if brand is not None:
        return _provider_kind(groups) or NetworkKind.ISP, evidence(EvidenceCode.PROVIDER_NAME, word=brand)
    judgement = judgement_of(asn)
    is_trade = "trade" in groups and not groups & _SELLING
    is_open = judgement in _EITHER
    is_clear = is_trade or (not is_open and score >= (_CUSTOMER_THRESHOLD if is_customer else model.threshold))
    if not judgement and not is_trade and is_private_person(name):
        return _no_organisation(name, words, groups, score, asn)
    if is_clear and judgement:
        kind = KINDS[judgement]
        return NetworkKind(kind), evidence(EvidenceCode.KNOWN_AS, asn=asn or 0, kind=kind)
    if is_clear and (groups & _PUBLIC or not _SELLER.search(" ".join(words))):
        return _organisation(name, words, groups)
    kind, why = _no_organisation(name, words, groups, score, asn)
    return _possible(model, name, asn, score, groups, kind) or (kind, why)


def _possible(
    model: NetworkModel, name: str, asn: int | None, score: float, groups: frozenset[str], kind: NetworkKind
) -> KindFound | None:
    """Whether a name leaves its kind open, or says another than readers did, and speaks more for a company than most.

    Registries and exchanges, which sell no lines, are organisations of their own. So are branches of well-known companies.
    """
    label = mark_of(asn)
    is_own = label is not None and label in _OWN_NETWORK
    if not is_own and is_private_person(name):
        return None
    if label in NO_ORGANISATIONS and may_be_private_person(name):
        return None  # who read it may have seen a person
    is_open = kind is NetworkKind.UNKNOWN or is_own
    branch = known_beginning(name)
    if (
        (is_open and model.is_possible(score, groups, asn))
        or (kind is NetworkKind.INFRASTRUCTURE and label)
        or (branch is not None and branch.kind in LEAD_KINDS)
    ):
        said = NetworkKind.UNKNOWN if kind in _SELLERS else kind
        return said, evidence(EvidenceCode.NAME_POSSIBLE, name=name)
    return None


def _organisation(name: str, words: list[str], groups: frozenset[str]) -> KindFound:
    kind = next((kind for kind in _ORGANISATION_GROUPS if kind in groups), NetworkKind.BUSINESS)
    telling = next((group for group in (kind, *_BUSINESS_GROUPS) if group in groups), None)
    if telling is None:
        return kind, evidence(EvidenceCode.NAME_LIKE_COMPANY, name=name)
    return kind, evidence(EvidenceCode.NAME_SAYS, word=word_for(telling, words))


def _no_organisation(name: str, words: list[str], groups: frozenset[str], score: float, asn: int | None) -> KindFound:
    kind = _provider_kind(groups)
    if kind is not None:
        return kind, evidence(EvidenceCode.NAME_SAYS, word=word_for(kind, words))
    if score < (_SURELY_PROVIDER_IF_SMALL if mark_of(asn) == SMALL_NO_ORGANISATION else _SURELY_PROVIDER):
        return NetworkKind.ISP, evidence(EvidenceCode.NAME_LIKE_PROVIDER, name=name)
    return NetworkKind.UNKNOWN, evidence(EvidenceCode.NAME_OPEN, name=name)


def _provider_kind(groups: frozenset[str]) -> NetworkKind | None:
    for kind in _PROVIDER_GROUPS:
        if kind in groups:
            return kind
    return None
