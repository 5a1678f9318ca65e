"""The queue of reverse DNS look-ups: returns names that are known already, and looks up others in background threads.

Ingest asks and never waits. An unknown IP address is put into a bounded queue, which a few threads work off. When the
queue is full, or the resolver has not answered for a while, the IP address is dropped; its next hit asks again. Names
are kept in memory only, for one day and for a limited number of IP addresses. Nothing is written to disk.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from queue import Empty, Full, Queue
from typing import NamedTuple, Protocol

from tracker.reference.dns.lookup import ReverseName, Unanswered

log = logging.getLogger(__name__)

_KEEP_SECONDS = 24 * 3600.0
_KEEP_UNANSWERED_SECONDS = 300.0
# After so many look-ups in a row without an answer the resolver is not asked for a while.
_SILENT_TIMES = 16
_REST_SECONDS = 60.0


class Resolver(Protocol):
    """What the queue looks names up with: `tracker.reference.dns.lookup.Lookup`, or a fake in tests."""

    def confirmed_name(self, ip: str) -> ReverseName: ...


class Counts(NamedTuple):
    """How many look-ups there were so far, by their outcome."""

    asked: int
    named: int
    unanswered: int
    dropped: int


class _Entry(NamedTuple):
    host: str | None
    until: float


class NameQueue:
    """The names of IP addresses. `monotonic` returns seconds; `ask` never blocks."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        monotonic: Callable[[], float],
        threads: int = 8,
        waiting: int = 2_000,
        kept: int = 50_000,
    ) -> None:
        self._resolver = resolver
        self._monotonic = monotonic
        self._kept = kept
        self._questions: Queue[str] = Queue(maxsize=waiting)
        self._known: OrderedDict[str, _Entry] = OrderedDict()
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._silent = 0
        self._rest_until = 0.0
        self._asked = self._named = self._unanswered = self._dropped = 0
        self._threads = [threading.Thread(target=self._work, name="reverse-dns", daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    @property
    def counts(self) -> Counts:
        return Counts(self._asked, self._named, self._unanswered, self._dropped)

    @property
    def asked(self) -> int:
        """The number of look-ups that were queued so far."""
        return self._asked

    def ask(self, ip: str) -> str | None:
        """Returns the confirmed name of an IP address if it is known now; None otherwise.

        An unknown one is queued, so that a later call may return its name.
        """
        entry = self._known.get(ip)
        if entry is not None and entry.until > self._monotonic():
            return entry.host
        self._enqueue(ip)
        return None

    def close(self) -> None:
        """Ends the threads. Does not wait for look-ups in progress, since a resolver may be silent for seconds."""
        self._stop.set()

    def _enqueue(self, ip: str) -> None:
        with self._lock:
            if ip in self._under_way:
                return
            if self._monotonic() < self._rest_until:
                self._dropped += 1
                return
            try:
                self._questions.put_nowait(ip)
            except Full:
                self._dropped += 1
                return
            self._under_way.add(ip)
            self._asked += 1

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                ip = self._questions.get(timeout=0.2)
            except Empty:
                continue
            try:
                self._settle(ip, self._resolver.confirmed_name(ip).host, _KEEP_SECONDS)
                self._silent = 0
            except ValueError:
                self._settle(ip, None, _KEEP_SECONDS)
            except Unanswered as problem:
                self._settle(ip, None, _KEEP_UNANSWERED_SECONDS)
                self._note_silence(str(problem))
            except Exception:
                log.exception("a reverse name could not be looked up")
                self._settle(ip, None, _KEEP_UNANSWERED_SECONDS)

    def _settle(self, ip: str, host: str | None, seconds: float) -> None:
        with self._lock:
            self._under_way.discard(ip)
            self._known[ip] = _Entry(host, self._monotonic() + seconds)
            self._known.move_to_end(ip)
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
            self._named += host is not None

    def _note_silence(self, words: str) -> None:
        with self._lock:
            self._unanswered += 1
            self._silent += 1
            if self._silent < _SILENT_TIMES or self._monotonic() < self._rest_until:
                return
            self._silent = 0
            self._rest_until = self._monotonic() + _REST_SECONDS
        log.warning("reverse DNS rests for %.0f seconds: %s", _REST_SECONDS, words)
