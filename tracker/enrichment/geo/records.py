"""Parses the records of geo databases into one form for every publisher's schema. Pure; opens nothing.

Two schemas exist. MaxMind's is nested and is recognised by the database's type; DB-IP and others use it too. IPinfo and
ipapi write flat records under a type that is only a file's name, so those are recognised by their fields.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

import msgspec

Record = Mapping[str, Any]
Fields = dict[str, Any]

LANGUAGES = ("fr", "en")


class Place(msgspec.Struct, frozen=True, gc=False):
    """The place of an IP address.

    `country` is ISO 3166-1 alpha-2. Names are in the requested language, else in English.
    """

    country: str | None = None
    region: str | None = None
    city: str | None = None
    time_zone: str | None = None


class NetworkRecord(msgspec.Struct, frozen=True, gc=False):
    """What the databases know of the network of an IP address; the first database with a field decides it.

    `organisation` runs the AS; `isp_organisation` (MaxMind ISP and Enterprise) and `company` (IPinfo, ipapi) use the IP
    address. `as_type`, `company_type`, `user_type` and `connection_type` are the publishers' own words.
    """

    asn: int | None = None
    organisation: str | None = None
    isp: str | None = None
    isp_organisation: str | None = None
    domain: str | None = None
    user_type: str | None = None
    connection_type: str | None = None
    is_hosting: bool = False
    is_vpn: bool = False
    is_tor: bool = False
    as_domain: str | None = None
    as_type: str | None = None
    company: str | None = None
    company_domain: str | None = None
    company_type: str | None = None
    carrier: str | None = None
    is_proxy: bool = False
    is_residential_proxy: bool = False
    is_relay: bool = False
    is_mobile: bool = False


class Use(StrEnum):
    """What a database answers, as `webleads doctor` says it; the most detailed ones come first."""

    ENTERPRISE = "place and network (enterprise)"
    FLAT = "place, network or company (IPinfo, ipapi)"
    ANONYMOUS = "anonymous networks"
    CONNECTION_TYPE = "connection type"
    ISP = "network (isp)"
    DOMAIN = "domain"
    ASN = "network (asn)"
    CITY = "place (city)"
    COUNTRY = "place (country)"


# Parts of MaxMind's and DB-IP's type names, the special before the general: "DBIP-Location-ISP (compat=Enterprise)".
_TYPE_WORDS = (
    ("enterprise", Use.ENTERPRISE),
    ("anonymous", Use.ANONYMOUS),
    ("residential-proxy", Use.ANONYMOUS),
    ("ip-risk", Use.ANONYMOUS),
    ("connection-type", Use.CONNECTION_TYPE),
    ("domain", Use.DOMAIN),
    ("isp", Use.ISP),
    ("asn", Use.ASN),
    ("city", Use.CITY),
    ("location", Use.CITY),
    ("country", Use.COUNTRY),
)
_NESTED_TYPES = ("geoip", "geolite", "dbip")
_FLAT_FIELDS = frozenset(
    "country country_code city asn as_name company name domain hosting is_hosting vpn is_vpn proxy is_proxy".split()
)


def use_of(database_type: str, fields: Collection[str]) -> Use | None:
    """What a database is used for, by its type and, for flat schemas, the fields of its records; None when for nothing."""
    lower = database_type.lower()
    if lower.startswith(_NESTED_TYPES):
        return next((use for word, use in _TYPE_WORDS if word in lower), None)
    return Use.FLAT if _FLAT_FIELDS & set(fields) else None


def place_parser(use: Use) -> Callable[[Record, str], Place] | None:
    """The function that parses a place from a database's records; None when it has none."""
    if use is Use.FLAT:
        return _flat_place
    return _nested_place if use in {Use.ENTERPRISE, Use.CITY, Use.COUNTRY} else None


def network_parser(use: Use) -> Callable[[Record], Fields] | None:
    """The function that parses NetworkRecord's fields from a database's records; None when it has none."""
    return _NETWORK_READERS.get(use)


def _nested_place(record: Record, language: str) -> Place:
    country = record.get("country") or record.get("registered_country") or {}
    subdivisions = record.get("subdivisions") or [{}]
    return Place(
        _text(country.get("iso_code")),
        _name(subdivisions[0], language),
        _name(record.get("city") or {}, language),
        _text((record.get("location") or {}).get("time_zone")),
    )


def _name(part: Record, language: str) -> str | None:
    names = part.get("names")
    if not names:
        return None
    return _text(names.get(language) or names.get("en") or next(iter(names.values())))


def _flat_place(record: Record, _language: str) -> Place:
    country = _text(record.get("country_code") or record.get("country"))
    return Place(
        country.upper() if country and len(country) == 2 else None,
        _text(record.get("region") or record.get("state")),
        _text(record.get("city")),
        _text(record.get("timezone") or record.get("time_zone")),
    )


def _asn(record: Record) -> Fields:
    return {
        "asn": _number(record.get("autonomous_system_number")),
        "organisation": _text(record.get("autonomous_system_organization")),
    }


def _isp(record: Record) -> Fields:
    return _asn(record) | {
        "isp": _text(record.get("isp")),
        "isp_organisation": _text(record.get("organization")),
        "domain": _text(record.get("domain")),
        "user_type": _text(record.get("user_type")),
        "connection_type": _text(record.get("connection_type")),
        "is_mobile": bool(record.get("mobile_country_code")),
    }


def _anonymous(record: Record) -> Fields:
    return {
        "is_hosting": _yes(record.get("is_hosting_provider")),
        "is_vpn": _yes(record.get("is_anonymous_vpn")),
        "is_tor": _yes(record.get("is_tor_exit_node")),
        "is_proxy": _yes(record.get("is_public_proxy")),
        # The Residential-Proxy database lists nothing but such proxies and has no field that says so.
        "is_residential_proxy": _yes(record.get("is_residential_proxy"))
        or ("provider_name" in record and "is_anonymous" not in record),
    }


def _enterprise(record: Record) -> Fields:
    traits = record.get("traits") or {}
    return _anonymous(traits) | _isp(traits)


def _flat(record: Record) -> Fields:
    """IPinfo Lite, Core, Plus, ASN, Company and Privacy, and ipapi's company and hosting databases."""
    of_network = "as_name" not in record and "asn" in record and "company" not in record
    name, domain, kind = (_text(record.get(word)) for word in ("name", "domain", "type"))
    company = _text(record.get("company")) or (None if of_network else name)
    return {
        "asn": _number(record.get("asn")),
        "organisation": _text(record.get("as_name")) or (name if of_network else None),
        "as_domain": _text(record.get("as_domain")) or (domain if of_network else None),
        "as_type": _text(record.get("as_type")) or (kind if of_network else None),
        "company": company,
        "company_domain": domain if company else None,
        "company_type": kind if company else None,
        "carrier": _text(record.get("carrier_name")),
        "is_hosting": _yes(record.get("is_hosting")) or _yes(record.get("hosting")),
        "is_vpn": _yes(record.get("is_vpn")) or _yes(record.get("vpn")),
        "is_tor": _yes(record.get("is_tor")) or _yes(record.get("tor")),
        "is_proxy": _yes(record.get("is_proxy")) or _yes(record.get("proxy")),
        "is_relay": _yes(record.get("is_relay")) or _yes(record.get("relay")),
        "is_mobile": _yes(record.get("is_mobile")),
    }


_NETWORK_READERS: dict[Use, Callable[[Record], Fields]] = {
    Use.ENTERPRISE: _enterprise,
    Use.FLAT: _flat,
    Use.ANONYMOUS: _anonymous,
    Use.CONNECTION_TYPE: lambda record: {"connection_type": _text(record.get("connection_type"))},
    Use.ISP: _isp,
    Use.DOMAIN: lambda record: {"domain": _text(record.get("domain"))},
    Use.ASN: _asn,
}


def _text(value: Any) -> str | None:
    """A text, interned since many records repeat it."""
    return sys.intern(value) if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    """An ASN, also where it is written "AS3215"."""
    if isinstance(value, int):
        return value or None
    digits = value.upper().removeprefix("AS") if isinstance(value, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _yes(value: Any) -> bool:
    """A flag; flat databases write "true" and "" as text."""
    return value is True or value in {1, "true", "True", "1"}
