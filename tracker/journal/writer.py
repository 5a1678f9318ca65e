"""Appends to the journal for one process: begins, syncs and ends segments, and reports when it cannot."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import logging
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tracker.journal.receipts import JournalUnavailable, Receipt
from tracker.journal.segments import SUFFIX, sync_folder

log = logging.getLogger(__name__)

SYNC_SECONDS = 0.2
SEGMENT_SECONDS = 3600.0
_LONGEST_GATHERING = 0.002
_GATHERING_STEP = 0.0001


# write(2) with the interpreter's lock held. os.write lets go of it, and then several threads that append hand it on and
# wait for one another at each line, which halves what a collector takes; the system's memory takes a line in microseconds.
_write = ctypes.PyDLL(None, use_errno=True).write
_write.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t)
_write.restype = ctypes.c_ssize_t

# The data and the length of a file, without its times; some systems know only the whole.
_to_disk = getattr(os, "fdatasync", os.fsync)


class Journal:
    """Appends lines for one process. Safe to use from several threads.

    `sync` is `interval` (a thread syncs every SYNC_SECONDS) or `always` (no line counts as kept before its sync). Lines
    that wait for the disk share a sync: while it runs the next ones gather.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sync: str = "interval",
        segment_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        fsync: Callable[[int], None] = _to_disk,
    ) -> None:
        self._folder = folder
        self._always = sync == "always"
        self._segment_bytes = segment_bytes
        self._clock = clock
        self._fsync = fsync
        self._writer = secrets.token_hex(4)
        self._number = 0
        self._descriptor = -1
        self._path: Path | None = None
        self._size = 0
        self._synced_size = 0
        self._begun = 0.0
        self._lock = threading.Lock()
        self._waiting: list[Receipt] = []  # of the appends that the next sync is for
        self._is_wanted = threading.Event()  # somebody waits for it
        self._last_group = 0
        self._sync_seconds = 0.0  # that the last one took
        self._appended = 0  # appends so far
        self._durable = 0  # of these, how many a sync has covered, or failed to
        self._failures: deque[tuple[range, str]] = deque(maxlen=64)  # appends whose sync failed, and why
        self.problem: str | None = None  # why the last sync failed; None once one has succeeded
        self._stop = threading.Event()
        work = self._sync_for_the_waiting if self._always else self._sync_now_and_then
        self._syncer = threading.Thread(target=work, name="journal-sync", daemon=True)
        self._syncer.start()

    def append(self, line: bytes) -> None:
        """Keeps one line, given without its newline. When this returns, the line survives `kill -9`.

        Raises JournalUnavailable.
        """
        receipt = self.begin_append(line)
        if receipt is not None:
            receipt.wait()

    def append_together(self, lines: list[bytes]) -> None:
        """As `append`, with one write for several lines: all of them are kept, or none."""
        self.append(b"\n".join(lines))

    def begin_append(self, line: bytes) -> Receipt | None:
        """Writes one line. With `always` it is kept once its receipt says so; there is none where nothing is waited for.

        Raises JournalUnavailable.
        """
        with self._lock:
            self._write(line + b"\n")
            self._appended += 1
            if not self._always:
                return None
            receipt = Receipt(self._appended)
            self._waiting.append(receipt)
        if self._stop.is_set():  # no thread syncs any more
            self._sync_a_group()
        elif not self._is_wanted.is_set():
            self._is_wanted.set()
        return receipt

    def close(self) -> None:
        """Syncs and ends the running segment."""
        self._stop.set()
        self._is_wanted.set()
        self._syncer.join()
        with self._lock:
            self._end_segment()
        self._sync_a_group()

    def _write(self, data: bytes) -> None:
        try:
            if self._descriptor < 0 or self._is_full(len(data)):
                self._begin_segment()
            _write_all(self._descriptor, data)
        except OSError as problem:
            self._cut_off(self._size)
            raise JournalUnavailable(f"the journal cannot be written: {problem.strerror}") from problem
        self._size += len(data)

    def _is_full(self, more: int) -> bool:
        too_large = self._size + more > self._segment_bytes and self._size > 0
        return too_large or time.monotonic() - self._begun > SEGMENT_SECONDS

    def _begin_segment(self) -> None:
        self._end_segment()
        while True:
            self._number += 1
            name = f"{self._clock():%Y%m%dT%H%M%S%f}-{self._writer}-{self._number:06d}{SUFFIX}"
            path = self._folder / name
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink:
                break
            os.close(descriptor)  # it was retired in the moment before it was locked
        self._descriptor, self._path = descriptor, path
        self._size = self._synced_size = 0
        self._begun = time.monotonic()
        sync_folder(self._folder)

    def _end_segment(self) -> None:
        """Syncs and closes the running segment. The caller holds the lock."""
        if self._descriptor < 0:
            return
        try:
            self._fsync(self._descriptor)
        except OSError as problem:
            self._give_up_segment(problem, self._appended)
            return
        self._durable = self._appended
        self._close_segment()

    def _close_segment(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)

    def _cut_off(self, size: int) -> None:
        """Truncates the segment to `size`. If even that fails, the segment is abandoned; a torn end is never read."""
        if self._descriptor < 0:
            return
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:
            with suppress(OSError):
                self._close_segment()

    def _give_up_segment(self, problem: OSError, last: int) -> None:
        """After a failed sync nobody knows what is on the disk, and a second sync would claim success: a new segment.

        `last` is the last append that the sync was for. With `always` the appends that wait are refused and taken
        back; with `interval` they were accepted, and stay to be ingested from the system's memory. The caller holds
        the lock.
        Source: "Can Applications Recover from fsync Failures?" (USENIX ATC 2020).
        """
        self.problem = f"the journal cannot be synced: {problem.strerror}"
        log.error("%s; another segment is begun after %s", self.problem, self._path)
        self._failures.append((range(self._durable + 1, last + 1), self.problem))
        self._durable = max(self._durable, last)
        if last < self._appended:
            return  # another segment was begun meanwhile
        if self._always:
            self._cut_off(self._synced_size)
        if self._descriptor >= 0:
            with suppress(OSError):
                self._close_segment()

    def _sync_for_the_waiting(self) -> None:
        looked = time.monotonic()
        while not self._stop.is_set():
            if self._is_wanted.wait(SYNC_SECONDS):
                self._is_wanted.clear()
                self._gather()
            try:
                if time.monotonic() - looked > SYNC_SECONDS:
                    looked = time.monotonic()
                    self._leave_removed_file()
            except OSError:
                log.exception("the journal's segment cannot be looked at; it is tried again")
            self._sync_a_group()

    def _gather(self) -> None:
        """Waits a moment for those who shared the last sync: their clients send again as soon as they are answered.

        Else the first of them would have a sync of its own, and the others would wait for two.
        """
        deadline = time.monotonic() + min(self._sync_seconds / 2, _LONGEST_GATHERING)
        while len(self._waiting) < self._last_group and time.monotonic() < deadline:
            time.sleep(_GATHERING_STEP)

    def _sync_a_group(self) -> None:
        """Syncs for all who wait now, and tells them."""
        with self._lock:
            group, self._waiting = self._waiting, []
        if not group:
            return
        begun = time.monotonic()
        try:
            self._sync()
        except OSError:
            log.exception("the journal could not be synced")
        self._last_group, self._sync_seconds = len(group), time.monotonic() - begun
        failures, durable = tuple(self._failures), self._durable
        for receipt in group:
            problem = next((reason for failed, reason in failures if receipt.ticket in failed), None)
            if problem is None and durable < receipt.ticket:
                problem = "the journal could not be synced"
            receipt.settle(problem)

    def _sync(self) -> None:
        """Syncs what was appended so far; appends go on meanwhile. One thread at a time may call it."""
        with self._lock:
            path, appended, size = self._path, self._appended, self._size
            if self._descriptor < 0 or appended == self._durable:
                return
            duplicate = os.dup(self._descriptor)
        try:
            self._fsync(duplicate)
        except OSError as problem:
            with self._lock:
                self._give_up_segment(problem, appended if self._path != path else self._appended)
            return
        finally:
            os.close(duplicate)
        with self._lock:
            self.problem = None
            self._durable = max(self._durable, appended)
            if self._path == path:
                self._synced_size = size

    def _sync_now_and_then(self) -> None:
        while not self._stop.wait(SYNC_SECONDS):
            try:
                self._leave_removed_file()
                self._sync()
            except OSError:
                log.exception("the journal could not be synced; it is tried again")

    def _leave_removed_file(self) -> None:
        """Begins another segment when somebody removed the running one, since lines written to it would be lost."""
        with self._lock:
            if self._descriptor >= 0 and os.fstat(self._descriptor).st_nlink == 0:
                log.error("the running journal segment %s was removed; another is begun", self._path)
                self._end_segment()


def _write_all(descriptor: int, data: bytes) -> None:
    """Writes all of it in one call, so that lines of threads do not mix. Raises OSError when only a piece fitted."""
    written = _write(descriptor, data, len(data))
    if written < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if written != len(data):
        raise OSError(errno.ENOSPC, f"only {written} of {len(data)} bytes fitted")
