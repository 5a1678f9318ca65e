"""The page's address: host, path, and the parameters that say where a reader comes from."""

from __future__ import annotations

import pytest

from tracker.enrichment.page.parse import parse_page
from tracker.enrichment.source.url_parameters import FREE_CLICK_IDS, MAIL_IDS, PAID_CLICK_IDS, without_campaign


@pytest.mark.parametrize(
    ("url", "hostname", "path"),
    [
        pytest.param("https://blog.fr", "blog.fr", "/", id="no-path"),
        pytest.param("https://Blog.FR/Article", "blog.fr", "/Article", id="hosts-have-no-case-paths-do"),
        pytest.param("https://user:secret@blog.fr:8443/a", "blog.fr", "/a", id="user-and-port"),
        pytest.param("https://blog.fr./a", "blog.fr", "/a", id="rooted-name"),
        pytest.param("https://blog.fr/caf%C3%A9", "blog.fr", "/café", id="accents"),
        pytest.param("https://blog.fr/p/a%2fb", "blog.fr", "/p/a%2Fb", id="an-escaped-slash-is-no-slash"),
        pytest.param(
            "https://blog.fr/a%2Fb/caf%C3%A9", "blog.fr", "/a%2Fb/café", id="only-what-has-a-meaning-stays-escaped"
        ),
        pytest.param("https://blog.fr/a%5Cb%252F", "blog.fr", "/a%5Cb%252F", id="escaped-backslash-and-escaped-escape"),
        pytest.param("https://blog.fr//x", "blog.fr", "/x", id="doubled-slash"),
        pytest.param("https://blog.fr/a//b///", "blog.fr", "/a/b/", id="doubled-slashes-within"),
        pytest.param(
            "https://blog.fr/to/https://b.fr/", "blog.fr", "/to/https://b.fr/", id="an-address-within-the-path"
        ),
        pytest.param("https://blog.fr/a;jsessionid=1A.n1?b=1", "blog.fr", "/a", id="a-session-in-the-path-goes"),
        pytest.param("https://blog.fr/a;v=2/b", "blog.fr", "/a;v=2/b", id="other-parameters-of-a-path-stay"),
        pytest.param("https://blog.fr/100%25", "blog.fr", "/100%25", id="an-escape-that-would-mean-another-stays"),
        pytest.param("https://blog.fr/a%3Fb", "blog.fr", "/a%3Fb", id="escaped-question-mark-stays"),
        pytest.param("https://blog.fr/a%0Ab", "blog.fr", "/a%0Ab", id="escaped-newline-stays"),
        pytest.param("https://blog.fr/%E9", "blog.fr", "/%E9", id="not-utf-8-stays"),
        pytest.param("https://blog.fr/a\nb\tc", "blog.fr", "/abc", id="raw-newlines-go"),
        pytest.param(" https://blog.fr/a ", "blog.fr", "/a", id="spaces-around"),
        pytest.param("https:\\\\blog.fr\\a", "blog.fr", "/a", id="backslashes-as-browsers-take-them"),
        pytest.param("https://bücher.example/a", "xn--bcher-kva.example", "/a", id="international"),
        pytest.param("http://[2001:db8::1]:80/a", "2001:db8::1", "/a", id="ipv6"),
        pytest.param("http://localhost:3000/a", "localhost", "/a", id="localhost"),
        pytest.param("https://blog.fr/a?utm_source=x&q=secret#top", "blog.fr", "/a", id="query-and-fragment-go"),
    ],
)
def test_a_page_is_its_host_and_path(url: str, hostname: str, path: str) -> None:
    page = parse_page(url)
    assert page is not None
    assert (page.hostname, page.path) == (hostname, path)
    assert page.url.endswith(f"://{hostname}{path}")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("blog.fr/a", id="no-scheme"),
        pytest.param("ftp://blog.fr/a", id="another-scheme"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("https://", id="no-host"),
        pytest.param("https://a b.fr/", id="space-in-the-host"),
        pytest.param("https://<script>.fr/", id="markup-in-the-host"),
        pytest.param("https://a..fr/", id="empty-label"),
        pytest.param("https://[::1", id="unclosed-bracket"),
        pytest.param("https://[javascript]/", id="no-address-in-brackets"),
        pytest.param("https://" + "a" * 300 + ".fr/", id="host-too-long"),
    ],
)
def test_what_is_no_page(url: str) -> None:
    assert parse_page(url) is None


@pytest.mark.parametrize(
    ("fragment", "path"),
    [
        pytest.param("#/route", "/app#/route", id="route"),
        pytest.param("#/route?id=3", "/app#/route", id="its-own-parameters-go"),
        pytest.param("#/route?id=3&p=12", "/app#/route?p=12", id="what-tells-pages-apart-stays"),
        pytest.param("#map=6/46.4/2.2", "/app", id="a-map"),
        pytest.param("#lat=46&lng=2", "/app", id="nothing-but-parameters"),
        pytest.param("#/route?utm_source=x&id=3&fbclid=1", "/app#/route", id="campaign-goes"),
        pytest.param("#utm_source=x", "/app", id="nothing-but-campaign"),
    ],
)
def test_a_hash_route_is_kept_without_the_campaign(fragment: str, path: str) -> None:
    page = parse_page(f"https://blog.fr/app{fragment}", keep_hash=True)
    assert page is not None
    assert page.path == path


def test_an_address_keeps_its_parameters_by_lower_case_name() -> None:
    page = parse_page("https://blog.fr/?UTM_Source=A&gclid=B&secret=C")
    assert page is not None
    assert page.params == {"utm_source": "A", "gclid": "B"}


def test_the_query_says_more_than_the_fragment() -> None:
    page = parse_page("https://blog.fr/?utm_source=a#utm_source=b&utm_medium=c")
    assert page is not None
    assert page.params == {"utm_source": "a", "utm_medium": "c"}


@pytest.mark.parametrize("name", sorted({*PAID_CLICK_IDS, *FREE_CLICK_IDS, *MAIL_IDS}))
def test_every_click_id_is_recognised_and_stripped(name: str) -> None:
    page = parse_page(f"https://blog.fr/?a=1&{name.upper()}=x")
    assert page is not None
    assert page.params == {name: "x"}
    assert without_campaign(f"a=1&{name}=x&b=2") == "a=1&b=2"


def test_a_value_is_cut_to_what_a_column_holds() -> None:
    page = parse_page("https://blog.fr/?utm_source=" + "é" * 500)
    assert page is not None
    assert page.params["utm_source"] == "é" * 200


@pytest.mark.parametrize(
    ("url", "hostname", "path"),
    [
        pytest.param("app://localhost/login", "localhost", "/login", id="app"),
        pytest.param("capacitor://localhost", "localhost", "/", id="no-path"),
        pytest.param("tauri://localhost/a?p=3&x=1#y", "localhost", "/a?p=3", id="query"),
        pytest.param("app://./index.html", "", "/index.html", id="no-host-that-could-be-one"),
        pytest.param("file:///C:/site/index.html", "", "/C:/site/index.html", id="file"),
    ],
)
def test_an_application_s_page_is_one(url: str, hostname: str, path: str) -> None:
    page = parse_page(url)
    assert page is not None
    assert (page.hostname, page.path, page.is_web) == (hostname, path, False)


@pytest.mark.parametrize(
    "url", ["about:blank", "data:text/html,a", "blob:https://a.fr/1", "javascript://a.fr/%0Aalert(1)"]
)
def test_what_a_browser_has_beside_pages_is_none(url: str) -> None:
    assert parse_page(url) is None
