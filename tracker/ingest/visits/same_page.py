"""Detects page views that only change the query of the open page, and are not counted as page views.

A map that is dragged, a catalogue's filters and a page that tidies its own URL change the query in place, and clients
report that as they report a page of a single-page app. Here is decided, for all clients alike, what of it is a page
view. A reload has the URL as it was, and a way back to a page has another page between: both are, as in Plausible.
Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tracker.enrichment.event import PAGEVIEW, Event
from tracker.hit.plain import AnyEvent

# A document that is loaded by a link names the page before as its referrer, where a change in place keeps the one of
# the document; but some clients name the page before there as well, and nobody follows links so fast for long.
_AT_ONCE_US = 10 * 1_000_000


class Opening(msgspec.Struct, frozen=True, gc=False):
    """A page view for comparison: the page as stored, the whole URL and the referrer, as hashes of this process.

    `in_place` when its client says that no document was loaded for it, as our snippet does by reading time of its own.
    """

    page: int
    url: int
    referrer: int | None
    timestamp_us: int
    in_place: bool


def openings_of(events: Sequence[Event], wires: Sequence[AnyEvent]) -> list[Opening | None]:
    """What page views opened, and None for other events; `events` are what enrichment made of `wires`."""
    return [
        Opening(
            hash(event.hostname) ^ hash(event.path),
            hash(wire.u if wire.u is not None else wire.url),
            hash(referrer) if (referrer := wire.r if wire.r is not None else wire.referrer) else None,
            event.occurred_at,
            wire.e is not None,
        )
        if event.name == PAGEVIEW
        else None
        for event, wire in zip(events, wires, strict=True)
    ]


def is_same_page(before: Opening, now: Opening) -> bool:
    """Whether only the query of the open page changed, so that it is not a page view."""
    if now.page != before.page or now.url == before.url:
        return False
    in_place = now.in_place or now.referrer is None or now.referrer == before.referrer
    return in_place or abs(now.timestamp_us - before.timestamp_us) < _AT_ONCE_US
