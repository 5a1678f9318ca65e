"""No visitor is lost for what a browser, a page's script or a published client writes; and all that is kept can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collector.conftest import NOW, Caller
from tracker.collector.fields import MAX_URL, TEXTS
from tracker.collector.payload import MAX_EVENT_BYTES, Reading, RequestProblem, read_events, read_pixel, read_query
from tracker.hit import Hit, WireEvent, decode_line, encode_event, encode_line

EVENT = {"n": "pageview", "u": "https://a.fr/blog/", "d": "a.fr"}


def read(body: Any, referer: str = "") -> WireEvent:
    """The one event of a body, as it comes out of the journal."""
    events, left_out = read_events(body if isinstance(body, bytes) else json.dumps(body).encode(), referer)
    assert left_out == ""
    (hit,) = decode_line(encode_line([Hit(NOW, "192.0.2.1", "", {}, event) for event in events]))
    return hit.event


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        pytest.param("app://localhost/login", "app://localhost/login", id="plausibles-example-of-an-app"),
        pytest.param("capacitor://localhost/", "capacitor://localhost/", id="capacitor"),
        pytest.param("ionic://localhost/tabs", "ionic://localhost/tabs", id="ionic"),
        pytest.param("tauri://localhost", "tauri://localhost", id="tauri"),
        pytest.param("chrome-extension://abcdef/page.html", "chrome-extension://abcdef/page.html", id="extension"),
        pytest.param(
            "file:///C:/Kiosk/index.html", "file:///C:/Kiosk/index.html", id="file-is-for-enrichment-to-judge"
        ),
        pytest.param("HTTPS://A.fr/x", "HTTPS://A.fr/x", id="capitals"),
        pytest.param("  https://a.fr/x\n", "https://a.fr/x", id="spaces-around"),
        pytest.param("a.fr/x", "https://a.fr/x", id="no-scheme"),
        pytest.param("www.a.fr", "https://www.a.fr", id="a-bare-host"),
        pytest.param("a.fr:8443/x", "https://a.fr:8443/x", id="host-and-port"),
        pytest.param("//a.fr/x", "https://a.fr/x", id="relative-to-the-scheme"),
        pytest.param("/x?b=1", "https://a.fr/x?b=1", id="a-page-s-path-as-tag-managers-have-it"),
        pytest.param(None, "https://a.fr/where-it-was", id="left-out"),
        pytest.param("about:srcdoc", "https://a.fr/where-it-was", id="a-frame-without-a-page-of-its-own"),
        pytest.param("undefined", "https://a.fr/where-it-was", id="undefined"),
        pytest.param({"href": "x"}, "https://a.fr/where-it-was", id="an-object"),
    ],
)
def test_the_page_is_what_the_url_can_only_mean(url: Any, kept: str) -> None:
    assert read(EVENT | {"u": url}, "https://a.fr/where-it-was").page_url == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param({"w": "1920"}, {"w": 1920}, id="width-as-text"),
        pytest.param({"w": "1920x1080"}, {"w": 1920}, id="screen-as-others-write-it"),
        pytest.param({"w": "wide"}, {"w": None}, id="width-as-a-word"),
        pytest.param({"w": True}, {"w": None}, id="width-as-true"),
        pytest.param({"e": "1500", "sd": "62,5"}, {"e": 1500, "sd": 62.5}, id="reading-as-text"),
        pytest.param({"age": -5}, {"age": None}, id="a-clock-that-runs-backwards"),
        pytest.param({"age": "soon"}, {"age": None}, id="age-as-a-word"),
        pytest.param({"revenue": 12.5}, {"revenue": 12.5}, id="revenue-as-a-number"),
        pytest.param({"$": "12,50 €"}, {"revenue": "12,50 €"}, id="revenue-as-text"),
        pytest.param({"revenue": {"amount": 9, "currency": {"code": "EUR"}}}, {"revenue": {"amount": 9}}, id="currency-as-an-object"),
        pytest.param({"t": 404}, {"t": "404"}, id="title-as-a-number"),
        pytest.param({"t": ["a"]}, {"t": None}, id="title-as-a-list"),
        pytest.param({"t": "x" * 20_000}, {"t": "x" * 500}, id="a-title-of-twenty-kilobytes"),
        pytest.param({"n": "x" * 121}, {"n": "x" * 120}, id="a-long-name"),
        pytest.param({"n": 404}, {"n": "404"}, id="name-as-a-number"),
        pytest.param({"n": {}, "name": "Signup"}, {"n": "Signup"}, id="the-long-key-where-the-short-one-says-nothing"),
        pytest.param({"id": 123456}, {"id": "123456"}, id="id-as-a-number"),
        pytest.param({"h": "true", "wd": 0.0}, {"h": True, "wd": False}, id="yes-and-no-as-text-and-number"),
        pytest.param({"i": "false"}, {"i": False}, id="not-interactive-as-text"),
        pytest.param({"interactive": 0}, {"interactive": False}, id="not-interactive-as-a-number"),
        pytest.param({"i": None, "w": None, "p": None, "h": None}, {"i": None}, id="nulls"),
        pytest.param({"d": ["a.fr", "b.fr"]}, {"d": "a.fr"}, id="domains-as-a-list"),
        pytest.param({"d": 7}, {"d": "7"}, id="domain-as-a-number"),
        pytest.param({"p": {"tags": ["a", "b"], "deep": {"x": 1}, "n": 1, "null": None}}, {"p": {"tags": "a, b", "n": 1}}, id="nested-properties"),
        pytest.param({"p": [["plan", "pro"]]}, {"p": None}, id="properties-as-a-list"),
        pytest.param({"p": '{"plan":"pro"}'}, {"p": {"plan": "pro"}}, id="properties-as-json"),
        pytest.param({"p": "plan"}, {"p": None}, id="properties-as-a-word"),
        pytest.param({"p": {"k" * 400: "v" * 3000}}, {"p": {"k" * 300: "v" * 2000}}, id="long-properties"),
        pytest.param({"p": {"n": 10**30, "m": -(10**400)}}, {"p": {"n": 1e30}}, id="numbers-beyond-64-bits"),
        pytest.param({"v": {"major": 2}}, {"v": None}, id="version-as-an-object"),
        pytest.param({"consent": "granted", "email": "a@b.fr"}, {"consent": None, "email": None}, id="consent-in-another-word"),
        pytest.param({"consent": "true", "email": "a@b.fr"}, {"consent": True, "email": "a@b.fr"}, id="consent-as-text"),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_used_costs_no_visitor(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    events, left_out = read_events(json.dumps(EVENT | sent).encode())
    assert left_out == ""
    assert {name: getattr(events[0], name) for name in kept} == kept
    read(json.dumps(EVENT | sent | {"d": "a.fr"}).encode())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xef\xbb\xbf" + json.dumps(EVENT).encode(), id="byte-order-mark"),
        pytest.param(json.dumps(EVENT).encode("utf-16"), id="utf-16"),
        pytest.param(json.dumps(EVENT | {"t": "Été"}, ensure_ascii=False).encode("cp1252"), id="windows-1252"),
        pytest.param(json.dumps(json.dumps(EVENT)).encode(), id="encoded-twice"),
        pytest.param(urlencode(EVENT).encode(), id="a-form"),
        pytest.param(urlencode({"name": "pageview", "url": "https://a.fr/blog/", "domain": "a.fr", "props[plan]": "pro"}).encode(), id="a-form-as-jquery-writes-it"),
        pytest.param("".join(f'------Boundary\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in EVENT.items()).encode() + b"------Boundary--\r\n", id="form-data-of-a-beacon"),
        pytest.param(quote(json.dumps(EVENT)).encode() + b"=", id="json-as-a-form-s-only-name"),
        pytest.param(b'{"n":"pageview","u":"https://a.fr/blog/","d":"a.fr","t":"\\ud83d"}', id="half-an-emoji"),
        pytest.param(b'{"n":"pageview","u":"https://a.fr/blog/","d":"a.fr","x":"\\ud800"}', id="half-an-emoji-in-an-unknown-key"),
        pytest.param(b'{"n":"pageview","u":"https://a.fr/blog/","d":"a.fr","t":"a\tb"}', id="a-raw-tab"),
        pytest.param(b'{"n":"pageview","u":"https://a.fr/blog/","d":"a.fr","w":NaN,"e":Infinity,"p":{"a":-Infinity}}', id="no-number"),
        pytest.param(b'{"n":"pageview","u":"https://a.fr/blog/","d":"a.fr","w":1e400,"p":{"a":1e400}}', id="beyond-every-number"),
        pytest.param(b'{"n":"pageview","u":"https://a.fr/blog/","d":"a.fr","h":%s,"p":{"a":%s}}' % (b"9" * 5000, b"9" * 5000), id="five-thousand-digits"),
        pytest.param(b'{"n":"x","n":"pageview","u":"https://a.fr/blog/","d":"a.fr"}', id="a-key-twice"),
        pytest.param(json.dumps(EVENT | {"k" * 10_000: 1}).encode(), id="a-very-long-key"),
        pytest.param(json.dumps({"batch": EVENT}).encode(), id="a-batch-of-one-without-its-list"),
        pytest.param(json.dumps(EVENT | {"batch": []}).encode(), id="an-empty-batch-beside-an-event"),
        pytest.param(json.dumps({"batch": json.dumps([EVENT])}).encode(), id="a-batch-as-text"),
    ],
)  # fmt: skip
def test_an_event_is_read_in_whatever_form_it_is_written(body: bytes) -> None:
    event = read(body)
    assert (event.event_name, event.page_url, event.site_domain) == ("pageview", "https://a.fr/blog/", "a.fr")


def test_a_text_that_was_cut_in_a_letter_s_middle_is_kept_without_it() -> None:
    assert read(b'{"n":"pageview","u":"https://a.fr/","t":"Bravo \\ud83d"}').t == "Bravo \ufffd"


def test_two_ids_that_only_differ_at_their_ends_stay_two() -> None:
    first, again, other = (read(EVENT | {"id": "x" * 300 + end, "vid": "y" * 300 + end}) for end in ("1", "1", "2"))
    assert (first.id, first.vid) == (again.id, again.vid)
    assert first.id != other.id
    assert first.vid != other.vid


@pytest.mark.parametrize("name", ["email", "token"])
def test_half_of_what_names_somebody_is_not_kept(name: str) -> None:
    assert getattr(read(EVENT | {"consent": True, name: "x" * 2000 + "@a.fr"}), name) is None


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        pytest.param("https://a.fr/p?state=" + "x" * 9000 + "&utm_source=news&b=1#top", "https://a.fr/p?utm_source=news&b=1#top", id="the-longest-parameter-goes"),
        pytest.param("https://a.fr/p#access_token=" + "x" * 9000, "https://a.fr/p#access_token=" + "x" * 499, id="a-long-fragment-is-cut"),
        pytest.param("https://a.fr/" + "x" * 9000, "https://a.fr/" + "x" * (MAX_URL - 13), id="a-path-is-cut-when-nothing-else-is-left"),
    ],
)  # fmt: skip
def test_a_long_url_keeps_its_page_and_its_campaign(url: str, kept: str) -> None:
    found = read(EVENT | {"u": url}).page_url or ""
    assert len(found) <= MAX_URL
    assert found == kept


@pytest.mark.parametrize(
    ("domain", "kept"),
    [
        pytest.param("a.fr,,b.fr, ", ["a.fr", "b.fr"], id="empty-ones"),
        pytest.param(",".join(f"{n}.fr" for n in range(12)), [f"{n}.fr" for n in range(10)], id="more-than-ten"),
        pytest.param("a.fr," + "x" * 300, ["a.fr"], id="one-that-can-be-no-name"),
        pytest.param(",", [None], id="none-at-all"),
        pytest.param("https://a.fr/", ["https://a.fr/"], id="a-url-is-for-the-sites-to-judge"),
    ],
)
def test_an_event_goes_to_the_sites_that_it_names_as_they_should_be(domain: str, kept: list[str | None]) -> None:
    events, _ = read_events(json.dumps(EVENT | {"d": domain}).encode())
    assert [event.site_domain for event in events] == kept


def test_of_a_batch_only_what_cannot_be_used_is_left_out_and_told(call: Caller) -> None:
    batch = [EVENT, {"n": "x"}, "text", EVENT | {"w": "1920", "u": "https://a.fr/two"}, None]
    answer = call.post({"batch": batch})
    assert (answer.status, answer.body) == (202, b"ok")
    assert answer.headers["X-Webleads-Dropped"].startswith("3 of 5 events: `batch[1].url` is missing")
    assert [hit.event.page_url for hit in call.kept()] == ["https://a.fr/blog/", "https://a.fr/two"]
    assert "X-Webleads-Dropped" not in call.post({"batch": [EVENT]}).headers


DEEP = "[" * 990 + "]" * 990


@pytest.mark.parametrize("depth", [33, 60, 500, 990, 7000, 100_000])
@pytest.mark.parametrize("key", ["p", "revenue", "t", "h", "batch", "unknown"])
def test_what_nests_too_deep_is_refused_before_it_is_decoded(key: str, depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        deep = opening * depth + ("1" if closing == "}" else "") + closing * depth
        body = f'{{"n":"x","u":"https://a.fr/","{key}":{deep}}}'.encode()[: 250 * 1024]
        for events in (_taken(read_events, body), _taken(lambda body: read_query(quote(body), ""), body)):
            assert events is None or decode_line(encode_line([Hit(NOW, "", "", {}, one) for one in events]))


def _taken(read: Callable[[bytes], Reading], body: bytes) -> list[WireEvent] | None:
    """The events of a body; None when it is refused."""
    try:
        return read(body)[0]
    except RequestProblem:
        return None


@pytest.mark.parametrize("key", ["p", "props", "m", "meta", "batch"])
def test_json_within_a_text_is_bounded_as_well(key: str) -> None:
    event = read(EVENT | {key: f'{{"a":{DEEP}}}'})
    assert event.properties is None
    assert event.page_url == "https://a.fr/blog/"


def test_a_journal_line_that_an_older_version_took_is_no_harm() -> None:
    line = b'{"received_at":"2026-11-16T09:00:00Z","ip":"192.0.2.1","event":{"n":"x","p":{"a":%s}}}' % DEEP.encode()
    with pytest.raises(ValueError, match="nested too deeply"):
        decode_line(line)


def worst(number: int) -> dict[str, Any]:
    """An event of which every field is far too long, and like no other one."""
    emoji, mark = "\U0001f600", str(number)
    texts: dict[str, Any] = {name: mark + emoji * most for name, most in TEXTS.items()}
    properties = {f"{key}{emoji * 400}": emoji * 2100 for key in range(4)}
    url = f"https://a.fr/{mark}{emoji * 1000}?a={emoji * MAX_URL}"
    return texts | {"u": url, "url": None, "p": properties, "d": f"{mark}.fr,{emoji * 300}", "domain": None}


def test_every_field_of_an_event_is_cut_also_within_a_batch() -> None:
    alone, _ = read_events(json.dumps(worst(1), ensure_ascii=False).encode())
    batch = json.dumps({"batch": [worst(1), worst(2)]}, ensure_ascii=False).encode()
    several, _ = read_events(batch)
    assert len(several) == 2
    for event in (*alone, *several):
        for name, most in TEXTS.items():
            assert len(getattr(event, name) or "") <= most, name
        event.u = event.r = event.referrer = None
        assert len(encode_event(event)) <= MAX_EVENT_BYTES


def test_properties_that_make_an_event_too_large_are_left_out() -> None:
    given = {str(number): "é" * 1500 for number in range(20)}
    small = {"batch": [EVENT | {"p": given}, EVENT | {"p": {"plan": "pro"}}]}
    events, _ = read_events(json.dumps(small).encode())
    assert events[0].properties == {str(number): "é" * 1500 for number in range(5)}
    assert events[1].properties == {"plan": "pro"}


def test_the_pixel_takes_whatever_stands_in_its_address(call: Caller) -> None:
    many = "&".join(f"x{number}=1" for number in range(200))
    assert read_pixel(f"d=a.fr&u=app%3A%2F%2Flocalhost%2Flogin&w=390&{many}", "")[0][0].w == 390
    answer = call("GET", f"/pixel.gif?d=a.fr&{many}", HTTP_REFERER="https://a.fr/caf\u00c3\u00a9")
    assert "X-Webleads-Dropped" not in answer.headers
    assert [hit.event.page_url for hit in call.kept()] == ["https://a.fr/café"]


def test_headers_of_any_bytes_are_kept_and_cut(call: Caller) -> None:
    call.post(
        EVENT, HTTP_USER_AGENT="\xff\x00\x9f" * 1000, HTTP_ACCEPT_LANGUAGE="\xe9" * 9000, HTTP_SEC_CH_UA="\udc80x"
    )
    (hit,) = call.kept()
    assert len(hit.user_agent) == 1024
    assert all(len(value) <= 512 for value in hit.headers.values())


_texts = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(["\ud800", "\0", "\u202e", "x" * 5000])
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | _texts | st.integers(10**18, 10**40)
_hostile = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_keys = st.sampled_from([*TEXTS, "w", "e", "sd", "age", "h", "i", "wd", "consent", "p", "props", "$", "revenue", "v"])


@given(st.dictionaries(_keys, _hostile, max_size=6), st.booleans())
def test_whatever_stands_in_the_fields_a_visitor_with_a_page_is_kept_and_can_be_read(
    fields: dict[str, Any], within_a_batch: bool
) -> None:
    event = fields | {"n": "pageview", "u": "https://a.fr/"}
    body = json.dumps({"batch": [event, event]} if within_a_batch else event).encode()
    events, left_out = read_events(body)
    assert left_out == ""
    line = encode_line([Hit(NOW, "192.0.2.1", "", {}, one) for one in events])
    assert b"\n" not in line
    assert [hit.event for hit in decode_line(line)] == [WireEvent(**_fields_of(one)) for one in events]


def _fields_of(event: WireEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in WireEvent.__struct_fields__}
