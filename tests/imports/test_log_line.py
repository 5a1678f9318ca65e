"""What the formats of access logs share: times, clients behind proxies, hosts."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from tracker.imports.log_line import ClientFinder, host_name, parse_time

NINE = datetime(2026, 11, 16, 9, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "16/Nov/2026:10:05:03 +0100",
        "16/nov/2026:10:05:03 +01:00",
        "16/November/2026:09:05:03 GMT",
        "16/Nov/2026:09:05:03",
        "16/Nov/2026:03:35:03 -0530",
        "2026-11-16T10:05:03+01:00",
        "2026-11-16 09:05:03",
        "2026/11/16 09:05:03Z",
        "1794819903",
        "1794819903000",
        "1794819903000000",
    ],
)
def test_reads_a_moment_in_any_form(text: str) -> None:
    assert parse_time(text) == NINE


@pytest.mark.parametrize("text", ["16/Nov/2026:10:05:03.250 +0100", "2026-11-16T09:05:03.250Z", "1794819903.25"])
def test_reads_fractions_of_a_second(text: str) -> None:
    found = parse_time(text)
    assert found is not None
    assert found.replace(microsecond=0) == NINE


@pytest.mark.parametrize(
    "text",
    [
        "16/Nov/0001:10:05:03 +0100",
        "01/Jan/0001:00:00:00 +1400",
        "31/Dec/9999:23:59:59 -1200",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "16/Foo/2026:10:05:03 +0100",
        "31/Feb/2026:10:05:03 +0100",
        "16/Nov/2026:25:05:03 +0100",
        "16/Nov/2026:10:05:03 +9900",
        "0",
        "",
    ],
)
def test_what_is_no_moment_of_a_web_server_is_none(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        pytest.param(["92.13.14.15", "90.1.1.1", "10.1.0.5"], "90.1.1.1", id="past-private-ones-from-the-right"),
        pytest.param(["92.13.14.15", "90.1.1.1", "8.8.4.4"], "90.1.1.1", id="past-trusted-ones"),
        pytest.param(["80.1.2.3:51234", "fd00::1"], "80.1.2.3", id="port"),
        pytest.param(["[2a01:cb00:1::5]:443", "[fe80::1%eth0]:80"], "2a01:cb00:1::5", id="brackets"),
        pytest.param(["::ffff:80.1.2.3", "100.64.0.1"], "80.1.2.3", id="ipv4-in-ipv6"),
        pytest.param(["unknown", "80.1.2.3", "-"], "80.1.2.3", id="what-is-no-ip-is-passed-over"),
        pytest.param(["10.0.0.9", "10.0.0.1"], "10.0.0.9", id="all-private"),
        pytest.param(["-", "unknown"], None, id="none"),
    ],
)
def test_the_client_is_counted_from_the_right(hops: list[str], client: str | None) -> None:
    assert ClientFinder((ip_network("8.8.4.0/24"),)).of(hops) == client


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Blog.Example.FR:443", "blog.example.fr"),
        ("blog.example.fr.", "blog.example.fr"),
        ("localhost:8080", "localhost"),
        ("80.1.2.3:80", "80.1.2.3"),
        ("443", None),
        ("a b.fr", None),
        ("user@a.fr", None),
        ("", None),
    ],
)
def test_a_host_is_known_with_and_without_its_port(text: str, host: str | None) -> None:
    assert host_name(text) == host
