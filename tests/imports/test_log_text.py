"""Logs of plain text: what servers, proxies and log collectors put before, between and behind the fields."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from tests.imports.log_lines import AGENT, line
from tracker.imports.log_line import ClientFinder, LogLine
from tracker.imports.log_text import TextLines


def read(text: str, *trusted: str) -> LogLine:
    found = TextLines(ClientFinder(tuple(map(ip_network, trusted)))).read(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("front", "client", "host"),
    [
        pytest.param("80.1.2.3", "80.1.2.3", None, id="ip"),
        pytest.param("2A01:CB00::7", "2a01:cb00::7", None, id="ipv6"),
        pytest.param("::ffff:80.1.2.3", "80.1.2.3", None, id="mapped"),
        pytest.param("80.1.2.3, 10.1.0.5", "80.1.2.3", None, id="list"),
        pytest.param("80.1.2.3,10.1.0.5", "80.1.2.3", None, id="list-without-spaces"),
        pytest.param("92.1.1.1, 80.1.2.3, 10.1.0.5 10.1.0.6", "80.1.2.3", None, id="list-and-the-peer"),
        pytest.param("80.1.2.3, 203.0.113.9", "80.1.2.3", None, id="trusted-proxy"),
        pytest.param("unknown, 80.1.2.3", "80.1.2.3", None, id="unknown"),
        pytest.param("- 80.1.2.3", "80.1.2.3", None, id="dash-and-the-peer"),
        pytest.param("80.1.2.3:51234", "80.1.2.3", None, id="port"),
        pytest.param("[2a01:cb00::7]:443", "2a01:cb00::7", None, id="brackets"),
        pytest.param("blog.fr:443 80.1.2.3", "80.1.2.3", "blog.fr", id="host-before"),
        pytest.param("Blog.FR 80.1.2.3, 10.0.0.1", "80.1.2.3", "blog.fr", id="host-before-a-list"),
        pytest.param("80.1.2.3 blog.fr", "80.1.2.3", "blog.fr", id="host-after"),
        pytest.param("dyn-1-2.provider.fr", "dyn-1-2.provider.fr", None, id="name-in-the-ips-place"),
        pytest.param("workstation7", "workstation7", None, id="short-name-in-the-ips-place"),
        pytest.param("blog.fr:80 dyn-1.provider.fr", "dyn-1.provider.fr", "blog.fr", id="host-and-a-name"),
        pytest.param("_ 80.1.2.3", "80.1.2.3", None, id="host-of-a-server-without-name"),
        pytest.param("Nov 20 10:00:00 web1 nginx: 80.1.2.3", "80.1.2.3", None, id="syslog"),
        pytest.param(
            "<190>Nov  2 10:00:00 web1 nginx[7]: blog.fr 80.1.2.3", "80.1.2.3", "blog.fr", id="syslog-and-host"
        ),
        pytest.param(
            "<190>1 2026-11-20T10:00:00Z web1 nginx 7 - - 80.1.2.3", "80.1.2.3", None, id="syslog-of-rfc-5424"
        ),
        pytest.param("web-1  | 80.1.2.3", "80.1.2.3", None, id="compose"),
        pytest.param("2026-11-20T10:00:00.1Z stdout F 80.1.2.3", "80.1.2.3", None, id="kubernetes"),
    ],
)
def test_the_client_and_the_host_before_the_time(front: str, client: str, host: str | None) -> None:
    found = read(line(ip=front), "203.0.113.0/24")
    assert (found.client, found.host) == (client, host)


@pytest.mark.parametrize("user", ["anna", "anna.dupont", "anna@exemple.fr", "anna dupont", "10.0.0.1"])
def test_who_signed_in_is_neither_client_nor_host(user: str) -> None:
    found = read(line().replace("- - [", f"- {user} ["))
    assert (found.client, found.host) == ("192.0.2.7", None)


@pytest.mark.parametrize(
    ("front", "behind", "client"),
    [
        pytest.param("10.0.0.2", '"80.1.2.3"', "80.1.2.3", id="nginx-main"),
        pytest.param("10.0.0.2", '"92.1.1.1, 80.1.2.3, 10.0.0.9"', "80.1.2.3", id="list"),
        pytest.param("203.0.113.9", '"80.1.2.3" 0.004 "blog"', "80.1.2.3", id="behind-a-trusted-proxy"),
        pytest.param("unix:", '"80.1.2.3"', "80.1.2.3", id="by-a-socket"),
        pytest.param("90.9.9.9", '"80.1.2.3"', "90.9.9.9", id="a-stranger-is-not-believed"),
        pytest.param("10.0.0.2", '"-"', "10.0.0.2", id="nothing-forwarded"),
        pytest.param("10.0.0.2", "80.1.2.3, 10.0.0.9", "80.1.2.3", id="without-quotes"),
        pytest.param("80.1.2.3", '0.004 10.0.0.1:8080 "ms"', "80.1.2.3", id="other-fields"),
    ],
)
def test_the_client_behind_the_agent(front: str, behind: str, client: str) -> None:
    assert read(f"{line(ip=front)} {behind}", "203.0.113.0/24").client == client


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('] "', '] blog.fr "', id="host-before-the-request"),
        pytest.param('] "', '] (0 s) "', id="duration-before-the-request"),
        pytest.param(" 1234 ", " - ", id="no-size"),
        pytest.param(" 1234 ", " 1234 0.004 ", id="duration-before-the-referrer"),
        pytest.param('145.0"', '145.0" 4512', id="microseconds-behind"),
        pytest.param('145.0"', '145.0" "-" rt=0.004 uct="0.001"', id="named-fields-behind"),
        pytest.param('145.0"', '145.0" 7 "blog@docker" "http://10.0.0.3:80" 12ms', id="traefik"),
        pytest.param("[16/Nov/2026:10:05:03 +0100]", "[2026-11-16T10:05:03+01:00]", id="time-of-iso-8601"),
        pytest.param("[16/Nov/2026:10:05:03 +0100]", "[1794819903.120]", id="time-in-seconds"),
    ],
)
def test_other_fields_are_let_pass(old: str, new: str) -> None:
    found = read(line().replace(old, new, 1))
    assert (found.client, found.target, found.status) == ("192.0.2.7", "/blog/", 200)
    assert (found.referrer, found.agent) == ("https://www.google.com/", AGENT)


@pytest.mark.parametrize(
    ("fields", "referrer", "agent"),
    [
        pytest.param(
            r"https://b.fr/ Weird \"quoted\" agent/1.0", "https://b.fr/", 'Weird "quoted" agent/1.0', id="escaped"
        ),
        pytest.param(f'https://b.fr/?q="a" {AGENT}', 'https://b.fr/?q="a"', AGENT, id="unescaped-in-the-referrer"),
        pytest.param(
            'https://b.fr/ My "own" Agent/1.0', "https://b.fr/", 'My "own" Agent/1.0', id="unescaped-in-the-agent"
        ),
        pytest.param('https://b.fr/?q="a" Ag/1 "x"', 'https://b.fr/?q="a"', 'Ag/1 "x"', id="unescaped-in-both"),
        pytest.param(r"https://b.fr/\x22 Ag\xc3\xa9/1", 'https://b.fr/"', "Agé/1", id="bytes"),
    ],
)
def test_quotes_in_a_field_do_not_end_it(fields: str, referrer: str, agent: str) -> None:
    given_referrer, _, given_agent = fields.partition(" ")
    found = read(line(referrer=given_referrer, agent=given_agent))
    assert (found.referrer, found.agent) == (referrer, agent)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "https 2026-11-20T00:55:04.127531Z app/lb/abc 80.1.2.3:2817 10.0.0.1:80 0.001 0.102 0.000 200 200 225 24950"
            f' "GET https://blog.fr:443/a HTTP/1.1" "{AGENT}" ECDHE TLSv1.2 arn:aws:x "Root=1" "blog.fr" "-" 0',
            {"client": "80.1.2.3", "target": "https://blog.fr:443/a", "size": 24950, "agent": AGENT},
            id="load-balancer-of-aws",
        ),
        pytest.param(
            "Sep 25 06:05:27 lb haproxy[6801]: 80.1.2.3:55008 [25/Sep/2026:06:05:27.584] https~ web/one 0/0/0/72/72 200 7456"
            f' - - ---- 5/4/0/1/0 0/0 {{blog.fr|{AGENT}|https://b.fr/}} "GET /a HTTP/1.1"',
            {"client": "80.1.2.3", "target": "/a", "agent": AGENT, "referrer": "https://b.fr/", "host": "blog.fr"},
            id="haproxy-with-captured-headers",
        ),
        pytest.param(
            "80.1.2.3:55008 [25/Sep/2026:06:05:27.584] web web/one 0/0/0/72/72 200 7456 - - ---- 5/4/0/1/0 0/0"
            ' "GET /a HTTP/1.1"',
            {"client": "80.1.2.3", "target": "/a", "agent": ""},
            id="haproxy",
        ),
        pytest.param(
            f'b659 blog.fr [10/Feb/2026:16:42:07 -0500] 80.1.2.3 - EB35 WEBSITE.GET.OBJECT a "GET /a HTTP/1.1" 200 - 368 368 10 9 "-" "{AGENT}"',
            {"client": "80.1.2.3", "target": "/a", "agent": AGENT, "host": "blog.fr"},
            id="bucket",
        ),
    ],
)
def test_formats_of_balancers_and_buckets(text: str, expected: dict[str, Any]) -> None:
    found = read(text)
    assert {name: getattr(found, name) for name in expected} == expected
