"""Place and network by IP: what MaxMind documents of its test databases, and the cost of an IP that was not seen before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.eval.measure import SHARED, Measure, timed
from tracker.enrichment.geo.databases import Databases

_MAXMIND = SHARED / "maxmind"
_ADDRESSES = 100_000


def measures() -> Iterator[Measure]:
    yield from map(
        _documented, ("GeoIP2-City-Test", "GeoLite2-City-Test", "GeoIP2-Country-Test", "GeoIP2-Enterprise-Test")
    )
    databases = Databases.open(SHARED / "geo")
    # An odd multiplier never repeats an IP.
    addresses = [str(IPv4Address(index * 2_654_435_761 % 2**32)) for index in range(_ADDRESSES)]
    places, microseconds = timed(databases.place, addresses)
    known = {"country": _share(place.country for place in places), "city": _share(place.city for place in places)}
    yield Measure("place", "shared/geo, distinct addresses", len(addresses), known, microseconds)
    records, microseconds = timed(databases.network_record, addresses)
    known = {"AS": _share(record.asn for record in records)}
    yield Measure("network", "shared/geo, distinct addresses", len(addresses), known, microseconds)


def _documented(name: str) -> Measure:
    rows = json.loads((_MAXMIND / "source-data" / f"{name}.json").read_text(encoding="utf-8"))
    lines = [(ip_network(network, strict=False), record) for row in rows for network, record in row.items()]
    starts = Counter(network[0] for network, _ in lines)
    cases = [(str(network[0]), record) for network, record in lines if starts[network[0]] == 1]
    with TemporaryDirectory() as folder:
        (Path(folder) / "x.mmdb").symlink_to(_MAXMIND / "test-data" / f"{name}.mmdb")
        databases = Databases.open(Path(folder))
        places, microseconds = timed(lambda address: databases.place(address, "en"), [address for address, _ in cases])
    wrong = [
        f"{address}: {place.country} {place.city}, documented {_wanted(record)}"
        for (address, record), place in zip(cases, places, strict=True)
        if (place.country, place.city) != _wanted(record)
    ]
    return Measure("place", name, len(cases), {"accuracy": 1 - len(wrong) / len(cases)}, microseconds, wrong)


def _wanted(record: dict[str, Any]) -> tuple[str | None, str | None]:
    country = record.get("country") or record.get("registered_country") or {}
    return country.get("iso_code"), record.get("city", {}).get("names", {}).get("en")


def _share(values: Iterator[object]) -> float:
    found = [value is not None for value in values]
    return sum(found) / len(found)
