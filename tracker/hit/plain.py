"""Plain hits: journal lines of one page view or reading time as browsers send them, decoded together and in part.

What a line says of its sender is left as it stands, since most senders were seen before: who decodes is told them by these
bytes. Each line that is anything else is for `tracker.hit` to decode; what both decode is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from tracker.hit import Hit, WireEvent, decode_hit, occurred_at_us

_BEGINNING = b'{"received_at":'
# An event that says that it is older may have happened at a time that cannot be told.
_OLDEST_MS = 1e12


class PlainEvent(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A `WireEvent` with the fields that the snippet gives most of its events; of the others it says that they are not there."""

    n: str | None = None
    u: str | None = None
    d: str | None = None
    r: str | None = None
    h: bool | int | None = None
    e: float | None = None
    sd: float | None = None
    v: str | float | None = None
    t: str | None = None
    l: str | None = None  # noqa: E741 - the wire's own key
    w: float | None = None
    id: str | None = None
    age: float | None = None
    wd: bool | int | None = None

    name: ClassVar[None] = None
    url: ClassVar[None] = None
    domain: ClassVar[None] = None
    referrer: ClassVar[None] = None
    properties: ClassVar[None] = None
    hash: ClassVar[None] = None
    revenue_short: ClassVar[None] = None
    revenue: ClassVar[None] = None
    i: ClassVar[None] = None
    interactive: ClassVar[None] = None
    title: ClassVar[None] = None
    language: ClassVar[None] = None
    screen_width: ClassVar[None] = None
    vid: ClassVar[None] = None
    consent: ClassVar[None] = None

    @property
    def page_url(self) -> str | None:
        return self.u

    @property
    def site_domain(self) -> str | None:
        return self.d


class Sender(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """Who sent a plain hit, and what was found out of them: `found` by the enrichment, `ids` by the visits.

    Whoever keeps senders says so in `is_kept`, and forgets them when what was found holds no longer.
    """

    ip: str
    user_agent: str = ""
    headers: dict[str, str] = {}
    found: Any = None
    ids: Any = None
    is_kept: bool = False


class PlainHit(msgspec.Struct, gc=False):
    """A `Hit` whose sender is one for all hits of the same bytes. `line` is how it stands in the journal."""

    received_at: datetime
    occurred_at_us: int
    sender: Sender
    event: PlainEvent
    line: bytes

    scanner: ClassVar[None] = None

    @property
    def ip(self) -> str:
        return self.sender.ip

    @property
    def user_agent(self) -> str:
        return self.sender.user_agent

    @property
    def headers(self) -> dict[str, str]:
        return self.sender.headers

    def whole(self) -> Hit:
        return decode_hit(self.line)


AnyEvent = WireEvent | PlainEvent
AnyHit = Hit | PlainHit


class _Body(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    event: PlainEvent


class _Head(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    ip: str
    user_agent: str = ""
    headers: dict[str, str] = {}


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_bodies = msgspec.json.Decoder(_Body).decode_lines
_decode_times = msgspec.json.Decoder(list[datetime]).decode
_decode_head = msgspec.json.Decoder(_Head).decode


def decode_sender(said: bytes) -> Sender | None:
    """The sender by what a line says of them; None where that is anything else."""
    try:
        head = _decode_head(b'{"ip":' + said + b"}")
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return Sender(head.ip, head.user_agent, head.headers)


def decode_plain(lines: Sequence[bytes], sender_of: Callable[[bytes], Sender | None]) -> list[PlainHit | None]:
    """The plain hit of each line; None for a line that is anything else.

    No text in JSON holds a quotation mark that is not escaped, so what stands between `,"event":` and the end is the event, if it
    can be decoded as such. As many values as lines means one in each.
    """
    hits = _together(lines, sender_of)
    if hits is not None:
        return hits
    is_plain = [_is_plain(line) for line in lines]
    found = iter(_together([line for line, plain in zip(lines, is_plain, strict=True) if plain], sender_of) or ())
    return [next(found, None) if plain else None for plain in is_plain]


def _is_plain(line: bytes) -> bool:
    try:
        _decode_body(b'{"event":' + line.partition(b',"event":')[2])
    except (msgspec.MsgspecError, UnicodeError):
        return False
    return True


def _together(lines: Sequence[bytes], sender_of: Callable[[bytes], Sender | None]) -> list[PlainHit | None] | None:
    if not lines:
        return []
    parts = [line.partition(b',"event":') for line in lines]
    heads = [head.partition(b',"ip":') for head, _, _ in parts]
    try:
        bodies = _decode_bodies(b'{"event":' + b'\n{"event":'.join([body for _, _, body in parts]))
        times = _decode_times(b"[" + b",".join([time[len(_BEGINNING) :] for time, _, _ in heads]) + b"]")
    except (msgspec.MsgspecError, UnicodeError):
        return None
    if (
        len(bodies) != len(lines)
        or len(times) != len(lines)
        or not all(time.startswith(_BEGINNING) for time, _, _ in heads)
    ):
        return None
    if None in [time.tzinfo for time in times]:
        return None
    senders = [sender_of(said) for _, _, said in heads]
    return [
        None
        if sender is None or (body.event.age or 0) > _OLDEST_MS
        else PlainHit(time, occurred_at_us(time, body.event.age), sender, body.event, line)
        for time, sender, body, line in zip(times, senders, bodies, lines, strict=True)
    ]
