"""Logs whose fields have names: JSON of Caddy, Traefik and nginx, W3C logs of IIS and CloudFront."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.imports.log_lines import AGENT, line
from tracker.imports.access_log import LineReader, SkipReason
from tracker.imports.log_line import ClientFinder, LogLine

EXPECTED = ("80.1.2.3", "GET", "/a?b=1", 200, "https://b.fr/", AGENT, "blog.fr")


def caddy(**request: Any) -> str:
    headers = {"User-Agent": [AGENT], "Referer": ["https://b.fr/"], "Accept": ["*/*"]}
    asked = {"remote_ip": "10.0.0.1", "client_ip": "80.1.2.3", "method": "GET", "host": "blog.fr", "uri": "/a?b=1"}
    tls = {"server_name": "other.fr", "proto": "h2"}
    made = {
        "request": asked | {"headers": headers, "tls": tls} | request,
        "status": 200,
        "size": 10,
        "ts": 1794819903.5,
    }
    return json.dumps({"level": "info", **made, "resp_headers": {"Server": ["Caddy"], "Host": ["x.fr"]}})


def traefik() -> str:
    names = {"ClientHost": "80.1.2.3", "RequestMethod": "GET", "RequestPath": "/a?b=1", "RequestHost": "blog.fr"}
    more = {"DownstreamStatus": 200, "request_User-Agent": AGENT, "request_Referer": "https://b.fr/"}
    return json.dumps(names | more | {"StartUTC": "2026-11-16T09:05:03.123456789Z", "ServiceURL": {"Host": "10.0.0.3"}})


def nginx(**changes: str) -> str:
    made = {"time_iso8601": "2026-11-16T10:05:03+01:00", "remote_addr": "80.1.2.3", "request": "GET /a?b=1 HTTP/1.1"}
    more = {"status": "200", "http_referer": "https://b.fr/", "http_user_agent": AGENT, "host": "blog.fr"}
    return json.dumps(made | more | changes)


def read(*lines: str) -> list[LogLine | SkipReason]:
    reader = LineReader(ClientFinder())
    return [reader.read(text) for text in lines]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(caddy(), id="caddy"),
        pytest.param(caddy(client_ip=None, remote_ip=None, remote_addr="80.1.2.3:5123"), id="caddy-before-2.7"),
        pytest.param(traefik(), id="traefik"),
        pytest.param(nginx(), id="nginx"),
        pytest.param(nginx(remote_addr="10.0.0.1", http_x_forwarded_for="9.9.9.9, 80.1.2.3, 10.0.0.2"), id="forwarded"),
        pytest.param(nginx(http_x_forwarded_for="9.9.9.9"), id="a-stranger-is-not-believed"),
        pytest.param("Nov 20 10:00:00 web1 caddy[7]: " + caddy(), id="syslog"),
        pytest.param(json.dumps({"log": caddy() + "\n", "stream": "stdout", "time": "x"}), id="docker"),
        pytest.param("\ufeff" + caddy(), id="byte-order-mark"),
    ],
)
def test_json_of_servers(text: str) -> None:
    (found,) = read(text)
    assert isinstance(found, LogLine)
    assert (
        found.client,
        found.method,
        found.target,
        found.status,
        found.referrer,
        found.agent,
        found.host,
    ) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"level":"info","msg":"serving initial configuration"}', id="another-message"),
        pytest.param(caddy().replace("1794819903.5", "1e999"), id="infinite-time"),
        pytest.param(caddy().replace("1794819903.5", "-62135596800"), id="first-year"),
        pytest.param('{"request":' + "[" * 20_000 + "}", id="deep"),
        pytest.param('{"ts":[],"request":{"uri":{}}}', id="other-types"),
        pytest.param("{}", id="empty"),
    ],
)
def test_json_that_is_no_request_is_malformed(text: str) -> None:
    assert read(text) == [SkipReason.MALFORMED]


def test_a_w3c_log_names_its_fields() -> None:
    agent = AGENT.replace(" ", "+")
    names = (
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) cs-host sc-status"
    )
    given = f"2026-11-16 09:05:03 10.0.0.1 GET /a b=1 80.1.2.3 {agent} https://b.fr/ blog.fr 200"
    directive, found, cut = read(names, given, given[:60])
    assert (directive, cut) == (SkipReason.DIRECTIVE, SkipReason.MALFORMED)
    assert isinstance(found, LogLine)
    assert (
        found.client,
        found.method,
        found.target,
        found.status,
        found.referrer,
        found.agent,
        found.host,
    ) == EXPECTED


def test_a_cloudfront_log_has_tabs_and_twice_escaped_agents() -> None:
    names = "#Fields: date time c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query"
    agent = AGENT.replace(" ", "%2520")
    given = ["2026-11-16", "09:05:03", "80.1.2.3", "GET", "blog.fr", "/a", "200", "https://b.fr/", agent, "b=1"]
    _, found = read(names, "\t".join(given))
    assert isinstance(found, LogLine)
    assert (found.agent, found.target) == (AGENT, "/a?b=1")


def test_a_line_of_text_in_braces_is_none_of_json() -> None:
    (found,) = read(line(agent="Agent/1.0 {x}") + " {x}")
    assert isinstance(found, LogLine)
