"""What one append to the event store adds, whatever the engine: events, what is not counted, journal positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple


class NotCounted(NamedTuple):
    """Hits of one site and local day that were dropped for one reason and detail."""

    site: str
    day: date
    reason: str
    detail: str
    hits: int


class SegmentPosition(NamedTuple):
    """How far a journal segment is stored (`offset_bytes`) and what became of the hits before that point."""

    segment: str
    offset_bytes: int
    events: int
    pageviews: int
    dropped: dict[str, int]


class Batch(NamedTuple):
    """What one transaction adds. `columns` has a list or an array for every name in EVENT_COLUMNS, all of one length.

    `occurred_at` is whole microseconds since 1970 in UTC, or an array of datetime64[us]. `retracted` are visits that
    turned out not to be counted: their stored events are removed.
    """

    columns: Mapping[str, Any]
    not_counted: Sequence[NotCounted] = ()
    positions: Sequence[SegmentPosition] = ()
    retracted: Sequence[int] = ()
