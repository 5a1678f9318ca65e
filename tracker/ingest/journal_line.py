"""What a line of the journal holds, whatever its bytes are: hits, and what cannot be read, with the reason.

No line raises an exception here. A line that nests too deeply is not decoded, since a recursive decoder may crash the
process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from tracker.hit import EPOCH, decode_hit, decode_line
from tracker.hit.nesting import MAX_NESTING, is_harmless, nests_too_deep
from tracker.hit.plain import AnyHit, decode_plain
from tracker.ingest.kept import Kept, decode_kept
from tracker.ingest.senders import Senders

_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode

# A hit outside these years is not a visitor's: there was no web before, and no report covers later ones.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_EARLIEST_US = (EARLIEST - EPOCH).days * 86_400_000_000
_LATEST_US = (LATEST - EPOCH).days * 86_400_000_000


class Unread(NamedTuple):
    """What could not be read, as it stands in the journal, and why in a few fixed words."""

    detail: str
    raw: bytes


class Content(msgspec.Struct, gc=False):
    """The content of a line. `replayed` is what was known of it, when it comes from the quarantine."""

    hits: list[AnyHit]
    unread: Sequence[Unread] = ()
    replayed: Kept | None = None


def read_lines(raw: list[bytes], senders: Senders, *, from_quarantine: bool = False) -> list[Content]:
    """What lines hold, one by one. Plain hits, as nearly all are, are decoded together."""
    if from_quarantine:
        return [read_line(line, from_quarantine=True) for line in raw]
    plain = decode_plain(raw, senders.of)
    return [read_line(line) if hit is None else Content([hit]) for line, hit in zip(raw, plain, strict=True)]


def read_line(raw: bytes, *, from_quarantine: bool = False) -> Content:
    """What a line holds; a batch of which some hits cannot be read keeps the others."""
    try:
        return _read_kept(raw) if from_quarantine else Content([*decode_line(raw)])
    except MemoryError:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever a line makes a decoder raise, the next line is read
        return _read_in_part(raw, problem)


def is_possible(timestamp_us: int) -> bool:
    """Whether a time (µs since 1970) is possible for a hit."""
    return _EARLIEST_US <= timestamp_us < _LATEST_US


def timestamp_of(hit: AnyHit) -> int | None:
    """When a hit happened, in µs since 1970; None for an impossible time."""
    try:
        timestamp_us = hit.occurred_at_us
    except (OverflowError, ValueError):
        return None
    return timestamp_us if is_possible(timestamp_us) else None


def _read_kept(raw: bytes) -> Content:
    if nests_too_deep(raw, MAX_NESTING + 1):
        return Content([], (Unread("nested too deeply", raw),))
    kept = decode_kept(raw)
    if kept.raw is not None:
        return _replayed(read_line(kept.raw), kept)
    return _replayed(read_line(bytes(kept.hit)), kept)


def _replayed(content: Content, kept: Kept) -> Content:
    return Content(content.hits, content.unread, kept)


def _read_in_part(raw: bytes, problem: Exception) -> Content:
    if not is_harmless(raw):
        return Content([], (Unread("nested too deeply", raw),))
    whole = Content([], (Unread(_why(problem, raw), raw),))
    if not raw.startswith(b"["):
        return whole
    try:
        items = _decode_items(raw)
    except Exception:  # noqa: BLE001 - it is no list
        return whole
    hits: list[AnyHit] = []
    unread: list[Unread] = []
    for item in items:
        try:
            hits.append(decode_hit(bytes(item)))
        except Exception as reason:  # noqa: BLE001 - as above
            unread.append(Unread(_why(reason, bytes(item)), bytes(item)))
    return Content(hits, unread or whole.unread)


def _why(problem: Exception, raw: bytes) -> str:
    """A fixed text, whatever was sent, since it becomes a row of excluded traffic."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    if isinstance(problem, msgspec.ValidationError):
        return "invalid field"
    if isinstance(problem, msgspec.DecodeError):
        return "not JSON"
    return "nested too deeply" if isinstance(problem, RecursionError) else "unreadable"
