"""Access logs: which lines are page views, and why the others are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.hit import Hit
from tracker.ingest.access_log import SkipReason, parse_line

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def line(
    request: str = "GET /blog/ HTTP/1.1",
    status: int = 200,
    *,
    referrer: str = "https://www.google.com/",
    agent: str = AGENT,
    ip: str = "192.0.2.7",
    time: str = "16/Nov/2026:10:05:03 +0100",
) -> str:
    return f'{ip} - - [{time}] "{request}" {status} 1234 "{referrer}" "{agent}"'


def test_a_page_view_carries_the_logs_own_time_address_agent_and_referrer() -> None:
    hit = parse_line(line(), site="a.fr")
    assert isinstance(hit, Hit)
    assert hit.received_at == datetime(2026, 11, 16, 9, 5, 3, tzinfo=UTC)
    assert (hit.ip, hit.user_agent) == ("192.0.2.7", AGENT)
    assert (hit.event.url, hit.event.referrer, hit.event.domain) == (
        "https://a.fr/blog/",
        "https://www.google.com/",
        "a.fr",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(line("HEAD /blog/ HTTP/1.1"), SkipReason.METHOD, id="head"),
        pytest.param(line("POST /contact HTTP/1.1"), SkipReason.METHOD, id="post"),
        pytest.param(line(status=404), SkipReason.ERROR, id="not-found"),
        pytest.param(line(status=500), SkipReason.ERROR, id="server-error"),
        pytest.param(line(status=301), SkipReason.REDIRECT, id="redirect"),
        pytest.param(line("GET /img/a.PNG HTTP/1.1"), SkipReason.ASSET, id="image"),
        pytest.param(line("GET /style.css?v=2 HTTP/1.1"), SkipReason.ASSET, id="style-with-query"),
        pytest.param(line("GET /files/logstash-1.1.0.jar HTTP/1.1"), SkipReason.ASSET, id="download"),
        pytest.param(line("GET /robots.txt HTTP/1.1"), SkipReason.NO_PAGE, id="robots"),
        pytest.param(line("GET /favicon.ico HTTP/1.1"), SkipReason.NO_PAGE, id="icon"),
        pytest.param(line("GET /blog/feed/ HTTP/1.1"), SkipReason.NO_PAGE, id="feed"),
        pytest.param(line("GET /?flav=rss20 HTTP/1.1"), SkipReason.NO_PAGE, id="feed-by-query"),
        pytest.param(line("GET /wp-login.php HTTP/1.1"), SkipReason.NO_PAGE, id="wordpress-login"),
        pytest.param("", SkipReason.MALFORMED, id="empty"),
        pytest.param("not a log line", SkipReason.MALFORMED, id="prose"),
        pytest.param(line(time="32/Nov/2026:10:05:03 +0100"), SkipReason.MALFORMED, id="no-such-day"),
        pytest.param(line(ip="999.0.2.7"), SkipReason.MALFORMED, id="no-such-address"),
        pytest.param(line("-"), SkipReason.MALFORMED, id="no-request"),
    ],
)
def test_what_is_no_page_view_is_skipped_with_its_reason(text: str, reason: SkipReason) -> None:
    assert parse_line(text, site="a.fr") == reason


@pytest.mark.parametrize(
    ("request_line", "url"),
    [
        pytest.param("GET / HTTP/1.1", "https://a.fr/", id="home"),
        pytest.param("GET /a.html?utm_source=x HTTP/1.1", "https://a.fr/a.html?utm_source=x", id="query-kept"),
        pytest.param("GET /notes/version-1.2 HTTP/1.1", "https://a.fr/notes/version-1.2", id="dot-in-a-name"),
        pytest.param("GET http://a.fr/proxy HTTP/1.1", "https://a.fr/proxy", id="absolute-target"),
        pytest.param(r"GET /caf\xc3\xa9 HTTP/1.1", "https://a.fr/café", id="escaped-bytes"),
        pytest.param("GET /index.php HTTP/1.0", "https://a.fr/index.php", id="script-page"),
    ],
)
def test_pages_in_all_their_spellings(request_line: str, url: str) -> None:
    hit = parse_line(line(request_line), site="a.fr")
    assert isinstance(hit, Hit)
    assert hit.event.url == url


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param(line(ip="2001:db8::7"), "2001:db8::7", id="ipv6"),
        pytest.param(line(ip="::ffff:192.0.2.9"), "192.0.2.9", id="mapped"),
        pytest.param("a.fr:443 " + line(), "192.0.2.7", id="virtual-host-in-front"),
        pytest.param(line() + ' "-" 0.004', "192.0.2.7", id="fields-behind"),
    ],
)
def test_addresses_and_the_usual_variations(text: str, address: str) -> None:
    hit = parse_line(text, site="a.fr")
    assert isinstance(hit, Hit)
    assert hit.ip == address


def test_a_quote_inside_the_agent_does_not_end_it() -> None:
    hit = parse_line(line(agent=r"Weird \"quoted\" agent"), site="a.fr")
    assert isinstance(hit, Hit)
    assert hit.user_agent == 'Weird "quoted" agent'


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    parse_line(text, site="a.fr")
    parse_line(line(f"GET /{text} HTTP/1.1"), site="a.fr")
