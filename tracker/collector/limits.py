"""The rate limit of a client, in hits a second. Each event of a batch counts as one hit."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable

from tracker.collector.client_ip import subscriber_of

_MOST_CLIENTS = 100_000


class RateLimit:
    """Allows a number of hits in any second from one client; 0 means no limit. `monotonic` returns seconds.

    A client is an IP address, or the /64 of an IPv6 address. Memory is a number for each hit of the last second or two,
    and the clients of these seconds, so many at most. Processes side by side count together
    (tracker.collector.shared_limit).
    """

    def __init__(self, hits_per_second: int, *, monotonic: Callable[[], float]) -> None:
        self.most = hits_per_second
        self._monotonic = monotonic
        self._begun = monotonic()
        self._recent: dict[str, list[float]] = {}  # when the hits of the last second came, the oldest first
        self._before: dict[str, list[float]] = {}  # of clients that may have been silent since
        self._lock = threading.Lock()

    def allows(self, ip: str, hits: int = 1) -> bool:
        """Whether the client may send that many now. They are counted only when all of them may pass."""
        if not self.most:
            return True
        client = subscriber_of(ip)
        with self._lock:
            now = self._monotonic()
            if now - self._begun >= 1 or len(self._recent) >= _MOST_CLIENTS:
                self._before, self._recent, self._begun = self._recent, {}, now
            times = self._recent.get(client)
            if times is None:
                times = self._recent[client] = self._before.pop(client, [])
            del times[: bisect_right(times, now - 1)]
            if len(times) + hits > self.most:
                return False
            times += [now] * hits
            return True
