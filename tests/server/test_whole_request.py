"""What is a whole and plain request, whatever came before it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import raw_http
from tracker.server import whole_request as module
from tracker.server.whole_request import WholeRequest, whole_request

LINES = st.sampled_from(
    [
        b"Host: a.fr",
        b"host:b.fr",
        b"Content-Length: 2",
        b"Content-Length: 02",
        b"Content-Length: -2",
        b"Content-Length: 2, 2",
        b"Connection: close",
        b"Connection: Keep-Alive",
        b"Connection: upgrade",
        b"Transfer-Encoding: chunked",
        b"transfer-encoding : chunked",
        b"Expect: 100-continue",
        b"User-Agent:  Firefox ",
        b"X_Forwarded_For: 6.6.6.6",
        b"X-Forwarded-For: 203.0.113.9",
        b" folded",
        b"X-A: \xc3\xa9",
        b"X-A: a\rb",
        b"X-A: a\nHost: c.fr",
        b"no colon",
        b": no name",
        b"",
    ]
)
HEADS = st.tuples(
    st.sampled_from([b"POST /api/event HTTP/1.1", b"GET /a?b HTTP/1.0", b"POST  / HTTP/1.1", b"TRACE / HTTP/1.1", b""]),
    st.lists(LINES, max_size=6),
    st.sampled_from([b"", b"{}", b"{}\r\n"]),
)
PLAIN = re.compile(
    rb"(?P<first>(?:POST|GET|OPTIONS|PUT|PATCH|DELETE) /[!-~]* HTTP/1\.(?P<minor>[01]))\r\n"
    rb"(?P<lines>(?:[A-Za-z0-9-]+:[ -~]*\r\n)+)\r\n(?P<body>.*)",
    re.DOTALL,
)
NEVER = {"transfer-encoding", "expect", "upgrade", "te", "trailer"}


def as_the_rules_say(data: bytes) -> tuple[bytes, dict[str, str], bytes, bool] | None:
    """The rules of decision 0033, from the text alone: headers by their names in lower case."""
    found = PLAIN.fullmatch(data)
    if found is None:
        return None
    pairs = [line.split(":", 1) for line in found["lines"].decode().split("\r\n")[:-1]]
    headers = {name.lower(): value.strip(" ") for name, value in pairs}
    length, connection = headers.get("content-length", "0"), headers.get("connection", "keep-alive").lower()
    plain = len(headers) == len(pairs) and "host" in headers and not NEVER & set(headers)
    if not (plain and connection in ("keep-alive", "close") and re.fullmatch("[0-9]{1,6}", length)):
        return None
    if len(found["body"]) != int(length):
        return None
    return found["first"], headers, found["body"], connection == "close" or found["minor"] == b"0"


def as_told(request: WholeRequest | None) -> tuple[bytes, dict[str, str], bytes, bool] | None:
    if request is None:
        return None
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): value
        for key, value in request.environ.items()
        if key.startswith(("HTTP_", "CONTENT_"))
    }
    return request.first_line, headers, request.body, request.is_last


@given(HEADS)
@example((b"POST / HTTP/1.1", [b"Host: a", b"Content-Length: 2", b"Connection: close"], b"{}"))
@example((b"POST / HTTP/1.1", [b"Host: a", b"Content-Length: 2", b"Transfer-Encoding: chunked"], b"{}"))
@example((b"GET / HTTP/1.0", [b"Host: a", b"X-Forwarded-For: 203.0.113.9"], b""))
def test_a_request_is_read_as_the_rules_say(head: tuple[bytes, list[bytes], bytes]) -> None:
    first, lines, body = head
    data = b"\r\n".join([first, *lines, b"", body])
    assert as_told(whole_request(data)) == as_the_rules_say(data)
    assert as_told(whole_request(data)) == as_the_rules_say(data), "its lines are known now"


def test_a_head_of_very_many_lines_is_read_by_granian() -> None:
    lines = [b"X-%d: a" % number for number in range(80)]
    assert whole_request(raw_http.page_view("/", *lines[:40])) is not None
    assert whole_request(raw_http.page_view("/", *lines)) is None


@pytest.mark.parametrize("length", [100, 4_000], ids=["short", "long"])
def test_what_is_kept_of_lines_is_bounded(length: int) -> None:
    for number in range(6_000):
        request = whole_request(raw_http.page_view("/", b"X-Forwarded-For: %0*d" % (length, number)))
        assert request is not None
        assert int(request.environ["HTTP_X_FORWARDED_FOR"]) == number
    assert sum(map(len, module._lines)) < 4096 * 512
    assert len(module._lines) <= 4096
