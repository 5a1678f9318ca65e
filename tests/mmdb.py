"""Small geo databases for tests, in the publishers' schemas and with documentation IPs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

BUILT_AT = 1_795_000_000  # 18 November 2026

BUSINESS, PROVIDER, ABROAD, SIX = "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/48"


def write_database(
    path: Path, database_type: str, records: Mapping[str, Any], *, built_at: int = BUILT_AT, description: str = ""
) -> Path:
    """Writes a database of networks and their records."""
    writer = MMDBWriter(6, database_type, ["en"], description, ipv4_compatible=True)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    _set_build_epoch(path, built_at)
    return path


def _set_build_epoch(path: Path, built_at: int) -> None:
    """The writer takes the clock's time; it stands as a 64-bit number behind its name at the end of the file."""
    content = path.read_bytes()
    at = content.rindex(b"build_epoch") + len(b"build_epoch")
    size = content[at] & 0x1F  # an extended type: the size, then the type's own byte
    number = built_at.to_bytes(size, "big")
    path.write_bytes(content[: at + 2] + number + content[at + 2 + size :])


def named(**names: str) -> dict[str, Any]:
    return {"names": names}


def write_city(path: Path, **options: Any) -> Path:
    """GeoLite2 City: a French town named in French, one abroad in English alone, one IPv6 network with a country."""
    paris = {
        "country": {"iso_code": "FR"},
        "subdivisions": [named(en="Brittany", fr="Bretagne"), named(en="Finistere", fr="Finistère")],
        "city": named(en="Quimper", fr="Quimper"),
        "location": {"time_zone": "Europe/Paris"},
    }
    abroad = {"country": {"iso_code": "US"}, "subdivisions": [named(en="California")], "city": named(en="San Diego")}
    records = {BUSINESS: paris, ABROAD: abroad, SIX: {"registered_country": {"iso_code": "BE"}}}
    return write_database(path, options.pop("database_type", "GeoLite2-City"), records, **options)


def write_asn(path: Path, **options: Any) -> Path:
    """GeoLite2 ASN: a company's own network and a provider's."""
    records = {
        BUSINESS: {"autonomous_system_number": 64500, "autonomous_system_organization": "Biscuiterie Armor SAS"},
        PROVIDER: {"autonomous_system_number": 64501, "autonomous_system_organization": "Example Telecom"},
    }
    return write_database(path, options.pop("database_type", "GeoLite2-ASN"), records, **options)
