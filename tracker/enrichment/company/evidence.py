"""How a company, or the kind of a network, was found: a code and its values, which people read in their own language.

Owns the codes and the JSON text that the event store keeps. `dashboards.presentation.evidence` has their sentences.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class EvidenceCode(StrEnum):
    """What a step of the cascade or of the network's kind says. The value is stored; never rename one."""

    # Which organisation an IP address belongs to.
    AS_OWNER = "as_owner"
    NETWORK_OWNER = "network_owner"
    DATABASE_OWNER = "database_owner"
    LISTED_NETWORK = "listed_network"
    EMAIL_HOST = "email_host"
    NAMED_BY_VISITOR = "named_by_visitor"
    NAMED_BY_LINK = "named_by_link"
    REVERSE_NAME = "reverse_name"
    REFERRER = "referrer"
    # Why a step finds nobody.
    NOT_LISTED = "not_listed"
    LISTED_KIND = "listed_kind"
    NO_EMAIL = "no_email"
    NO_NAME_GIVEN = "no_name_given"
    NOT_A_COMPANY_DOMAIN = "not_a_company_domain"
    FREE_MAIL = "free_mail"
    PUBLIC_SUFFIX = "public_suffix"
    NO_COMPANY_DATABASE = "no_company_database"
    NOT_A_DATABASE_NAME = "not_a_database_name"
    NO_NETWORK_OWNER = "no_network_owner"
    NOT_A_NETWORK_NAME = "not_a_network_name"
    NO_POSSIBLE_OWNER = "no_possible_owner"
    SHARED_NETWORK = "shared_network"
    ISP_NETWORK = "isp_network"
    MOBILE_NETWORK = "mobile_network"
    HOSTING_NETWORK = "hosting_network"
    VPN_NETWORK = "vpn_network"
    CONTENT_NETWORK = "content_network"
    INFRASTRUCTURE_NETWORK = "infrastructure_network"
    UNKNOWN_NETWORK = "unknown_network"
    NAME_NOT_ASKED = "name_not_asked"
    NO_REVERSE_NAME = "no_reverse_name"
    NO_REGISTRABLE_DOMAIN = "no_registrable_domain"
    PROVIDER_DOMAIN = "provider_domain"
    PROVIDER_WORD = "provider_word"
    NAME_HOLDS_IP = "name_holds_ip"
    LINE_WORD = "line_word"
    NETWORK_OWNER_DOMAIN = "network_owner_domain"
    NO_REFERRER = "no_referrer"
    NOT_A_WORKSPACE = "not_a_workspace"
    # Which kind of network it is.
    KIND_LISTED = "kind_listed"
    KIND_OF_DATABASE = "kind_of_database"
    ANONYMOUS = "anonymous"
    CELLULAR = "cellular"
    CLOUD = "cloud"
    NO_NETWORK_RECORD = "no_network_record"
    NO_IP = "no_ip"
    KNOWN_AS = "known_as"
    KNOWN_NAME = "known_name"
    PROVIDER_NAME = "provider_name"
    NAME_SAYS = "name_says"
    NAME_LIKE_COMPANY = "name_like_company"
    NAME_LIKE_PROVIDER = "name_like_provider"
    NAME_OPEN = "name_open"
    PRIVATE_PERSON = "private_person"
    NAME_POSSIBLE = "name_possible"
    # A sentence as another program, or an older version of this one, wrote it.
    TEXT = "text"


class Evidence(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A code with the values of its sentence; `more` is what the sentence rests on."""

    code: str
    values: dict[str, str | int] = {}
    more: Evidence | None = None


def evidence(code: str, more: Evidence | None = None, **values: str | int) -> Evidence:
    """Evidence with its values by name."""
    return Evidence(code, values, more)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Evidence).decode


def as_stored(found: Evidence) -> str:
    """The text that the event store keeps."""
    return _encode(found).decode()


def read_stored(text: str) -> Evidence:
    """The evidence in a stored text; a sentence that an older version stored is evidence of the code TEXT."""
    if text.startswith("{"):
        try:
            return _decode(text)
        except msgspec.MsgspecError:
            pass
    return evidence(EvidenceCode.TEXT, text=text)
