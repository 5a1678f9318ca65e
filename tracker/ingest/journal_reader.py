"""What ingest reads next: a piece of each writer's journal, all up to the same time of arrival.

A visitor's requests may be kept by several collectors. Reading one collector's hour and then the next one's would tear
that visitor's visits apart, so after a pause, or a rebuild, the pieces are merged by the time of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from tracker.hit.plain import AnyHit
from tracker.ingest import journal_line
from tracker.ingest.journal_line import EARLIEST, LATEST, Unread
from tracker.ingest.kept import Kept, is_replay
from tracker.ingest.senders import Senders
from tracker.journal import Segment, list_segments, read_lines

PIECE_BYTES = 4 * 1024 * 1024
# Lines that are decoded together; one that holds something else than a hit has these decoded one by one.
_AT_ONCE = 200
# An imported log has old times: it is read in turn, but other writers do not wait for it.
_LIVE = timedelta(hours=2)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Line(msgspec.Struct, gc=False):
    """A journal line: the latest arrival up to it, its segment, the offset behind it, and what it holds.

    `unread` is what of it cannot be read, `refused` are hits that the store did not take; `replayed` says what was known
    of a line that comes from the quarantine.
    """

    arrived_at: datetime
    segment: str
    end: int
    hits: list[AnyHit]
    unread: Sequence[Unread] = ()
    replayed: Kept | None = None
    refused: Sequence[tuple[AnyHit, str]] = ()


class Piece(NamedTuple):
    """Lines that follow one another in a segment; never empty."""

    segment: str
    lines: list[Line]

    @property
    def end(self) -> int:
        """The offset behind the last line."""
        return self.lines[-1].end


def next_pieces(folder: Path, offset_of: Callable[[str], int], senders: Senders) -> list[Piece]:
    """The next piece of each writer that has something new; empty when the journal is drained."""
    unread: dict[str, list[Segment]] = {}
    for segment in list_segments(folder):
        if segment.size > offset_of(segment.name):
            unread.setdefault(segment.writer, []).append(segment)
    pieces, horizon = [], _NEVER
    for segments in unread.values():
        piece, has_more = _first_piece(segments, offset_of, PIECE_BYTES // len(unread), senders)
        if piece is None:
            continue
        pieces.append(piece)
        if has_more and _is_live(piece):
            horizon = min(horizon, piece.lines[-1].arrived_at)
    return [cut for piece in pieces if (cut := _cut(piece, horizon)) is not None]


def in_order(pieces: list[Piece]) -> list[Line]:
    """The lines of all pieces by arrival; those of one segment stay as they stand."""
    if len(pieces) == 1:
        return pieces[0].lines
    return sorted((line for piece in pieces for line in piece.lines), key=lambda line: line.arrived_at)


def _first_piece(
    segments: list[Segment], offset_of: Callable[[str], int], most_bytes: int, senders: Senders
) -> tuple[Piece | None, bool]:
    """The first piece of a writer's unread segments, and whether more follows it.

    A torn last line makes a segment look unread for ever: the next one is tried then.
    """
    for number, segment in enumerate(segments):
        raw, offset = read_lines(segment.path, offset_of(segment.name), most_bytes)
        if raw:
            more = offset < segment.size or number + 1 < len(segments)
            return Piece(segment.name, _decoded(segment.name, offset_of(segment.name), raw, senders)), more
    return None, False


def _decoded(segment: str, offset: int, raw: list[bytes], senders: Senders) -> list[Line]:
    """Times never run backwards within a piece, whatever the clock did, so that a cut by time is a cut by place."""
    lines, latest, replay = [], EARLIEST, is_replay(segment)
    for start in range(0, len(raw), _AT_ONCE):
        some = raw[start : start + _AT_ONCE]
        for line, content in zip(some, journal_line.read_lines(some, senders, from_quarantine=replay), strict=True):
            offset += len(line) + 1
            if content.hits:
                arrived_at = content.hits[0].received_at
                arrived_at = arrived_at if arrived_at.tzinfo else arrived_at.replace(tzinfo=UTC)
                if latest < arrived_at < LATEST:
                    latest = arrived_at
            lines.append(Line(latest, segment, offset, content.hits, content.unread, content.replayed))
    return lines


def _is_live(piece: Piece) -> bool:
    try:
        begun_at = datetime.strptime(piece.segment.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return False
    return piece.lines[-1].arrived_at > begun_at - _LIVE


def _cut(piece: Piece, horizon: datetime) -> Piece | None:
    """The part of a piece that arrived up to the horizon; None when all of it came later."""
    if piece.lines[-1].arrived_at <= horizon:
        return piece
    kept = [line for line in piece.lines if line.arrived_at <= horizon]
    return Piece(piece.segment, kept) if kept else None
