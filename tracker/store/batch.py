"""What one append to the event store adds on any engine: events, hits that are not counted, journal positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from tracker import __version__
from tracker.store.errors import PositionMoved
from tracker.store.schema import SCHEMA_VERSION


class NotCounted(NamedTuple):
    """Hits of one site and local day that were dropped for one reason and detail."""

    site: str
    day: date
    reason: str
    detail: str
    hits: int


class SegmentPosition(NamedTuple):
    """How far a journal segment is stored (`offset_bytes`), and the outcomes of the hits before that byte."""

    segment: str
    offset_bytes: int
    events: int
    pageviews: int
    dropped: dict[str, int]


class Batch(NamedTuple):
    """What one append adds. `columns` has a list, an array or a `Shared` for every name in EVENT_COLUMNS, all of one length.

    So it may for `event_id`, whose values are kept for as long as an event may be sent again. The columns `site` and `event_id`
    are no `Shared`; `occurred_at` is whole microseconds since 1970 in UTC, or an array of datetime64[us].
    `retracted` are visits that must not be counted after all: their stored events are removed. `starts` has the byte of
    each segment in `positions` at which the batch begins, so that a store can detect bytes that it already has.
    """

    columns: Mapping[str, Any]
    not_counted: Sequence[NotCounted] = ()
    positions: Sequence[SegmentPosition] = ()
    retracted: Sequence[int] = ()
    starts: Mapping[str, int] = {}

    @property
    def name(self) -> str:
        """The batch's name, which depends only on its journal bytes and the rules: the same bytes have the same name.

        An engine without transactions stores each table's part under this name once, however often it is sent (ADR 0018).
        """
        ends = sorted((one.segment, self.starts.get(one.segment), one.offset_bytes) for one in self.positions)
        return blake2b(repr((SCHEMA_VERSION, __version__, ends)).encode(), digest_size=16).hexdigest()

    def is_stored(self, offsets: Mapping[str, int]) -> bool:
        """Returns whether the batch's bytes are stored. `offsets` says how many bytes of each segment are.

        Raises PositionMoved when only some are. A batch without `starts` does not come from a journal and is never
        stored already.
        """
        parts = [(self.starts[one.segment], one) for one in self.positions if one.segment in self.starts]
        if not parts or all(offsets.get(one.segment, 0) == start for start, one in parts):
            return False
        if all(offsets.get(one.segment, 0) >= one.offset_bytes for _, one in parts):
            return True
        found = ", ".join(
            f"{one.segment} from {start} (stored to {offsets.get(one.segment, 0)})" for start, one in parts
        )
        raise PositionMoved(f"batch {self.name} does not begin where the store ends: {found}")
