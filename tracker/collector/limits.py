"""The rate limit of an address: so many hits a second. Memory is one entry an address of the running second."""

from __future__ import annotations

import threading
from collections.abc import Callable

_MOST_ADDRESSES = 200_000


class RateLimit:
    """Counts hits by address in windows of a second; 0 a second means no limit. `monotonic` gives seconds."""

    def __init__(self, hits_per_second: int, *, monotonic: Callable[[], float]) -> None:
        self._most = hits_per_second
        self._monotonic = monotonic
        self._second = 0
        self._hits: dict[str, int] = {}
        self._lock = threading.Lock()

    def allows(self, address: str, hits: int = 1) -> bool:
        """Whether the address may send now; counts the hits when it may."""
        if not self._most:
            return True
        key = address if ":" not in address else _network_of(address)
        with self._lock:
            second = int(self._monotonic())
            if second != self._second or len(self._hits) > _MOST_ADDRESSES:
                self._second = second
                self._hits = {}
            counted = self._hits.get(key, 0)
            if counted and counted + hits > self._most:
                return False
            self._hits[key] = counted + hits
            return True


def _network_of(address: str) -> str:
    """The /64 of an IPv6 address, which one subscriber has as a whole (RFC 6177)."""
    head, gap, _ = address.partition("::")
    groups = head.split(":") if head else []
    return ":".join(groups[:4]) if len(groups) >= 4 or not gap else ":".join([*groups, "0", "0", "0", "0"][:4])
