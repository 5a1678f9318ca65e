"""What a service's collector kept, read out of its journal."""

from __future__ import annotations

from pathlib import Path

from tracker.hit import Hit, decode_line
from tracker.journal import list_segments, read_lines


def kept_hits(data: Path) -> list[Hit]:
    """The hits in the journal of a data folder, the oldest first."""
    segments = list_segments(data / "journal")
    lines = [line for segment in segments for line in read_lines(segment.path, 0, 10_000_000)[0]]
    return [hit for line in lines for hit in decode_line(line)]


def ip_of(data: Path, page: str) -> str:
    """The IP address that was kept with the hit of a page. Raises LookupError when there is no such hit."""
    found = [hit.ip for hit in kept_hits(data) if (hit.event.page_url or "").endswith(page)]
    if not found:
        raise LookupError(f"no hit of {page} was kept")
    return found[-1]
