from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mmdb import BUILT_AT, write_asn, write_city
from tests.reference.geo.publisher import Publisher, cut_off, gzipped, never, redirect, sha256, status, tarred
from tracker.enrichment.geo.databases import Databases
from tracker.reference.geo.providers import HOSTS, NotConfigured, editions
from tracker.reference.geo.update import UpdateOutcome, update
from tracker.reference.geo.verified_copies import VerifiedCopies
from tracker.settings import Settings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CITY, ASN = "/free/dbip-city-lite-2026-11.mmdb.gz", "/free/dbip-asn-lite-2026-11.mmdb.gz"
GEOLITE2 = "/geoip/databases/GeoLite2-{}/download?suffix=tar.gz"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    return Settings(
        data=tmp_path / "data", maxmind_account_id="123456", maxmind_license_key="s3cret", ipinfo_token="t0ken"
    )


@pytest.fixture
def content(tmp_path: Path) -> Callable[..., bytes]:
    """The bytes of a database of a type, built at a time."""

    def make(database_type: str, *, built_at: int = BUILT_AT) -> bytes:
        write = write_asn if "ASN" in database_type else write_city
        return write(tmp_path / "made", database_type=database_type, built_at=built_at).read_bytes()

    return make


def fetch(settings: Settings, publisher: Publisher, provider: str = "dbip", **options: object) -> list[UpdateOutcome]:
    return list(update(settings, provider, now=NOW, host=publisher.url, **options))  # type: ignore[arg-type]


def publish_dbip(publisher: Publisher, content: Callable[..., bytes]) -> None:
    publisher.answers = {
        CITY: gzipped(content("DBIP-City-Lite")),
        ASN: gzipped(content("DBIP-ASN-Lite (compat=GeoLite2-ASN)")),
    }


def states(outcomes: list[UpdateOutcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


def test_dbip_is_fetched_without_a_key(settings: Settings, publisher: Publisher, content: Callable[..., bytes]) -> None:
    publish_dbip(publisher, content)
    assert states(fetch(settings, publisher)) == ["updated", "updated"]
    databases = Databases.open(settings.geo_folder)
    assert databases.place("192.0.2.1").city == "Quimper"
    assert databases.network_record("192.0.2.1").asn == 64500
    assert sorted(path.name for path in settings.geo_folder.iterdir()) == [
        "dbip-asn-lite.mmdb",
        "dbip-city-lite.mmdb",
        "fetched.json",
    ]
    assert {key for _, key in publisher.asked} == {None}


def test_a_month_that_is_not_published_yet_is_the_month_before(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes]
) -> None:
    publish_dbip(publisher, content)
    first = datetime(2026, 12, 1, tzinfo=UTC)
    assert states(list(update(settings, "dbip", now=first, host=publisher.url))) == ["updated", "updated"]
    assert publisher.paths[:2] == ["/free/dbip-city-lite-2026-12.mmdb.gz", CITY]


def test_what_is_there_already_is_not_fetched_again(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes]
) -> None:
    publish_dbip(publisher, content)
    fetch(settings, publisher)
    asked = len(publisher.asked)
    assert states(fetch(settings, publisher)) == ["current", "current"]
    assert len(publisher.asked) == asked
    (settings.geo_folder / "dbip-city-lite.mmdb").write_bytes(b"overwritten")
    assert states(fetch(settings, publisher)) == ["updated", "current"]


def publish_geolite2(publisher: Publisher, content: Callable[..., bytes]) -> None:
    for what in ("City", "ASN"):
        packed = tarred(content(f"GeoLite2-{what}"), f"GeoLite2-{what}_20261118/GeoLite2-{what}.mmdb")
        publisher.answers[GEOLITE2.format(what)] = packed
        line = f"{sha256(packed)}  GeoLite2-{what}_20261118.tar.gz\n"
        publisher.answers[GEOLITE2.format(what) + ".sha256"] = line.encode()


def test_geolite2_is_fetched_with_the_key_and_checked_by_its_checksum(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes]
) -> None:
    publish_geolite2(publisher, content)
    assert states(fetch(settings, publisher, "geolite2")) == ["updated", "updated"]
    assert Databases.open(settings.geo_folder).place("192.0.2.1").city == "Quimper"
    assert {key for _, key in publisher.asked} == {"Basic MTIzNDU2OnMzY3JldA=="}  # 123456:s3cret
    asked = len(publisher.asked)
    assert states(fetch(settings, publisher, "geolite2")) == ["current", "current"]
    assert publisher.paths[asked:] == [GEOLITE2.format(what) + ".sha256" for what in ("City", "ASN")]


@pytest.mark.parametrize("with_checksums", [True, False])
def test_ipinfo_is_fetched_with_the_token(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes], with_checksums: bool
) -> None:
    plain = content("ipinfo ipinfo_lite.mmdb")
    publisher.answers["/data/ipinfo_lite.mmdb?token=t0ken"] = plain
    if with_checksums:
        checksums = json.dumps({"checksums": {"md5": "0", "sha256": sha256(plain)}}).encode()
        publisher.answers["/data/ipinfo_lite.mmdb/checksums?token=t0ken"] = checksums
    assert states(fetch(settings, publisher, "ipinfo")) == ["updated"]
    assert (settings.geo_folder / "ipinfo_lite.mmdb").read_bytes() == plain


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        ("geolite2", GEOLITE2.format("City") + ".sha256"),
        ("ipinfo", "/data/ipinfo_lite.mmdb?token=t0ken"),
    ],
)
def test_who_asks_with_a_key_is_told_that_it_is_refused(
    settings: Settings, publisher: Publisher, provider: str, path: str
) -> None:
    publisher.answers[path] = status(403)  # type: ignore[assignment]
    assert "refuses the key, or this account" in str(fetch(settings, publisher, provider)[0])


def test_a_redirect_is_followed_without_showing_the_key_to_another_host(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes]
) -> None:
    publish_geolite2(publisher, content)
    with Publisher() as storage:
        for what in ("City", "ASN"):
            path = GEOLITE2.format(what)
            storage.answers["/" + what] = publisher.answers[path]
            publisher.answers[path] = redirect(f"{storage.url}/{what}")
        assert states(fetch(settings, publisher, "geolite2")) == ["updated", "updated"]
        assert [key for _, key in storage.asked] == [None, None]


GOOD = b"the good one's name"


def refusals(content: Callable[..., bytes], gate: threading.Event) -> dict[str, tuple[object, str]]:
    """What may come instead of a database, and what is said of it."""
    good = gzipped(content("DBIP-City-Lite"))
    return {
        "cut off on the way": (cut_off(good), "broke off after"),
        "cut short when it was made": (good[: len(good) // 2], "it is a damaged gzip file, or something else"),
        "a web page": (b"<!doctype html><title>Welcome</title>", "it is a web page"),
        "a packed web page": (gzipped(b"<html>Sign in</html>"), "it is a web page and no database"),
        "nothing": (b"", "it is empty"),
        "half a database": (gzipped(content("DBIP-City-Lite")[:900]), "damaged"),
        "another kind": (gzipped(content("DBIP-ASN-Lite")), "it is a DBIP-ASN-Lite database where dbip-city-lite.mmdb"),
        "a foreign file": (gzipped(content("Weather")), "Weather"),
        "an older one": (gzipped(content("DBIP-City-Lite", built_at=BUILT_AT - 86_400)), "before the one in use"),
        "one of the future": (gzipped(content("DBIP-City-Lite", built_at=1_900_000_000)), "in the future"),
        "401": (status(401), "refuses the request (HTTP 401)"),
        "403": (status(403), "refuses the request (HTTP 403)"),
        "404": (status(404), "has no such file (HTTP 404)"),
        "429": (status(429), "too often today"),
        "503": (status(503), "cannot give it now (HTTP 503)"),
        "silence": (never(gate), "does not answer"),
        "no HTTP": (lambda handler: handler.wfile.write(b"220 smtp\r\n"), "broke off"),
        "a redirect in a circle": (redirect(CITY), "HTTP 302"),
    }


NAMES = sorted(refusals(lambda *_, **__: b"x" * 2000, threading.Event()))


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_download_is_one_line_and_the_old_database_stays(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes], name: str
) -> None:
    settings.geo_folder.mkdir()
    old = write_city(settings.geo_folder / "dbip-city-lite.mmdb", database_type="DBIP-City-Lite").read_bytes()
    publish_dbip(publisher, content)
    gate = threading.Event()
    answer, words = refusals(content, gate)[name]
    publisher.answers[CITY] = answer  # type: ignore[assignment]
    city, asn = fetch(settings, publisher, seconds=1.0 if name == "silence" else 60.0)
    gate.set()
    assert (city.state, asn.state) == ("failed", "updated")
    assert words in city.words
    assert city.words.endswith("; the one of 2026-11-18 stays in use")
    assert "\n" not in city.words
    assert (settings.geo_folder / "dbip-city-lite.mmdb").read_bytes() == old
    assert not list(settings.geo_folder.glob(".*"))


def test_a_wrong_checksum_is_refused(settings: Settings, publisher: Publisher, content: Callable[..., bytes]) -> None:
    publish_geolite2(publisher, content)
    publisher.answers[GEOLITE2.format("City") + ".sha256"] = f"{'0' * 64}  GeoLite2-City.tar.gz".encode()
    publisher.answers[GEOLITE2.format("ASN") + ".sha256"] = b"<html>"
    city, asn = fetch(settings, publisher, "geolite2")
    assert city.words.startswith("its checksum is not the one that the provider publishes")
    assert asn.words.startswith("the provider’s answer is not a checksum")
    assert not list(settings.geo_folder.glob("*.mmdb"))


def test_an_archive_without_a_database_is_refused(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes]
) -> None:
    publish_geolite2(publisher, content)
    packed = tarred(b"", name="README.txt")
    publisher.answers[GEOLITE2.format("City")] = packed
    publisher.answers[GEOLITE2.format("City") + ".sha256"] = sha256(packed).encode()
    assert fetch(settings, publisher, "geolite2")[0].words.startswith("there is no database in the archive")


def test_a_host_that_cannot_be_reached_is_one_line_without_the_key(settings: Settings) -> None:
    outcomes = list(update(settings, "ipinfo", now=NOW, host="http://127.0.0.1:9"))
    assert states(outcomes) == ["failed"]
    assert outcomes[0].words.startswith("127.0.0.1 cannot be reached")
    assert "t0ken" not in outcomes[0].words


@pytest.mark.parametrize(
    ("provider", "variable"), [("geolite2", "WEBLEADS_MAXMIND_LICENSE_KEY"), ("ipinfo", "WEBLEADS_IPINFO_TOKEN")]
)
def test_a_missing_key_is_named(tmp_path: Path, provider: str, variable: str) -> None:
    with pytest.raises(NotConfigured, match=variable):
        list(update(Settings(data=tmp_path), provider, now=NOW))


def test_the_providers_own_addresses_are_encrypted(settings: Settings) -> None:
    for provider in HOSTS:
        for edition in editions(provider, settings, today=NOW.date()):
            assert all(url.startswith("https://") for url in (*edition.urls, edition.checksum_url or "https://"))


def test_progress_is_told(settings: Settings, publisher: Publisher, content: Callable[..., bytes]) -> None:
    publish_dbip(publisher, content)
    told: dict[str, tuple[int, int]] = {}
    fetch(
        settings, publisher, report=lambda name: lambda received, all_of_it: told.update({name: (received, all_of_it)})
    )
    assert {name: received == all_of_it > 0 for name, (received, all_of_it) in told.items()} == {
        "dbip-city-lite.mmdb": True,
        "dbip-asn-lite.mmdb": True,
    }


def test_a_service_takes_up_what_was_fetched(
    settings: Settings, publisher: Publisher, content: Callable[..., bytes]
) -> None:
    publish_dbip(publisher, content)
    databases = Databases(VerifiedCopies(settings.geo_folder, settings.geo_kept_folder, keeps=True))
    assert not databases.opened
    fetch(settings, publisher)
    assert databases.reload_if_changed() or databases.reload_if_changed()
    assert databases.place("192.0.2.1").city == "Quimper"
