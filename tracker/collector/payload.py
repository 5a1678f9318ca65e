"""What a client may send: a request becomes wire events, or a problem that names the field and the reason.

Nearly all requests have the API's form and are decoded and checked in one pass. The rest is parsed leniently and
repaired field by field, since a visitor cannot help how a script writes its events. Unusable members of a batch are
left out and reported. Only what needs no database is checked here.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from tracker.collector.fields import MAX_DOMAIN, StrictBody
from tracker.collector.page_url import site_names
from tracker.collector.reading import Unreadable, content_of, form_of, from_json, text_of
from tracker.collector.repair import repaired
from tracker.hit import WireEvent, encode_event
from tracker.hit.nesting import is_harmless

# What is kept of an event: properties beyond it are left out.
MAX_EVENT_BYTES = 16 * 1024
MAX_BATCH = 50
MAX_BODY_BYTES = 256 * 1024
_MAX_QUERY = 3 * MAX_EVENT_BYTES

# The events, and what of a batch was left out, in words; nearly always nothing.
Reading = tuple[list[WireEvent], str]


class RequestProblem(Exception):
    """Why a request is refused: the HTTP status, the field and a sentence."""

    def __init__(self, status: int, field: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.field = field
        self.message = message


_decode = msgspec.json.Decoder(StrictBody).decode


def read_events(body: bytes, referer: str = "") -> Reading:
    """The events of a request's body, one for each domain that an event names. Raises RequestProblem.

    `referer` is the page that sent the request, as far as its browser says.
    """
    if len(body) > MAX_BODY_BYTES:
        raise RequestProblem(413, "body", f"the body has {len(body):,} bytes; at most {MAX_BODY_BYTES:,} are taken")
    try:
        parsed = _decode(body) if is_harmless(body) else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        parsed = None
    if parsed is not None and parsed.batch is None and _is_usual(parsed):
        events: list[WireEvent] = [parsed]
    elif parsed is not None and parsed.batch and len(parsed.batch) <= MAX_BATCH and all(map(_is_usual, parsed.batch)):
        events = parsed.batch
    else:
        return _read_loosely(_content(body), referer)
    return _finished(events, large=len(body) > MAX_EVENT_BYTES), ""


def read_pixel(query: str, referer: str) -> Reading:
    """The event of a pixel's URL: a pageview of `u`, else of the page that shows the image. Raises RequestProblem."""
    given = form_of(query[:_MAX_QUERY])
    if not (given.get("n") or given.get("name")):
        given["n"] = "pageview"
    return _read_loosely(given, referer)


def read_query(query: str, referer: str) -> Reading:
    """The event in the query of an image's URL, from browsers that cannot post. Raises RequestProblem."""
    return read_events(unquote_to_bytes(query[:_MAX_QUERY]), referer)


def _is_usual(event: WireEvent) -> bool:
    """Whether a decoded event can be kept as it is: it has a name, a page of the web, and sites that can be names."""
    name, url, domain = event.event_name, event.page_url, event.site_domain
    if not name or not url or name.isspace():
        return False
    if url[:8].lower() not in _WEB and url[:7].lower() not in _WEB:
        return False
    return domain is None or len(domain) <= MAX_DOMAIN or "," in domain


_WEB = {"http://", "https://"}


def _finished(events: list[WireEvent], *, large: bool) -> list[WireEvent]:
    """The events as the journal has them, one for each site; `large` when one may be over MAX_EVENT_BYTES."""
    found: list[WireEvent] = []
    for event in events:
        if not event.consent and (event.email or event.company or event.token):
            event.email = event.company = event.token = (
                None  # data given without consent is not kept, not even in the journal
            )
        url = event.page_url or ""
        if "wl=" in url:
            event.u, event.url = _LINK_TOKEN.sub(_first_separator, url), None
        if large:
            _bound(event)
        domain = event.site_domain
        if domain is None or "," not in domain:
            found.append(event)
        else:
            names: list[str | None] = [*site_names(domain)]
            found += [msgspec.structs.replace(event, d=name, domain=None) for name in names or [None]]
    return found


# A link token identifies a person. With consent it is sent in a field of its own, so it is removed from the URL.
_LINK_TOKEN = re.compile(r"(?P<before>[?&])wl=[^&#]*(?P<after>&?)")


def _first_separator(match: re.Match[str]) -> str:
    return match["before"] if match["after"] else ""


def _bound(event: WireEvent) -> None:
    """Leaves out the properties by which an event is larger than MAX_EVENT_BYTES."""
    if len(encode_event(event)) <= MAX_EVENT_BYTES:
        return
    given = event.properties
    event.p = event.props = event.m = event.meta = None
    room, kept = MAX_EVENT_BYTES - len(encode_event(event)), {}
    for key, value in given.items() if isinstance(given, dict) else ():
        room -= len(msgspec.json.encode({key: value}))
        if room < 0:
            break
        kept[key] = value
    event.p = kept or None


def _content(body: bytes) -> dict[str, Any]:
    text = text_of(body)
    if not text:
        raise RequestProblem(400, "body", "the body is empty; send an event as a JSON object")
    try:
        found = content_of(text)
    except Unreadable as why:
        raise RequestProblem(400, "body", f"the body {why}") from None
    if not isinstance(found, dict):
        raise RequestProblem(
            400, "body", f"the body must be an object, not {'a list' if isinstance(found, list) else 'a value'}"
        )
    return found


def _read_loosely(given: dict[str, Any], referer: str) -> Reading:
    members, referer = _members(given), _as_utf8(referer)
    events, left_out = [], []
    for index, member in enumerate(members):
        try:
            events.append(_event_of(member, f"batch[{index}]." if members[0] is not given else "", referer))
        except RequestProblem as problem:
            left_out.append(problem)
    if not events:
        raise left_out[0]
    told = f"{len(left_out)} of {len(members)} events: {left_out[0].message}" if left_out else ""
    return _finished(events, large=True), told


def _members(given: dict[str, Any]) -> list[Any]:
    batch = given.get("batch")
    if isinstance(batch, str):
        batch = from_json(batch)
    if batch is None or (not batch and ("n" in given or "name" in given)):
        return [given]
    if not isinstance(batch, list):
        batch = [batch]
    if not batch:
        raise RequestProblem(400, "batch", "`batch` is empty; put at least one event in it")
    if len(batch) > MAX_BATCH:
        raise RequestProblem(413, "batch", f"`batch` has {len(batch)} events; at most {MAX_BATCH} are taken")
    return batch


def _event_of(given: Any, prefix: str, referer: str) -> WireEvent:
    """The event of an object, repaired. Raises RequestProblem without a name or a page."""
    if not isinstance(given, dict):
        raise RequestProblem(400, prefix.rstrip(".") or "body", f"`{prefix.rstrip('.')}` must be an object")
    event = repaired(given, referer)
    if event.event_name is None:
        raise RequestProblem(400, f"{prefix}name", f"`{prefix}name` is missing; it is `pageview` or your event's name")
    if event.page_url is None:
        said = "is missing" if given.get("u", given.get("url")) is None else "is none of a page"
        raise RequestProblem(
            400, f"{prefix}url", f"`{prefix}url` {said}; it is the URL of the page, such as https://a.fr/blog/"
        )
    return event


def _as_utf8(header: str) -> str:
    """A header's text, whose bytes WSGI gives as Latin-1, as its browser wrote it."""
    try:
        return header if header.isascii() else header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
