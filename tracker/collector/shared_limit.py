"""The rate limit of a client over several processes: they count in one file that each of them maps.

Owns the file's form: a table of clients with their hits in each sixteenth of the last second. A lock on the file keeps
the processes apart. A client stands in it by a keyed hash, the key in no file; what it did is forgotten after a second.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from tracker.collector.client_ip import subscriber_of

_PARTS = 16
# The part that has begun and those of the whole second before it: never fewer hits than the last second's.
_KEPT = _PARTS + 1
_ENTRY = struct.Struct(f"<QQ{_KEPT}I")  # the client, the last part with a hit of it, hits by part
_ENTRIES = 32_768
_TRIED = 8  # places that a client may stand at
_FEWEST_A_PROCESS = 10  # hits of the limit; below, no hit passes unasked
_MOST_CLIENTS = 100_000


class Table(NamedTuple):
    """Where so many processes count: the file's path, and the key of the clients' hashes."""

    path: str
    key: bytes
    processes: int


@contextmanager
def shared_table(path: Path, processes: int) -> Iterator[Table]:
    """A table at `path` for that many processes, which are started in the block; it goes at the end."""
    path.unlink(missing_ok=True)  # one that was killed left it
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, _ENTRIES * _ENTRY.size)
        yield Table(str(path), secrets.token_bytes(16), processes)
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)


class SharedRateLimit:
    """As tracker.collector.limits.RateLimit, counted together with the other processes on the table.

    Asking the table takes several times as long as counting alone, and most visitors send one hit in a second: a process
    lets such a hit pass unasked, and the table's limit is lower by one for each process. The last second is up to a
    sixteenth longer. When 32,768 clients come within it, the longest silent are forgotten. `monotonic` gives seconds, the
    same ones in all processes of a machine.
    """

    def __init__(self, hits_per_second: int, table: Table, *, monotonic: Callable[[], float]) -> None:
        self.most = hits_per_second
        self._asks_always = hits_per_second < _FEWEST_A_PROCESS * table.processes
        self._most_in_table = hits_per_second - (0 if self._asks_always else table.processes)
        self._monotonic = monotonic
        self._key = table.key
        self._file = os.open(table.path, os.O_RDWR | os.O_CLOEXEC)
        self._entries = mmap.mmap(self._file, _ENTRIES * _ENTRY.size)
        self._lock = threading.Lock()  # the file's lock is the process's, and not a thread's
        self._begun = 0
        self._seen: dict[str, int] = {}  # the part of a client's last hit here; negative where the table lacks it
        self._seen_before: dict[str, int] = {}  # of clients that may have been silent since

    def allows(self, ip: str, hits: int = 1) -> bool:
        """Whether the client may send that many now; counts them when it may, all of them or none."""
        if not self.most:
            return True
        client = subscriber_of(ip)
        with self._lock:
            now = self._part()
            last = self._last_hit(client, now)
            is_alone = last is None or now - abs(last) >= _KEPT
            if is_alone and hits == 1 and not self._asks_always:
                self._seen[client] = -now
                return True
            unasked = 0 if is_alone or last is None or last > 0 else 1
            self._seen[client] = now
            return self._ask(client, hits, unasked)

    def _part(self) -> int:
        return int(self._monotonic() * _PARTS) + 1

    def _last_hit(self, client: str, now: int) -> int | None:
        if now - self._begun >= _KEPT or len(self._seen) >= _MOST_CLIENTS:
            self._seen_before, self._seen, self._begun = self._seen, {}, now
        return self._seen.get(client) or self._seen_before.get(client)

    def _ask(self, client: str, hits: int, unasked: int) -> bool:
        """Whether the table has room for the hits; `unasked` is what passed before without asking, and counts in any case."""
        digest = blake2b(client.encode(), digest_size=8, key=self._key).digest()
        known_as = int.from_bytes(digest, "little") or 1
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now = self._part()
            return (not unasked or self._take(known_as, now, unasked)) and self._take(known_as, now, hits)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _take(self, client: int, now: int, hits: int) -> bool:
        offset, last, counts = self._find(client, now)
        since = now - last
        for part in range(last + 1, now + 1) if since < _KEPT else range(_KEPT):
            counts[part % _KEPT] = 0
        if sum(counts) + hits > self._most_in_table:
            return False
        counts[now % _KEPT] += hits
        _ENTRY.pack_into(self._entries, offset, client, now, *counts)
        return True

    def _find(self, client: int, now: int) -> tuple[int, int, list[int]]:
        """The client's entry, or the one whose client has been silent longest: its offset, last part and counts."""
        oldest, silent = 0, now + 1
        for number in range(_TRIED):
            offset = (client + number) % _ENTRIES * _ENTRY.size
            found, last, *counts = _ENTRY.unpack_from(self._entries, offset)
            if found == client:
                return offset, last, counts
            if last < silent:
                oldest, silent = offset, last
        return oldest, now, [0] * _KEPT
