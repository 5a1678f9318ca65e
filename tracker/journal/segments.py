"""The journal's files as ingest reads them: which there are, the lines in them, and when they are deleted."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

SUFFIX = ".jsonl"
_LEAST_FREE_BYTES = 4 * 1024 * 1024


class Segment(NamedTuple):
    """A file of the journal. Names sort by the time at which the segments were begun."""

    name: str
    path: Path
    size: int

    @property
    def writer(self) -> str:
        """Who wrote it: the segments of one writer follow each other, those of several ran side by side."""
        return self.name.split("-")[1]


def list_segments(folder: Path) -> list[Segment]:
    """The segments of the journal, the oldest first; empty when there is no folder yet."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIX) and entry.name.count("-") > 1:
                    with suppress(FileNotFoundError):  # retired at this moment
                        found.append(Segment(entry.name, Path(entry.path), entry.stat().st_size))
    except FileNotFoundError:
        return []
    return sorted(found)


def read_lines(path: Path, offset: int, max_bytes: int) -> tuple[list[bytes], int]:
    """Complete lines (without newlines) from `offset` on, about `max_bytes` of them, and the offset behind them.

    A line without its newline is not complete: it is left for the next call.
    """
    with open(path, "rb") as file:
        file.seek(offset)
        data = file.read(max_bytes)
        while b"\n" not in data and (more := file.read(max_bytes)):
            data += more
    end = data.rfind(b"\n")
    if end < 0:
        return [], offset
    return data[:end].split(b"\n"), offset + end + 1


def has_writer(path: Path) -> bool:
    """Whether a living process still appends to the segment."""
    with open(path, "rb") as file:
        return not _lock(file.fileno())


def retirable(folder: Path, consumed: Mapping[str, int], older_than: datetime) -> list[str]:
    """The names of the segments that are wholly stored, have no writer and were last written before `older_than`.

    `consumed` is how many bytes of each segment are stored.
    """
    return [
        segment.name
        for segment in list_segments(folder)
        if segment.path.stat().st_mtime < older_than.timestamp()
        and not has_writer(segment.path)
        and _is_consumed(segment.path, consumed.get(segment.name, 0))
    ]


def retire(folder: Path, names: Collection[str], consumed: Mapping[str, int]) -> list[str]:
    """Removes segments that `retirable` named; returns the names of those that were deleted.

    A writer locks its new segment after it has made it: in between it looks like one that nobody writes. So the lock is
    held over the removal, and a writer whose segment went begins another.
    """
    gone = []
    for name in sorted(names):
        path = folder / name
        with open(path, "rb") as file:
            if not _lock(file.fileno()) or not _is_consumed(path, consumed.get(name, 0)):
                continue
            path.unlink()
        gone.append(name)
    if gone:
        sync_folder(folder)
    return gone


def writable(folder: Path) -> str | None:
    """None when hits can be kept, else why not, in words."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return "the journal folder is missing or cannot be written"
    space = os.statvfs(folder)
    if space.f_bavail * space.f_frsize < _LEAST_FREE_BYTES:
        return "the disk is full"
    return None


def sync_folder(folder: Path) -> None:
    """Makes the folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Takes the lock that the writer of a segment holds, until the descriptor is closed; False when it has a writer."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_consumed(path: Path, offset: int) -> bool:
    return not read_lines(path, offset, 1024 * 1024)[0]
