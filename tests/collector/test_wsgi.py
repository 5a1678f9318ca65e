"""What the collector takes, what it refuses with which words, and what it keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collector.conftest import NOW, Caller
from tracker.collector.wsgi import PIXEL

EVENT = {"n": "pageview", "u": "https://a.fr/blog/", "d": "a.fr"}


def test_an_accepted_event_is_in_the_journal_with_time_address_and_agent(call: Caller) -> None:
    answer = call.post(EVENT | {"r": "https://www.linkedin.com/", "t": "Été"}, HTTP_USER_AGENT="Firefox")
    assert (answer.status, answer.body) == (202, b"ok")
    (hit,) = call.kept()
    assert (hit.received_at, hit.ip, hit.user_agent) == (NOW, "192.0.2.1", "Firefox")
    assert (hit.event.u, hit.event.r, hit.event.t) == ("https://a.fr/blog/", "https://www.linkedin.com/", "Été")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"name": "pageview", "url": "https://a.fr/", "domain": "a.fr", "referrer": None}, id="long-keys"),
        pytest.param({"n": "pageview", "u": "https://a.fr/", "d": "a.fr", "r": None, "h": 1, "v": 24}, id="short-keys"),
        pytest.param({"n": "pageview", "u": "https://a.fr/"}, id="domain-left-out"),
        pytest.param({"name": "Sale", "url": "https://a.fr/", "domain": "a.fr", "props": {"plan": "pro"}, "revenue": {"currency": "EUR", "amount": "9.50"}, "interactive": False}, id="custom-with-revenue"),
        pytest.param({"n": "engagement", "u": "https://a.fr/", "d": "a.fr", "e": 12000, "sd": 80, "v": 24}, id="engagement"),
        pytest.param({"n": "Signup", "u": "https://a.fr/", "d": "a.fr", "m": '{"plan":"pro"}', "p": '{"a":"b"}'}, id="properties-as-text"),
        pytest.param({"n": "pageview", "u": "HTTPS://A.fr/", "unknown": [1, {"x": 2}]}, id="unknown-keys"),
    ],
)  # fmt: skip
def test_what_plausibles_clients_send_is_taken(call: Caller, event: dict[str, Any]) -> None:
    assert call.post(event).status == 202
    assert len(call.kept()) == 1


@pytest.mark.parametrize(
    ("body", "status", "field", "words"),
    [
        pytest.param(b"", 400, "body", "the body is empty", id="empty"),
        pytest.param(b"   ", 400, "body", "the body is empty", id="blank"),
        pytest.param(b'{"n":"pageview"', 400, "body", "not valid JSON", id="cut-off"),
        pytest.param(b"hello", 400, "body", "not valid JSON", id="prose"),
        pytest.param(b"[1, 2]", 400, "body", "must be an object, not a list", id="list"),
        pytest.param({"u": "https://a.fr/"}, 400, "name", "`name` is missing", id="no-name"),
        pytest.param({"n": " ", "u": "https://a.fr/"}, 400, "name", "`name` is missing", id="blank-name"),
        pytest.param({"n": "pageview"}, 400, "url", "`url` is missing", id="no-url"),
        pytest.param({"name": "pageview", "url": 12}, 400, "url", "`url` is none of a page", id="number-for-url"),
        pytest.param({"n": ["x"], "u": "https://a.fr/"}, 400, "name", "`name` is missing", id="list-for-name"),
        pytest.param({"n": "x", "u": "javascript:alert(1)"}, 400, "url", "is none of a page", id="javascript"),
        pytest.param({"n": "pageview", "u": "/blog/"}, 400, "url", "is none of a page", id="relative-to-nothing"),
        pytest.param(b'{"n":"x","u":"https://a.fr/","x":' + b"[" * 990, 400, "body", "nested too deeply", id="deep"),
        pytest.param(b"x" * 300_000, 413, "body", "at most 262,144", id="huge"),
        pytest.param({"batch": []}, 400, "batch", "is empty", id="empty-batch"),
        pytest.param({"batch": [EVENT] * 51}, 413, "batch", "51 events", id="large-batch"),
        pytest.param({"batch": 3}, 400, "batch[0]", "`batch[0]` must be an object", id="batch-of-nothing"),
        pytest.param({"batch": [{"n": "x"}, 7]}, 400, "batch[0].url", "`batch[0].url` is missing", id="no-good-one"),
    ],
)
def test_bad_input_is_refused_in_words_and_nothing_is_kept(
    call: Caller, body: Any, status: int, field: str, words: str
) -> None:
    answer = call.post(body)
    assert (answer.status, answer.json["error"]) == (status, field)
    assert words in answer.json["message"]
    assert call.kept() == []
    assert call.post(EVENT).status == 202


def test_a_batch_is_kept_event_by_event(call: Caller) -> None:
    assert call.post({"batch": [EVENT, EVENT | {"u": "https://a.fr/two"}]}).status == 202
    assert [hit.event.u for hit in call.kept()] == ["https://a.fr/blog/", "https://a.fr/two"]


def test_an_event_for_several_sites_is_kept_for_each(call: Caller) -> None:
    call.post(EVENT | {"d": "a.fr, b.fr,a.fr"})
    assert [hit.event.site_domain for hit in call.kept()] == ["a.fr", "b.fr"]


def test_browsers_on_any_site_may_send_without_asking_first(call: Caller) -> None:
    assert call.post(EVENT).headers["Access-Control-Allow-Origin"] == "*"
    assert call.post(b"").headers["Access-Control-Allow-Origin"] == "*"
    preflight = call("OPTIONS", "/api/event")
    assert (preflight.status, preflight.headers["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        pytest.param("https://a.fr", "https://a.fr", id="a-page"),
        pytest.param("capacitor://localhost", "capacitor://localhost", id="an-app"),
        pytest.param("null", "null", id="a-frame-without-an-origin"),
        pytest.param("https://a.fr\r\nX: y", "*", id="no-origin"),
    ],
)
def test_a_script_may_send_its_own_headers_and_a_beacon_its_credentials(
    call: Caller, origin: str, allowed: str
) -> None:
    asked = {"HTTP_ORIGIN": origin, "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "content-type,x-requested-with"}
    headers = call("OPTIONS", "/api/event", **asked).headers
    assert headers["Access-Control-Allow-Origin"] == allowed
    assert headers["Access-Control-Allow-Headers"] == "content-type,x-requested-with"
    assert headers.get("Access-Control-Allow-Credentials") == (None if allowed == "*" else "true")
    odd = call("OPTIONS", "/api/event", HTTP_ACCESS_CONTROL_REQUEST_HEADERS="x\r\ny").headers
    assert odd["Access-Control-Allow-Headers"] == "Content-Type"


def test_other_methods_are_told_what_is_taken(call: Caller) -> None:
    answer = call("GET", "/api/event")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")


def test_only_the_headers_that_enrichment_reads_are_kept(call: Caller) -> None:
    call.post(EVENT, HTTP_SEC_CH_UA='"Chromium";v="142"', HTTP_COOKIE="secret", HTTP_ACCEPT_LANGUAGE="fr")
    assert call.kept()[0].headers == {"accept-language": "fr", "sec-ch-ua": '"Chromium";v="142"'}


def test_the_pixel_counts_the_page_that_shows_it(call: Caller) -> None:
    answer = call("GET", "/pixel.gif?d=a.fr", HTTP_REFERER="https://a.fr/blog/")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, PIXEL, "image/gif")
    assert "no-store" in answer.headers["Cache-Control"]
    (hit,) = call.kept()
    assert (hit.event.event_name, hit.event.page_url, hit.event.site_domain) == (
        "pageview",
        "https://a.fr/blog/",
        "a.fr",
    )


def test_the_pixel_takes_page_and_referrer_from_its_address(call: Caller) -> None:
    call("GET", "/pixel.gif?d=a.fr&u=https%3A%2F%2Fa.fr%2Fcaf%C3%A9&r=https%3A%2F%2Ft.co%2F")
    (hit,) = call.kept()
    assert (hit.event.page_url, hit.event.r) == ("https://a.fr/café", "https://t.co/")


def test_a_pixel_that_is_not_counted_is_still_an_image_and_says_why(call: Caller) -> None:
    answer = call("GET", "/pixel.gif?d=a.fr")
    assert (answer.status, answer.body) == (200, PIXEL)
    assert "url" in answer.headers["X-Webleads-Dropped"]
    assert call.kept() == []


def test_a_browser_that_cannot_post_tells_its_event_in_an_image_s_address(call: Caller) -> None:
    event = {"n": "Signup", "u": "https://a.fr/caf\u00e9?x=1&y=%20#z", "t": "C# & 100 %", "props": {"plan": "pro"}}
    answer = call("GET", f"/api/event?{quote(json.dumps(event, ensure_ascii=False))}")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, PIXEL, "image/gif")
    (hit,) = call.kept()
    assert (hit.event.n, hit.event.u, hit.event.t) == (event["n"], event["u"], event["t"])
    assert hit.event.props == {"plan": "pro"}
    refused = call("GET", "/api/event?x")
    assert (refused.status, refused.body) == (200, PIXEL)
    assert "not valid JSON" in refused.headers["X-Webleads-Dropped"]


def test_an_address_that_sends_too_much_waits_and_others_do_not(make_caller: Callable[..., Caller]) -> None:
    second = [0.0]
    call = make_caller(rate_limit=3, now=lambda: second[0])
    statuses = [call.post(EVENT).status for _ in range(5)]
    assert statuses == [202, 202, 202, 429, 429]
    assert call.post(EVENT).headers["Retry-After"] == "1"
    assert call.post(EVENT, REMOTE_ADDR="192.0.2.2").status == 202
    second[0] = 1.0
    assert call.post(EVENT).status == 202
    assert len(call.kept()) == 5


def test_one_subscribers_ipv6_network_is_one_address(make_caller: Callable[..., Caller]) -> None:
    call = make_caller(rate_limit=1)
    assert call.post(EVENT, REMOTE_ADDR="2001:db8:1:2::1").status == 202
    assert call.post(EVENT, REMOTE_ADDR="2001:db8:1:2:ffff::9").status == 429
    assert call.post(EVENT, REMOTE_ADDR="2001:db8:1:3::1").status == 202


def test_says_503_when_the_journal_cannot_keep_it(call: Caller) -> None:
    call.journal.close()  # the next hit begins a segment
    for path in call.folder.iterdir():
        path.unlink()
    call.folder.rmdir()
    answer = call.post(EVENT)
    assert (answer.status, answer.json["error"], answer.headers["Retry-After"]) == (503, "journal", "30")
    call.folder.mkdir()
    assert call.post(EVENT).status == 202


def test_the_snippet_is_served_as_small_as_the_browser_takes_it(
    tmp_path: Path, make_caller: Callable[..., Caller]
) -> None:
    (tmp_path / "assets").mkdir()
    for suffix, content in (("", b"plain"), (".br", b"brotli"), (".gz", b"gzip")):
        (tmp_path / "assets" / f"webleads.js{suffix}").write_bytes(content)
    call = make_caller()
    forms = {
        accepted: call("GET", "/js/webleads.js", HTTP_ACCEPT_ENCODING=accepted).body
        for accepted in ("gzip, br", "gzip", "", "br;q=0, gzip")
    }
    assert forms == {"gzip, br": b"brotli", "gzip": b"gzip", "": b"plain", "br;q=0, gzip": b"gzip"}
    first = call("GET", "/js/webleads.js")
    assert "max-age" in first.headers["Cache-Control"]
    again = call("GET", "/js/webleads.js", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert call("GET", "/js/other.js").status == 404


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["n", "u", "d", "p", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(["n", "name", "u", "url", "d", "domain", "r", "p", "$", "e", "sd", "age", "id", "batch", "h"]),
        _anything,
        max_size=6,
    ).map(lambda event: json.dumps(event).encode())
)
def test_no_body_raises_and_what_is_answered_202_is_kept(call: Caller, body: bytes) -> None:
    before = len(call.kept())
    status = call.post(body).status
    assert status in (202, 400, 413)
    assert (len(call.kept()) > before) == (status == 202)


WHO = {"email": "lea@acme.fr", "company": "Acme", "token": "abc.def"}


def test_what_a_reader_said_of_themselves_is_not_even_journalled_without_consent(call: Caller) -> None:
    call.post(EVENT | WHO)
    call.post(EVENT | WHO | {"consent": False})
    call.post(EVENT | WHO | {"consent": 1})
    words = [(hit.event.email, hit.event.company, hit.event.token) for hit in call.kept()]
    assert words == [(None, None, None), (None, None, None), ("lea@acme.fr", "Acme", "abc.def")]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.fr/?wl=abc.d-_", "https://a.fr/"),
        ("https://a.fr/?wl=abc&utm_source=x#y", "https://a.fr/?utm_source=x#y"),
        ("https://a.fr/?b=1&wl=abc&c=2", "https://a.fr/?b=1&c=2"),
        ("https://a.fr/?crawl=1", "https://a.fr/?crawl=1"),
    ],
)
def test_the_token_of_a_newsletter_s_link_is_no_part_of_the_page_s_address(call: Caller, url: str, kept: str) -> None:
    call.post(EVENT | {"u": url})
    assert call.kept()[0].event.page_url == kept


def test_each_event_of_a_batch_counts_and_one_that_can_never_pass_says_so(make_caller: Callable[..., Caller]) -> None:
    call = make_caller(rate_limit=3)
    assert call.post({"batch": [EVENT] * 4}).status == 413
    assert call.post(EVENT | {"d": "a.fr,b.fr,c.fr,d.fr"}).status == 413
    assert call.post({"batch": [EVENT] * 2}).status == 202
    assert call.post({"batch": [EVENT] * 2}).status == 429
    assert call.post(EVENT).status == 202
    assert len(call.kept()) == 3
