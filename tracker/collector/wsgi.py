"""The hot path: a WSGI callable in front of Flask that takes hits, serves the pixel and the snippet.

It parses, checks, keeps and answers; it opens no database and enriches nothing. Every other path goes on to `next_app`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from tracker.collector.body import read_body
from tracker.collector.client_ip import ClientIp
from tracker.collector.limits import RateLimit
from tracker.collector.payload import MAX_BODY_BYTES, Reading, RequestProblem, read_events, read_pixel, read_query
from tracker.collector.scripts import Scripts
from tracker.collector.shared_limit import SharedRateLimit
from tracker.hit import Hit, WireEvent, encode_line
from tracker.journal import Journal, JournalUnavailable, Receipt

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]

ReadQuery = Callable[[str, str], Reading]
Refuse = Callable[[RequestProblem, StartResponse], Iterable[bytes]]

# In the environ of a server that can hold an answer back without a thread; it finds the `Held` under the second key.
CAN_HOLD = "webleads.can_hold"
HELD = "webleads.held"


class Held(NamedTuple):
    """An answer that holds once `receipt` is settled; where that has a problem, `refusal` is the answer."""

    receipt: Receipt
    refuse: Refuse

    def refusal(self, _environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Says that the hit was not kept, as a WSGI application."""
        log.error("a hit was refused: %s", self.receipt.problem)
        return self.refuse(_unavailable(self.receipt.problem), start_response)


EVENT_PATH = "/api/event"
PIXEL_PATH = "/pixel.gif"

# A transparent GIF of one pixel.
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")

# The headers that enrichment reads, with what is kept of each: as much as browsers send, since much is looked up by it.
_KEPT_HEADERS = tuple(
    (f"HTTP_{name.upper().replace('-', '_')}", name, most)
    for name, most in (
        ("accept-language", 128),
        ("dnt", 8),
        ("purpose", 32),
        ("sec-ch-ua", 256),
        ("sec-ch-ua-full-version-list", 384),
        ("sec-ch-ua-mobile", 8),
        ("sec-ch-ua-model", 64),
        ("sec-ch-ua-platform", 32),
        ("sec-ch-ua-platform-version", 32),
        ("sec-gpc", 8),
        ("sec-purpose", 64),
        ("x-requested-with", 128),
    )
)
_MAX_AGENT = 1024
_MAX_REASON = 300

_ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")
# The answer to a hit that is kept as it is.
ACCEPTED_STATUS = "202 Accepted"
ACCEPTED = [("Content-Type", "text/plain"), ("Content-Length", "2"), _ANY_ORIGIN, ("Cache-Control", "no-store")]
ACCEPTED_BODY = [b"ok"]
_IMAGE = [
    ("Content-Type", "image/gif"),
    ("Content-Length", str(len(PIXEL))),
    _ANY_ORIGIN,
    ("Cache-Control", "no-store, private"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
_PREFLIGHT = [
    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
    ("Access-Control-Max-Age", "86400"),
    ("Content-Length", "0"),
]
_HEADER_NAMES = re.compile(r"[\w ,-]{1,500}", re.ASCII)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[\w.:\[\]-]{1,260}|null", re.ASCII)
_STATUS = {
    400: "400 Bad Request",
    405: "405 Method Not Allowed",
    408: "408 Request Timeout",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}


class Collector:
    """The WSGI callable. `clock` returns aware UTC datetimes."""

    def __init__(
        self,
        *,
        journal: Journal,
        client_ip: ClientIp,
        rate_limit: RateLimit | SharedRateLimit,
        scripts: Scripts,
        event_path: str = EVENT_PATH,
        pixel_path: str = PIXEL_PATH,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        next_app: WSGIApp | None = None,
    ) -> None:
        self._journal = journal
        self._client_ip = client_ip
        self._rate_limit = rate_limit
        self._scripts = scripts
        self.event_paths = frozenset((EVENT_PATH, event_path))
        self._pixel_paths = frozenset((PIXEL_PATH, pixel_path))
        self._clock = clock
        self._next_app = next_app or _not_found

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path in self.event_paths:
            return self._event(environ, start_response)
        if path in self._pixel_paths:
            return self._pixel(environ, start_response, read_pixel)
        if self._scripts.serves(path):
            return self._scripts(environ, start_response)
        return self._next_app(environ, start_response)

    def takes(self, path: str) -> bool:
        """Whether requests for the path are answered here, and not passed on."""
        return path in self.event_paths or path in self._pixel_paths or self._scripts.serves(path)

    def usual_line(self, environ: Environ, body: bytes) -> bytes | None:
        """The line for the journal of a hit that is accepted as it is; None where there is more to say than that.

        Once `keep` has kept the line the answer is `ACCEPTED`. Without a line, call this application as any other.
        """
        try:
            events, left_out = read_events(body, environ.get("HTTP_REFERER", ""))
            return None if left_out else self._line(environ, events)
        except RequestProblem:
            return None

    def keep(self, lines: list[bytes]) -> WSGIApp | None:
        """Keeps the lines of several hits with one write: all of them, or none; then it returns what answers each."""
        try:
            self._journal.append_together(lines)
        except JournalUnavailable as problem:
            log.error("%d hits were refused: %s", len(lines), problem)  # noqa: TRY400 - as in `_keep`
            return partial(_refuse_always, _unavailable(problem))
        return None

    def close(self) -> None:
        """Syncs and ends the journal's running segment."""
        self._journal.close()

    def _event(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            try:
                body = read_body(environ, MAX_BODY_BYTES)
                events, left_out = read_events(body, environ.get("HTTP_REFERER", ""))
                self._keep(environ, events, _refuse)
            except RequestProblem as problem:
                return _refuse(problem, start_response)
            start_response(ACCEPTED_STATUS, [*ACCEPTED, _dropped(left_out)] if left_out else ACCEPTED)
            return ACCEPTED_BODY
        if method == "OPTIONS":
            start_response("204 No Content", _preflight(environ))
            return []
        if method in ("GET", "HEAD") and environ.get("QUERY_STRING"):
            return self._pixel(environ, start_response, read_query)
        return _refuse(RequestProblem(405, "method", "send events with POST"), start_response)

    def _pixel(self, environ: Environ, start_response: StartResponse, read: ReadQuery) -> Iterable[bytes]:
        """Always an image, so that no page shows a broken one; a header says when it was not counted."""
        is_get, why = environ["REQUEST_METHOD"] == "GET", ""
        if is_get:
            try:
                events, why = read(environ.get("QUERY_STRING", ""), environ.get("HTTP_REFERER", ""))
                self._keep(environ, events, _refuse_with_an_image)
            except RequestProblem as problem:
                return _refuse_with_an_image(problem, start_response)
        start_response("200 OK", [*_IMAGE, _dropped(why)] if why else _IMAGE)
        return [PIXEL] if is_get else []

    def _keep(self, environ: Environ, events: list[WireEvent], refuse: Refuse) -> None:
        """Puts the events into the journal. Raises RequestProblem (429, 503).

        Where the answer can be held back it does not wait for the disk; `refuse` makes another one if it must.
        """
        line = self._line(environ, events)
        try:
            receipt = self._journal.begin_append(line)
            if receipt is None:
                return
            if CAN_HOLD in environ:
                environ[HELD] = Held(receipt, refuse)
            else:
                receipt.wait()
        except JournalUnavailable as problem:
            log.error("a hit was refused: %s", problem)  # noqa: TRY400 - the cause says all, and a flood of hits logs it
            raise _unavailable(problem) from problem

    def _line(self, environ: Environ, events: list[WireEvent]) -> bytes:
        """The line of the events of a request. Raises RequestProblem (429)."""
        ip = self._client_ip.of(environ)
        if not self._rate_limit.allows(ip, len(events)):
            raise _too_many(len(events), self._rate_limit.most)
        received_at = self._clock()
        user_agent = environ.get("HTTP_USER_AGENT", "")[:_MAX_AGENT]
        headers = {name: environ[key][:most] for key, name, most in _KEPT_HEADERS if key in environ}
        try:
            return encode_line([Hit(received_at, ip, user_agent, headers, one) for one in events])
        except UnicodeEncodeError:  # header bytes that the server passes on as surrogates
            plain = {name: _printable(value) for name, value in headers.items()}
            return encode_line([Hit(received_at, ip, _printable(user_agent), plain, one) for one in events])


def _preflight(environ: Environ) -> list[tuple[str, str]]:
    """Allows every page to send events, with any headers and by beacons, which browsers send with credentials.

    No cookie is read here, so allowing credentials reveals nothing.
    """
    origin, asked = environ.get("HTTP_ORIGIN", ""), environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    headers = [("Access-Control-Allow-Headers", asked if _HEADER_NAMES.fullmatch(asked) else "Content-Type")]
    if _ORIGIN.fullmatch(origin) is None:
        return [_ANY_ORIGIN, *headers, *_PREFLIGHT]
    headers += [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
    return [*headers, ("Vary", "Origin, Access-Control-Request-Headers"), *_PREFLIGHT]


def _dropped(why: str) -> tuple[str, str]:
    """The header that says what was not counted; a header has no letters beyond ASCII, and no line ends."""
    return ("X-Webleads-Dropped", _printable(why[:_MAX_REASON]).encode("ascii", "replace").decode())


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _refuse(problem: RequestProblem, start_response: StartResponse) -> list[bytes]:
    body = json.dumps({"error": problem.field, "message": problem.message}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), _ANY_ORIGIN]
    headers += [("Cache-Control", "no-store")]
    if problem.status in (429, 503):
        headers.append(("Retry-After", "1" if problem.status == 429 else "30"))
    if problem.status == 405:
        headers.append(("Allow", "POST, OPTIONS"))
    start_response(_STATUS[problem.status], headers)
    return [body]


def _refuse_always(problem: RequestProblem, _environ: Environ, start_response: StartResponse) -> list[bytes]:
    return _refuse(problem, start_response)


def _refuse_with_an_image(problem: RequestProblem, start_response: StartResponse) -> list[bytes]:
    status = _STATUS[problem.status] if problem.status in (429, 503) else "200 OK"
    start_response(status, [*_IMAGE, _dropped(problem.message)])
    return [PIXEL]


def _unavailable(problem: object) -> RequestProblem:
    return RequestProblem(503, "journal", f"the event cannot be kept now ({problem}); send it again later")


def _not_found(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The answer of a collector without a dashboard behind it: its health, or 404."""
    found = environ["PATH_INFO"] == "/healthz"
    body = b'{"status":"alive"}\n' if found else b'{"error":"path","message":"there is nothing here"}\n'
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK" if found else "404 Not Found", headers)
    return [body]


def _too_many(events: int, most: int) -> RequestProblem:
    if events > most:  # no wait would help
        return RequestProblem(
            413, "batch", f"the request makes {events} events; at most {most} pass in a second: send fewer"
        )
    return RequestProblem(429, "rate", "this IP address sends too many events; try again in a second")
