from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.mmdb import write_asn, write_city
from tests.name_server import FakeNameServer
from tests.running_service import webleads

BAD = sorted((Path(__file__).parents[3] / "shared" / "data" / "maxmind" / "bad-data").rglob("*.mmdb"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "geo").mkdir(parents=True)
    return folder


def test_an_update_without_its_key_is_one_line(data: Path) -> None:
    said = webleads("geo", "update", "--from", "geolite2", data=data, WEBLEADS_MAXMIND_ACCOUNT_ID="123")
    assert said.returncode == 2
    assert said.stderr.splitlines()[-1].endswith("set WEBLEADS_MAXMIND_LICENSE_KEY")


def test_the_key_alone_chooses_geolite2(data: Path) -> None:
    said = webleads("geo", "update", data=data, WEBLEADS_MAXMIND_LICENSE_KEY="s3cret")
    assert said.stderr.splitlines()[-1].endswith("set WEBLEADS_MAXMIND_ACCOUNT_ID")
    assert "s3cret" not in said.stderr


def test_the_doctor_says_what_each_database_is_for(data: Path) -> None:
    write_city(data / "geo" / "places.mmdb")
    write_asn(data / "geo" / "networks.mmdb", built_at=1_700_000_000)
    said = webleads("doctor", data=data).stdout
    assert "ok  place (city): places.mmdb (GeoLite2-City), " in said
    assert "hint  network (asn): networks.mmdb (GeoLite2-ASN), " in said
    assert "; companies and places change" in said


def test_the_doctor_names_a_damaged_database_in_one_line(data: Path) -> None:
    (data / "geo" / "x.mmdb").write_bytes(b"<html>")
    said = webleads("doctor", data=data)
    assert said.returncode == 1
    assert len([line for line in said.stdout.splitlines() if "x.mmdb" in line]) == 1
    assert "no network database" in said.stdout


def test_the_doctor_says_whether_the_resolver_answers(data: Path) -> None:
    with FakeNameServer() as server:
        here = f"127.0.0.1:{server.address.port}"
        said = webleads("doctor", data=data, WEBLEADS_REVERSE_DNS="yes", WEBLEADS_NAME_SERVER=here)
        assert "ok  reverse DNS: 127.0.0.1 answers" in said.stdout
    with FakeNameServer(silent=True) as server:
        here = f"127.0.0.1:{server.address.port}"
        said = webleads("doctor", data=data, WEBLEADS_REVERSE_DNS="yes", WEBLEADS_NAME_SERVER=here)
        assert "problem  reverse DNS: 127.0.0.1 did not answer within 2 seconds" in said.stdout


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_weekly_report_names_the_databases_as_their_licences_ask(data: Path, form: str) -> None:
    webleads("site", "add", "blog.example.fr", data=data)
    (data / "geo-in-use").mkdir()
    write_city(data / "geo-in-use" / "city.mmdb")
    said = webleads("report", "weekly", "--site", "blog.example.fr", "--format", form, data=data)
    assert "This product includes GeoLite2 Data created by MaxMind, available from" in said.stdout
    assert "https://www.maxmind.com" in said.stdout


@pytest.mark.skipif(not BAD, reason="MaxMind's corrupt files are not beside the project")
def test_enrich_goes_on_beside_every_corrupt_file_of_maxmind(data: Path) -> None:
    write_city(data / "geo" / "city.mmdb")
    for number, bad in enumerate(BAD):
        shutil.copyfile(bad, data / "geo" / f"bad{number}.mmdb")
    hit = (
        '{"received_at": "2026-11-16T09:00:00Z", "ip": "192.0.2.7", "user_agent": "Mozilla/5.0 (X11; Linux x86_64;'
        ' rv:145.0) Gecko/20100101 Firefox/145.0", "event": {"n": "pageview", "u": "https://blog.example.fr/"}}'
    )
    said = webleads("enrich", data=data, stdin=hit)
    assert '"city":"Quimper"' in said.stdout
    assert sorted(line.partition(" ")[0] for line in said.stderr.splitlines()) == sorted(
        f"bad{number}.mmdb" for number in range(21)
    )
