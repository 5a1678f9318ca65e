"""The journal: append-only files of accepted hits, a line a request. What was appended survives the death of any process.

Owns the segments in DATA/journal: their names, who writes them, what a reader may take from them, when they go.
It knows nothing of what a line means.

- Every writer has its own segments, so that several processes append without asking one another.
- A line counts when its newline is there: a reader takes complete lines only, and a torn one is cut off again.
- The writer holds a file lock on its segment; a segment whose lock is free has no writer any more.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)

SUFFIX = ".jsonl"
SYNC_SECONDS = 0.2
SEGMENT_SECONDS = 3600.0
_LEAST_FREE_BYTES = 4 * 1024 * 1024


class JournalUnavailable(RuntimeError):
    """The line could not be kept; the message says why. Nothing of it will ever be read."""


class Segment(NamedTuple):
    """A file of the journal. Names sort by the time at which the segments were begun."""

    name: str
    path: Path
    size: int


class Journal:
    """Appends lines for one process. Safe to use from several threads."""

    def __init__(
        self,
        folder: Path,
        *,
        sync: str = "interval",
        segment_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = folder
        self._always = sync == "always"
        self._segment_bytes = segment_bytes
        self._clock = clock
        self._writer = secrets.token_hex(4)
        self._number = 0
        self._descriptor = -1
        self._path: Path | None = None
        self._size = 0
        self._begun = 0.0
        self._lock = threading.Lock()
        self._synced = threading.Condition()
        self._appended = 0  # appends so far
        self._durable = 0  # of these, how many a sync has covered
        self._stop = threading.Event()
        self._syncer = threading.Thread(target=self._sync_now_and_then, name="journal-sync", daemon=True)
        self._syncer.start()

    def append(self, line: bytes) -> None:
        """Keeps one line, given without its newline. When this returns, the line survives `kill -9`.

        Raises JournalUnavailable; then nothing of the line is left in the journal.
        """
        with self._lock:
            self._write(line + b"\n")
            self._appended += 1
            ticket = self._appended
        if self._always:
            self._wait_for_sync(ticket)

    def close(self) -> None:
        """Syncs and ends the running segment."""
        self._stop.set()
        self._syncer.join()
        with self._lock:
            self._end_segment()

    def rotate(self) -> None:
        """Ends the running segment, so that it can be retired; the next line begins another."""
        with self._lock:
            self._end_segment()

    def _write(self, data: bytes) -> None:
        try:
            if self._descriptor < 0 or self._is_full(len(data)):
                self._begin_segment()
            _write_all(self._descriptor, data)
        except OSError as problem:
            self._cut_off_torn_line()
            raise JournalUnavailable(f"the journal cannot be written: {problem.strerror}") from problem
        self._size += len(data)

    def _is_full(self, more: int) -> bool:
        too_large = self._size + more > self._segment_bytes and self._size > 0
        return too_large or time.monotonic() - self._begun > SEGMENT_SECONDS

    def _begin_segment(self) -> None:
        self._end_segment()
        self._number += 1
        name = f"{self._clock():%Y%m%dT%H%M%S%f}-{self._writer}-{self._number:06d}{SUFFIX}"
        path = self._folder / name
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self._path, self._size, self._begun = path, 0, time.monotonic()
        _sync_folder(self._folder)

    def _end_segment(self) -> None:
        if self._descriptor < 0:
            return
        descriptor, self._descriptor = self._descriptor, -1
        try:
            os.fsync(descriptor)
        except OSError:
            log.exception("the journal could not be synced at the end of a segment")
        finally:
            os.close(descriptor)

    def _cut_off_torn_line(self) -> None:
        """Takes back the piece that fitted. If even that fails the segment is left, and its torn end is never read."""
        if self._descriptor < 0:
            return
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def _wait_for_sync(self, ticket: int) -> None:
        """Waits until a sync has covered the append: the first to come syncs for all who wait with it."""
        with self._synced:
            if self._durable >= ticket:
                return
            self._sync()

    def _sync(self) -> None:
        with self._lock:
            descriptor, appended = self._descriptor, self._appended
            if descriptor < 0 or appended == self._durable:
                return
            duplicate = os.dup(descriptor)
        try:
            os.fsync(duplicate)
        except OSError as problem:
            raise JournalUnavailable(f"the journal cannot be synced: {problem.strerror}") from problem
        finally:
            os.close(duplicate)
        self._durable = max(self._durable, appended)

    def _sync_now_and_then(self) -> None:
        while not self._stop.wait(SYNC_SECONDS):
            try:
                self._leave_removed_file()
                with self._synced:
                    self._sync()
            except (JournalUnavailable, OSError):
                log.exception("the journal could not be synced; it is tried again")

    def _leave_removed_file(self) -> None:
        """Begins another segment when somebody removed the running one: what is written to it would be lost."""
        with self._lock:
            if self._descriptor >= 0 and os.fstat(self._descriptor).st_nlink == 0:
                log.error("the running journal segment %s was removed; another is begun", self._path)
                self._end_segment()


def _write_all(descriptor: int, data: bytes) -> None:
    """Writes all of it in one call, so that lines of threads do not mix. Raises OSError when only a piece fitted."""
    written = os.write(descriptor, data)
    if written != len(data):
        raise OSError(errno.ENOSPC, f"only {written} of {len(data)} bytes fitted")


def list_segments(folder: Path) -> list[Segment]:
    """The segments of the journal, the oldest first; empty when there is no folder yet."""
    try:
        with os.scandir(folder) as entries:
            found = [
                Segment(entry.name, Path(entry.path), entry.stat().st_size)
                for entry in entries
                if entry.name.endswith(SUFFIX)
            ]
    except FileNotFoundError:
        return []
    return sorted(found)


def read_lines(path: Path, offset: int, max_bytes: int) -> tuple[list[bytes], int]:
    """Complete lines (without newlines) from `offset` on, about `max_bytes` of them, and the offset behind them.

    A line without its newline is not there yet: it is left for the next call.
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
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def retire(folder: Path, consumed: Mapping[str, int], older_than: datetime) -> list[str]:
    """Removes the segments that are wholly stored, have no writer and were last written before `older_than`.

    `consumed` is how many bytes of each segment are stored. Gives the names of those that went.
    """
    gone = []
    for segment in list_segments(folder):
        if segment.path.stat().st_mtime >= older_than.timestamp() or has_writer(segment.path):
            continue
        offset = consumed.get(segment.name, 0)
        if read_lines(segment.path, offset, 1024 * 1024)[0]:
            continue
        segment.path.unlink()
        gone.append(segment.name)
    if gone:
        _sync_folder(folder)
    return gone


def writable(folder: Path) -> str | None:
    """None when hits can be kept, else why not, in words."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return "the journal folder is missing or cannot be written"
    space = os.statvfs(folder)
    if space.f_bavail * space.f_frsize < _LEAST_FREE_BYTES:
        return "the disk is full"
    return None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
