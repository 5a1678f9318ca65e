from __future__ import annotations

from pathlib import Path

import pytest

from tests.mmdb import write_asn, write_city
from tracker.reference.geo.attribution import DBIP, IPINFO, MAXMIND, attribution_of, attributions
from tracker.settings import Settings


@pytest.mark.parametrize(
    ("database_type", "description", "line"),
    [
        ("DBIP-City-Lite", "", DBIP),
        ("DBIP-ASN-Lite (compat=GeoLite2-ASN)", "", DBIP),
        ("GeoLite2-City", "GeoLite2City database", MAXMIND),
        ("GeoLite2-City", "DB-IP.com, CC BY 4.0", DBIP),
        ("ipinfo ipinfo_lite.mmdb", "", IPINFO),
        ("GeoIP2-City", "", None),
        ("DBIP-Location-ISP (compat=Enterprise)", "", None),
        ("ipinfo standard_company.mmdb", "", None),
    ],
)
def test_a_database_asks_for_its_line(database_type: str, description: str, line: object) -> None:
    assert attribution_of(database_type, description) == line


def test_the_lines_are_those_of_the_databases_in_use_each_once(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert list(attributions(settings)) == []
    settings.geo_kept_folder.mkdir()
    write_city(settings.geo_kept_folder / "city.mmdb")
    write_asn(settings.geo_kept_folder / "asn.mmdb")
    assert list(attributions(settings)) == [MAXMIND]
    write_city(settings.geo_kept_folder / "city.mmdb", database_type="DBIP-City-Lite")
    assert set(attributions(settings)) == {MAXMIND, DBIP}
