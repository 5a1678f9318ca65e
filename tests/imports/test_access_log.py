"""Access logs: which lines are page views, and why the others are not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imports.log_lines import AGENT, get, line, pages, parse_line, read_log
from tracker.hit import Hit
from tracker.imports.access_log import SkipReason

CASES = Path(__file__).parents[3] / "shared" / "cases"


def test_a_page_view_carries_the_logs_own_time_address_agent_and_referrer() -> None:
    hit = parse_line(line())
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
        pytest.param(line("GET /sitemap_index.xml HTTP/1.1"), SkipReason.NO_PAGE, id="map-of-the-site-for-machines"),
        pytest.param(line("GET /favicon.ico HTTP/1.1"), SkipReason.NO_PAGE, id="icon"),
        pytest.param(line("GET /blog/feed/ HTTP/1.1"), SkipReason.NO_PAGE, id="feed"),
        pytest.param(line("GET /?flav=rss20 HTTP/1.1"), SkipReason.NO_PAGE, id="feed-by-query"),
        pytest.param(line("GET /wp-login.php HTTP/1.1"), SkipReason.NO_PAGE, id="wordpress-login"),
        pytest.param("", SkipReason.MALFORMED, id="empty"),
        pytest.param("not a log line", SkipReason.MALFORMED, id="prose"),
        pytest.param(line(time="32/Nov/2026:10:05:03 +0100"), SkipReason.MALFORMED, id="no-such-day"),
        pytest.param(line(time="16/Nov/0001:10:05:03 +0100"), SkipReason.MALFORMED, id="first-year"),
        pytest.param(line(time="31/Dec/9999:23:59:59 -0100"), SkipReason.MALFORMED, id="last-year"),
        pytest.param(line(ip="999.0.2.7"), SkipReason.MALFORMED, id="no-such-address"),
        pytest.param(line(ip="-"), SkipReason.MALFORMED, id="no-client"),
        pytest.param(line("-"), SkipReason.MALFORMED, id="no-request"),
        pytest.param(line()[:60], SkipReason.MALFORMED, id="cut-in-the-request"),
        pytest.param(line(agent="-"), SkipReason.NO_AGENT, id="agent-of-a-dash"),
        pytest.param(line(agent=" "), SkipReason.NO_AGENT, id="agent-of-a-blank"),
        pytest.param(line().partition(' "https')[0], SkipReason.NO_AGENT, id="common-format"),
        pytest.param(line()[:110], SkipReason.NO_AGENT, id="cut-in-the-referrer"),
        pytest.param(line()[:-20], SkipReason.NO_AGENT, id="cut-in-the-agent"),
        pytest.param("#Fields: date time", SkipReason.DIRECTIVE, id="about-the-log-itself"),
        pytest.param("b.fr:443 " + line(), SkipReason.ANOTHER_HOST, id="another-virtual-host"),
        pytest.param(line("GET http://b.fr/ HTTP/1.1"), SkipReason.ANOTHER_HOST, id="asked-for-as-a-proxy"),
    ],
)
def test_what_is_no_page_view_is_skipped_with_its_reason(text: str, reason: SkipReason) -> None:
    assert parse_line(text) == reason


@pytest.mark.parametrize(
    ("request_line", "url"),
    [
        pytest.param("GET / HTTP/1.1", "/", id="home"),
        pytest.param("GET /a.html?utm_source=x HTTP/1.1", "/a.html?utm_source=x", id="query-kept"),
        pytest.param("GET /notes/version-1.2 HTTP/1.1", "/notes/version-1.2", id="dot-in-a-name"),
        pytest.param("GET /reviews/booking.com HTTP/1.1", "/reviews/booking.com", id="a-domain-as-a-name"),
        pytest.param("GET /sitemap HTTP/1.1", "/sitemap", id="a-map-for-people"),
        pytest.param("GET /favicon-generator HTTP/1.1", "/favicon-generator", id="about-icons"),
        pytest.param("GET /feed-the-future HTTP/1.1", "/feed-the-future", id="about-food"),
        pytest.param("GET /atom/packages HTTP/1.1", "/atom/packages", id="about-atoms"),
        pytest.param("GET http://a.fr/proxy HTTP/1.1", "/proxy", id="absolute-target"),
        pytest.param("GET http://www.a.fr HTTP/1.1", "/", id="absolute-target-without-a-path"),
        pytest.param(r"GET /caf\xc3\xa9 HTTP/1.1", "/café", id="escaped-bytes"),
        pytest.param(r"GET /caf\xe9 HTTP/1.1", "/caf%E9", id="escaped-bytes-that-are-no-utf-8"),
        pytest.param("GET /index.php HTTP/1.0", "/index.php", id="script-page"),
        pytest.param('GET /?q="a b" HTTP/1.1', '/?q="a b"', id="quotes-and-spaces-in-the-target"),
        pytest.param("GET /p/a%2Fb HTTP/1.1", "/p/a%2Fb", id="escaped-slash"),
    ],
)
def test_pages_in_all_their_spellings(request_line: str, url: str) -> None:
    assert pages([line(request_line)]) == [url]


@pytest.mark.parametrize("behind", ['"-" "{}"', '"-" 0.004 {}', 'rt=0.1 host="{}"', '"{}" TLSv1.3 "10.0.0.1:8080"'])
def test_a_host_at_the_end_is_found_by_the_sites_own(behind: str) -> None:
    hosts = ["b.fr", "a.fr", "www.a.fr", "b.fr", "c.fr"]
    log = [f"{get(f'/{n}', 60 * n)} {behind.format(host)}" for n, host in enumerate(hosts)]
    assert pages(log) == ["/1", "/2"]
    assert read_log(log).count(SkipReason.ANOTHER_HOST) == 3


def test_a_log_that_was_cut_while_it_was_written_begins_with_zeros() -> None:
    assert pages(["\0" * 4096 + get("/a", 0)]) == ["/a"]


def test_globs_say_which_paths_count() -> None:
    log = [get("/blog/a", 0), get("/blog/draft/b", 60), get("/shop/c?x=1", 120)]
    assert pages(log, only=("/blog/*", "/shop/?")) == ["/blog/a", "/blog/draft/b", "/shop/c?x=1"]
    assert pages(log, only=("/blog/*",), without=("*/draft/*",)) == ["/blog/a"]
    assert read_log(log, without=("/blog/*",))[:2] == [SkipReason.PATH_LEFT_OUT] * 2


@pytest.mark.parametrize(
    ("file", "site", "least", "most"),
    [
        ("pictures-without-extension.log", "shop.example.fr", 6, 6),
        ("guesser.log", "blog.example.fr", 2, 2),
        ("dots.log", "blog.example.fr", 9, 10),
        ("xff.log", "blog.example.fr", 3, 3),
        ("front.log", "blog.example.fr", 10, 10),
        ("vhost.log", "blog.example.fr", 1, 1),
        ("hostafterip.log", "blog.example.fr", 1, 1),
        ("caddy.log", "blog.example.fr", 1, 1),
    ],
)
def test_the_cases_are_right(file: str, site: str, least: int, most: int) -> None:
    if not CASES.is_dir():
        pytest.skip("../shared is not here: the cases are not in the repository")
    lines = (CASES / file).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    hits = [hit for hit in read_log(lines, site=site, hosts=frozenset({site})) if isinstance(hit, Hit)]
    assert least <= sum(hit.scanner is None for hit in hits) <= most


@given(st.text(max_size=300))
def test_no_text_raises(text: str) -> None:
    for made in (
        text,
        line(f"GET /{text} HTTP/1.1"),
        line(ip=text),
        line(time=text),
        line(agent=text),
        '{"request":' + text + "}",
    ):
        parse_line(made)
