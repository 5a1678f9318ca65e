from __future__ import annotations

import json
from collections import Counter
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

from tests.mmdb import ABROAD, BUILT_AT, BUSINESS, write_asn, write_city, write_database
from tracker.enrichment.geo.databases import Databases, NetworkRecord, Place, Use

MAXMIND = Path(__file__).parents[3] / "shared" / "data" / "maxmind"
needs_maxmind = pytest.mark.skipif(not MAXMIND.is_dir(), reason="MaxMind's test databases are not beside the project")


def opened(folder: Path) -> Databases:
    found = Databases.open(folder)
    assert list(found.problems) == []
    return found


def test_names_come_in_the_sites_language_and_else_in_english(tmp_path: Path) -> None:
    write_city(tmp_path / "city.mmdb")
    databases = opened(tmp_path)
    assert databases.place("192.0.2.9", "fr") == Place("FR", "Bretagne", "Quimper", "Europe/Paris")
    assert databases.place("192.0.2.9", "en") == Place("FR", "Brittany", "Quimper", "Europe/Paris")
    assert databases.place("203.0.113.9", "fr") == Place("US", "California", "San Diego", None)


def test_a_network_without_a_country_has_the_one_it_is_registered_in(tmp_path: Path) -> None:
    write_city(tmp_path / "city.mmdb")
    assert opened(tmp_path).place("2001:db8:1::9") == Place("BE")


@pytest.mark.parametrize(
    "address", ["198.51.100.1", "", "unknown", "300.1.1.1", "fe80::1%eth0", "192.0.2.1, 192.0.2.2"]
)
def test_what_no_database_knows_is_empty(tmp_path: Path, address: str) -> None:
    write_city(tmp_path / "city.mmdb")
    assert opened(tmp_path).place(address) == Place()


def test_a_country_database_is_completed_by_a_city_database_that_agrees(tmp_path: Path) -> None:
    write_database(tmp_path / "a.mmdb", "GeoIP2-Enterprise", {BUSINESS: {"country": {"iso_code": "FR"}}})
    write_database(tmp_path / "b.mmdb", "GeoIP2-Enterprise", {ABROAD: {"country": {"iso_code": "CA"}}})
    write_city(tmp_path / "city.mmdb")
    databases = opened(tmp_path)
    assert databases.place("192.0.2.9").city == "Quimper"
    assert databases.place("203.0.113.9") == Place("CA")


def test_the_newest_of_two_databases_of_a_kind_is_asked_first(tmp_path: Path) -> None:
    for name, number, built_at in (("a", 64500, BUILT_AT), ("b", 64501, BUILT_AT + 1), ("c", 64502, BUILT_AT - 1)):
        record = {"autonomous_system_number": number, "autonomous_system_organization": name}
        write_database(tmp_path / f"{name}.mmdb", "GeoLite2-ASN", {BUSINESS: record}, built_at=built_at)
    assert opened(tmp_path).network_record("192.0.2.1").asn == 64501


@pytest.mark.parametrize(
    ("database_type", "use"),
    [
        ("GeoLite2-City", Use.CITY),
        ("GeoIP2-City-Shield", Use.CITY),
        ("DBIP-City-Lite", Use.CITY),
        ("DBIP-Location (compat=City)", Use.CITY),
        ("DBIP-Location-ISP (compat=Enterprise)", Use.ENTERPRISE),
        ("GeoIP2-Precision-Enterprise", Use.ENTERPRISE),
        ("DBIP-Country-Lite", Use.COUNTRY),
        ("DBIP-ASN-Lite", Use.ASN),
        ("DBIP-ISP (compat=ISP)", Use.ISP),
        ("GeoIP2-Connection-Type", Use.CONNECTION_TYPE),
        ("GeoIP-Anonymous-Plus", Use.ANONYMOUS),
        ("GeoIP-Residential-Proxy", Use.ANONYMOUS),
        ("GeoIP2-Domain", Use.DOMAIN),
        ("ipinfo ipinfo_lite.mmdb", Use.FLAT),
    ],
)
def test_a_database_is_used_for_what_its_type_says(tmp_path: Path, database_type: str, use: Use) -> None:
    write_database(tmp_path / "any name.mmdb", database_type, {BUSINESS: {"country_code": "FR"}})
    assert [one.use for one in opened(tmp_path).opened] == [use]


@pytest.mark.parametrize("database_type", ["GeoIP2-User-Count", "GeoIP2-DensityIncome", "Weather", ""])
def test_a_database_of_another_subject_is_named_and_left_out(tmp_path: Path, database_type: str) -> None:
    write_database(tmp_path / "x.mmdb", database_type, {BUSINESS: {"score": 1}})
    databases = Databases.open(tmp_path)
    assert not databases.opened
    assert len(databases.problems) == 1
    assert databases.problems[0].startswith("x.mmdb ")
    assert "\n" not in databases.problems[0]


FLAT = [
    pytest.param(
        {"country": "France", "country_code": "FR", "asn": "AS3215", "as_name": "Orange", "as_domain": "orange.com"},
        Place("FR"),
        NetworkRecord(asn=3215, organisation="Orange", as_domain="orange.com"),
        id="IPinfo Lite",
    ),
    pytest.param(
        {"city": "Lyon", "region": "Auvergne-Rhône-Alpes", "country": "FR", "timezone": "Europe/Paris", "lat": "45.7"},
        Place("FR", "Auvergne-Rhône-Alpes", "Lyon", "Europe/Paris"),
        NetworkRecord(),
        id="IPinfo location",
    ),
    pytest.param(
        {
            "name": "Armor",
            "domain": "armor.example",
            "type": "business",
            "asn": "AS1",
            "as_name": "X",
            "as_type": "isp",
        },
        Place(),
        NetworkRecord(
            asn=1,
            organisation="X",
            as_type="isp",
            company="Armor",
            company_domain="armor.example",
            company_type="business",
        ),
        id="IPinfo company",
    ),
    pytest.param(
        {"asn": "AS12322", "name": "Free SAS", "domain": "free.fr", "type": "isp", "route": BUSINESS},
        Place(),
        NetworkRecord(asn=12322, organisation="Free SAS", as_domain="free.fr", as_type="isp"),
        id="IPinfo ASN",
    ),
    pytest.param(
        {"hosting": "true", "vpn": "", "proxy": "true", "tor": "", "relay": "true"},
        Place(),
        NetworkRecord(is_hosting=True, is_proxy=True, is_relay=True),
        id="IPinfo privacy",
    ),
    pytest.param(
        {"company": "TOT Mobile", "domain": "tot.example", "type": "isp", "netname": "TOT", "abuser_score": "0.01"},
        Place(),
        NetworkRecord(company="TOT Mobile", company_domain="tot.example", company_type="isp"),
        id="ipapi company",
    ),
]


@pytest.mark.parametrize(("record", "place", "network"), FLAT)
def test_flat_schemas_are_read_by_their_fields(
    tmp_path: Path, record: dict[str, str], place: Place, network: NetworkRecord
) -> None:
    write_database(tmp_path / "x.mmdb", "ipinfo standard.mmdb", {BUSINESS: record})
    databases = opened(tmp_path)
    assert databases.place("192.0.2.1") == place
    assert databases.network_record("192.0.2.1") == network


def test_all_network_databases_answer_together(tmp_path: Path) -> None:
    write_asn(tmp_path / "asn.mmdb")
    types = {
        "GeoIP2-ISP": {"isp": "Example Telecom", "organization": "Armor", "mobile_country_code": "208"},
        "GeoIP2-Domain": {"domain": "armor.example"},
        "GeoIP2-Connection-Type": {"connection_type": "Corporate"},
        "GeoIP2-Anonymous-IP": {"is_anonymous": True, "is_anonymous_vpn": True},
        "GeoIP-Residential-Proxy": {"provider_name": "example", "anonymizer_confidence": 80},
    }
    for database_type, record in types.items():
        write_database(tmp_path / f"{database_type}.mmdb", database_type, {BUSINESS: record})
    assert opened(tmp_path).network_record("192.0.2.1") == NetworkRecord(
        asn=64500,
        organisation="Biscuiterie Armor SAS",
        isp="Example Telecom",
        isp_organisation="Armor",
        domain="armor.example",
        connection_type="Corporate",
        is_vpn=True,
        is_mobile=True,
        is_residential_proxy=True,
    )
    assert opened(tmp_path).network_record("198.51.100.1").organisation == "Example Telecom"


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"country": "FR", "city": ["Paris"]}, id="fields of the wrong type"),
        pytest.param({"subdivisions": [], "city": {"names": []}}, id="empty lists"),
        pytest.param(["FR"], id="no map"),
        pytest.param("FR", id="a text"),
    ],
)
def test_a_foreign_record_under_a_known_type_is_no_error(tmp_path: Path, record: Any) -> None:
    write_database(tmp_path / "x.mmdb", "GeoLite2-City", {BUSINESS: record})
    write_database(tmp_path / "y.mmdb", "GeoLite2-ASN", {BUSINESS: record})
    databases = opened(tmp_path)
    assert databases.place("192.0.2.1") == Place()
    assert databases.network_record("192.0.2.1") == NetworkRecord()


def test_the_databases_are_opened_again_when_a_file_is_added(tmp_path: Path) -> None:
    databases = Databases.open(tmp_path / "geo")
    assert databases.place("192.0.2.1") == Place()
    assert not databases.reload_if_changed()
    (tmp_path / "geo").mkdir()
    write_city(tmp_path / "geo" / "city.mmdb")
    assert databases.reload_if_changed()
    assert databases.place("192.0.2.1").city == "Quimper"


@needs_maxmind
@pytest.mark.parametrize(
    "name", ["GeoIP2-City-Test", "GeoLite2-City-Test", "GeoIP2-Country-Test", "GeoLite2-Country-Test"]
)
def test_places_are_what_maxmind_documents(tmp_path: Path, name: str) -> None:
    databases = one_database(tmp_path, name)
    cases = 0
    for address, record in cases_of(name):
        place = databases.place(address, "en")
        country = record.get("country") or record.get("registered_country") or {}
        assert place.country == country.get("iso_code"), address
        assert place.city == record.get("city", {}).get("names", {}).get("en"), address
        assert place.time_zone == record.get("location", {}).get("time_zone"), address
        cases += 1
    assert cases > 200


@needs_maxmind
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("GeoLite2-ASN-Test", {"asn": "autonomous_system_number", "organisation": "autonomous_system_organization"}),
        (
            "GeoIP2-ISP-Test",
            {"asn": "autonomous_system_number", "isp": "isp", "isp_organisation": "organization"},
        ),
        ("GeoIP2-Domain-Test", {"domain": "domain"}),
        ("GeoIP2-Connection-Type-Test", {"connection_type": "connection_type"}),
        (
            "GeoIP2-Anonymous-IP-Test",
            {"is_vpn": "is_anonymous_vpn", "is_tor": "is_tor_exit_node", "is_hosting": "is_hosting_provider"},
        ),
        ("GeoIP-Anonymous-Plus-Test", {"is_vpn": "is_anonymous_vpn", "is_proxy": "is_public_proxy"}),
    ],
)
def test_networks_are_what_maxmind_documents(tmp_path: Path, name: str, fields: dict[str, str]) -> None:
    databases = one_database(tmp_path, name)
    cases = 0
    for address, record in cases_of(name):
        known = asdict(databases.network_record(address))
        wanted = {ours: record.get(theirs) or None for ours, theirs in fields.items()}
        assert {ours: known[ours] or None for ours in fields} == wanted, address
        cases += 1
    assert cases >= 10


@needs_maxmind
@pytest.mark.parametrize("name", ["GeoIP2-Enterprise-Test", "GeoIP2-Precision-Enterprise-Test"])
def test_enterprise_gives_place_and_network(tmp_path: Path, name: str) -> None:
    databases = one_database(tmp_path, name)
    for address, record in cases_of(name):
        traits = record.get("traits", {})
        known = databases.network_record(address)
        assert databases.place(address, "en").city == record.get("city", {}).get("names", {}).get("en")
        assert (known.isp, known.user_type) == (traits.get("isp"), traits.get("user_type")), address


def one_database(folder: Path, name: str) -> Databases:
    (folder / f"{name}.mmdb").symlink_to(MAXMIND / "test-data" / f"{name}.mmdb")
    return opened(folder)


def cases_of(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The first address of each documented network with its record, where the source names the network once."""
    rows = json.loads((MAXMIND / "source-data" / f"{name}.json").read_text(encoding="utf-8"))
    lines = [(ip_network(network, strict=False), record) for row in rows for network, record in row.items()]
    starts = Counter(network[0] for network, _ in lines)
    return [(str(network[0]), record) for network, record in lines if starts[network[0]] == 1]
