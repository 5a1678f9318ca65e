"""The wire event that clients send and the hit that the journal holds.

Owns their shapes and their one JSON form. The same form is what `webleads enrich` reads, so a line of the
journal can be piped into it. Checks of a request (sizes, required fields) are the collector's.

Source of the short and long keys: Plausible's Events API (https://plausible.io/docs/events-api) and its tracker.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from tracker.hit.nesting import is_harmless

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# In the place of a user agent of which the server in front said only that there is one.
UNREADABLE_AGENT = "(unreadable)"


class WireEvent(msgspec.Struct, omit_defaults=True, gc=False):
    """One event as a client sent it, with the short or the long key of each field.

    `e` is engaged time in ms, `sd` scroll depth in percent, `age` ms between the event and its sending, `w` the
    screen's width in CSS pixels, `id` the client's event id, `vid` a visitor id given with consent. `email`, `company`
    and `token` (of a newsletter's link) identify the visitor; without `consent` they are ignored.
    """

    n: str | None = None
    name: str | None = None
    u: str | None = None
    url: str | None = None
    d: str | None = None
    domain: str | None = None
    r: str | None = None
    referrer: str | None = None
    p: dict[str, Any] | str | None = None
    m: dict[str, Any] | str | None = None
    meta: dict[str, Any] | str | None = None
    props: dict[str, Any] | str | None = None
    h: bool | int | None = None
    hash: bool | int | None = None
    revenue_short: dict[str, Any] | str | float | None = msgspec.field(default=None, name="$")
    revenue: dict[str, Any] | str | float | None = None
    i: bool | None = None
    interactive: bool | None = None
    e: float | None = None
    sd: float | None = None
    v: str | float | None = None
    t: str | None = None
    title: str | None = None
    l: str | None = None  # noqa: E741 - the wire's own key
    language: str | None = None
    w: float | None = None
    screen_width: float | None = None
    id: str | None = None
    age: float | None = None
    vid: str | None = None
    wd: bool | int | None = None
    consent: bool | int | None = None
    email: str | None = None
    company: str | None = None
    token: str | None = None

    @property
    def event_name(self) -> str | None:
        return self.n if self.n is not None else self.name

    @property
    def page_url(self) -> str | None:
        return self.u if self.u is not None else self.url

    @property
    def site_domain(self) -> str | None:
        return self.d if self.d is not None else self.domain

    @property
    def properties(self) -> dict[str, Any] | str | None:
        """The publisher's own properties; `m` and `meta` are what older clients call them."""
        given = self.p if self.p is not None else self.props
        if given is None:
            given = self.m if self.m is not None else self.meta
        return given


class Hit(msgspec.Struct, omit_defaults=True, gc=False):
    """One accepted payload: when and from where it came, and the event in it.

    `received_at` is ISO 8601 UTC; `headers` has lower-case names and only those that enrichment reads. `scanner` is the
    sign by which an imported log's client was detected as a scanner.
    """

    received_at: datetime
    ip: str
    user_agent: str = ""
    headers: dict[str, str] = {}
    event: WireEvent = msgspec.field(default_factory=WireEvent)
    scanner: str | None = None

    @property
    def occurred_at_us(self) -> int:
        """When the event happened, in µs since 1970 (UTC): the time of arrival less the age that the client sent."""
        received_at = self.received_at
        return occurred_at_us(
            received_at if received_at.tzinfo is not None else received_at.replace(tzinfo=UTC), self.event.age
        )


def occurred_at_us(received_at: datetime, age_ms: float | None) -> int:
    """When an event happened that was this old when it was sent, in µs since 1970 (UTC)."""
    since = received_at - EPOCH
    # A division by a timedelta of one microsecond says the same, at twice the cost.
    arrival_us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return arrival_us - int(age_ms * 1000) if age_ms and age_ms > 0 else arrival_us


encode_event = encode_hit = msgspec.json.Encoder().encode

_decode_hit = msgspec.json.Decoder(Hit).decode
_decode_hits = msgspec.json.Decoder(list[Hit]).decode


def decode_hit(line: bytes | str) -> Hit:
    """The hit of a JSON text. Raises msgspec.MsgspecError, also for one that nests deeper than the collector takes it."""
    _check_nesting(line)
    return _decode_hit(line)


def encode_line(hits: list[Hit]) -> bytes:
    """The journal line of one request: a hit, or several as an array, so that they are kept together or not at all."""
    return encode_hit(hits[0] if len(hits) == 1 else hits)


def decode_line(line: bytes) -> list[Hit]:
    """The hits of a journal line. Raises msgspec.MsgspecError."""
    _check_nesting(line)
    return _decode_hits(line) if line.startswith(b"[") else [_decode_hit(line)]


def _check_nesting(line: bytes | str) -> None:
    if not is_harmless(line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass")):
        raise msgspec.DecodeError("JSON is nested too deeply")
