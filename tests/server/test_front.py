"""The way in of a real service: no client speaks in its proxy's name, whatever it writes into its headers."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests import raw_http
from tests.journalled import ip_of
from tests.running_service import ForkedService, RunningService, webleads
from tracker.collector.client_ip import UNKNOWN

SITE = "blog.example.fr"
OTHER_SITE = "other.example.fr"
PASSWORD = "un mot de passe assez long"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    data = tmp_path_factory.mktemp("front") / "data"
    for site in (SITE, OTHER_SITE):
        assert webleads("site", "add", site, data=data).returncode == 0
    running = ForkedService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1").start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        pytest.param([b"X-Forwarded-For: 203.0.113.5"], "203.0.113.5", id="a-proxy"),
        pytest.param([b"X-Forwarded-For: 203.0.113.5", b"X_Forwarded_For: 6.6.6.6"], "203.0.113.5", id="folded-last"),
        pytest.param([b"X_Forwarded_For: 6.6.6.6", b"X-Forwarded-For: 203.0.113.5"], "203.0.113.5", id="folded-first"),
        pytest.param([b"X-Forwarded_For: 6.6.6.6", b"x-forwarded-for: 203.0.113.5"], "203.0.113.5", id="folded-half"),
        pytest.param([b"X_Forwarded_For: 6.6.6.6"], "127.0.0.1", id="folded-alone"),
        pytest.param([b"X-Forwarded-For: 6.6.6.6", b"X-Forwarded-For: 203.0.113.5"], "203.0.113.5", id="two-lines"),
        pytest.param([b"X-Forwarded-For: 203.0.113.5", b"Forwarded: for=6.6.6.6"], "203.0.113.5", id="another-header"),
        pytest.param([b"X-Forwarded-For: 203.0.113.5", b"X-Real-IP: 6.6.6.6"], "203.0.113.5", id="a-third"),
        pytest.param([b"Forwarded: for=6.6.6.6"], "127.0.0.1", id="another-header-alone"),
        pytest.param([b"X-Forwarded-For: 6.6.6.6, \xe9, 203.0.113.5"], UNKNOWN, id="above-0x7f"),
        pytest.param([b"X-Forwarded-For: \xff"], UNKNOWN, id="nothing-but-above-0x7f"),
        pytest.param([b"X-Forwarded-For: \xc3\xa9", b"X-Forwarded-For: 203.0.113.5"], "203.0.113.5", id="a-line-above"),
        pytest.param([b"X-Forwarded-For:"], UNKNOWN, id="empty"),
        pytest.param([b"X-Forwarded-For: unknown"], UNKNOWN, id="unknown"),
        pytest.param([b"X-Forwarded-For: [2001:db8::7]:443"], "2001:db8::7", id="ipv6-with-port"),
        pytest.param([b"X-Forwarded-For: 203.0.113.5", b"Remote_Addr: 6.6.6.6"], "203.0.113.5", id="the-peer"),
        pytest.param(
            [b"X-Forwarded-For: 203.0.113.5", b"webleads.client_ip: 6.6.6.6", b"Webleads-Client-Ip: 6.6.6.6"],
            "203.0.113.5",
            id="what-the-service-itself-notes",
        ),
    ],
)
def test_no_header_of_a_client_says_whose_ip_it_is(
    service: RunningService, lines: list[bytes], client: str, request: pytest.FixtureRequest
) -> None:
    page = f"/{request.node.callspec.id}/"
    assert raw_http.ask(service.port, raw_http.page_view(page, *lines))[0] == 202
    assert ip_of(service.data, page) == client


@pytest.mark.parametrize("folded", [b"Content_Length: 3", b"Content_Type: x", b"Transfer_Encoding: chunked"])
def test_no_folded_header_says_where_a_body_ends(service: RunningService, folded: bytes) -> None:
    assert raw_http.ask(service.port, raw_http.page_view("/whole/", folded))[0] == 202


def test_the_sign_in_counts_tries_by_the_same_ip(service: RunningService) -> None:
    assert (
        webleads("user", "add", "anna@example.fr", data=service.data, stdin=f"{PASSWORD}\n{PASSWORD}\n").returncode == 0
    )
    form = raw_http.ask(service.port, raw_http.head("GET", "/sign-in", 0))[1].decode()
    token, cookie = re.search('name="csrf_token" value="([^"]+)"', form), re.search(r"(?im)^set-cookie: ([^;]+)", form)
    assert token is not None
    assert cookie is not None

    def tries(number: int) -> int:
        answers = {"email": "anna@example.fr", "password": "wrong", "csrf_token": token[1]}
        body = urlencode(answers).encode()
        lines = [b"X-Forwarded-For: 198.51.100.9", f"X_Forwarded_For: 6.6.6.{number}".encode()]
        lines += [b"Content-Type: application/x-www-form-urlencoded", f"Cookie: {cookie[1]}".encode()]
        return raw_http.ask(service.port, raw_http.head("POST", "/sign-in", len(body), *lines) + body)[0]

    statuses = [tries(number) for number in range(8)]
    assert (statuses[0], statuses[-1]) == (422, 429)


def test_a_body_in_chunks_comes_whole_and_not_larger_than_it_may(service: RunningService) -> None:
    event = b'{"n":"pageview","u":"https://blog.example.fr/chunks/","d":"blog.example.fr"}'
    lines = b"POST /api/event HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (event[:7], event[7:]))
    assert raw_http.ask(service.port, lines + pieces + b"0\r\n\r\n")[0] == 202
    assert ip_of(service.data, "/chunks/") == "127.0.0.1"
    endless = b"%x\r\n%b\r\n" % (300_000, b" " * 300_000)
    assert raw_http.ask(service.port, lines + endless)[0] == 413


def test_a_body_that_says_it_is_too_large_is_not_waited_for(service: RunningService) -> None:
    assert raw_http.ask(service.port, raw_http.head("POST", "/api/event", 300_000))[0] == 413
    assert raw_http.ask(service.port, raw_http.head("POST", "/sign-in", 2_000_000))[0] == 413


def test_a_visitor_whose_ip_is_unknown_is_counted(service: RunningService) -> None:
    assert raw_http.ask(service.port, raw_http.page_view("/", b"X-Forwarded-For: who", site=OTHER_SITE))[0] == 202
    wait_until_counted(service, OTHER_SITE)


@pytest.mark.parametrize("agent", [b"Mozilla/5.0 (Linux; Android 15; Caf\xc3\xa9) Chrome/142.0", b"\xff\xfe"])
def test_a_visitor_whose_agent_has_bytes_above_0x7f_is_counted(service: RunningService, agent: bytes) -> None:
    site = f"agent{len(agent)}.example.fr"
    assert webleads("site", "add", site, data=service.data).returncode == 0
    view = raw_http.page_view("/", site=site).replace(raw_http.AGENT, agent)
    assert raw_http.ask(service.port, view)[0] == 202
    wait_until_counted(service, site)


def wait_until_counted(service: RunningService, site: str) -> None:
    """Waits until the site has one visitor with one page view."""
    query = '{"metrics": ["visitors", "pageviews"], "date_range": "today"}'
    deadline = time.monotonic() + 60
    while True:
        counted = webleads("query", "--site", site, query, data=service.data)
        assert counted.returncode == 0, counted.stderr
        if json.loads(counted.stdout)["results"][0]["metrics"] == [1, 1]:
            break
        assert time.monotonic() < deadline, counted.stdout
        time.sleep(0.2)


@pytest.mark.parametrize("path", ["/api/event", "/sign-in", "/assets/dashboard.css", "/js/webleads.js"])
def test_a_body_that_is_cut_off_is_the_clients_mistake(service: RunningService, path: str) -> None:
    with raw_http.connect(service.port) as client:
        client.sendall(raw_http.head("POST", path, 500) + b'{"n":"pageview"')
        client.shutdown(socket.SHUT_WR)
        assert 400 <= raw_http.read_answer(client)[0] < 500
