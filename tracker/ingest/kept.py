"""A line of the quarantine: what could not be counted, in a form that can be put back into the journal.

It is a line of the journal itself, so that a file of such lines becomes a segment by being moved there.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import msgspec

_IP = re.compile(rb'("ip"\s*:\s*")[^"]*')


# A union with None would be taken for null alone.
NO_HIT = msgspec.Raw()


class VisitorFacts(msgspec.Struct, omit_defaults=True):
    """What was derived from a visitor's IP address: the columns of place, network and company, and their id."""

    whereabouts: list[Any]
    visitor_id: int
    company: list[Any] | None = None


class Kept(msgspec.Struct, omit_defaults=True):
    """One hit, or the bytes of a line that is none, from `quarantined` (a segment) where it ends at `end`.

    `site`, `day` and `detail` are those of its row in excluded traffic; `at` is when it was kept.
    """

    quarantined: str
    end: int
    at: datetime
    site: str
    day: date
    detail: str
    hit: msgspec.Raw = NO_HIT
    raw: bytes | None = None
    known: VisitorFacts | None = None
    has_ip: bool = True


# The writer's part of the name of a segment that was the quarantine's.
_WRITER = "replay"

encode_kept = msgspec.json.Encoder().encode
decode_kept = msgspec.json.Decoder(Kept).decode


def replay_segment(moment: datetime, token: str) -> str:
    """The name under which kept lines come back into the journal; `moment` is UTC, `token` makes it unique."""
    return f"{moment:%Y%m%dT%H%M%S%f}-{_WRITER}{token}-000001.jsonl"


def is_replay(segment: str) -> bool:
    """Whether the lines of a segment come from the quarantine."""
    return segment.split("-")[1].startswith(_WRITER)


def without_ip(text: bytes) -> bytes:
    """A hit's JSON, whole or not, with its IP address taken out."""
    return _IP.sub(rb"\1", text)
