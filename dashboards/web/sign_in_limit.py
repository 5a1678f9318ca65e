"""How often one may try to sign in: after five failures, a wait that doubles, by address and by email.

Kept in memory: a restart forgets it, which costs an attacker nothing less than the password's own length.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=2)
_MOST_KEYS = 20_000


class _Failures(NamedTuple):
    number: int
    last_at: datetime


class SignInLimit:
    """Safe to use from several threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str, email: str) -> timedelta:
        """How long until the next try is heard; zero when it is heard now."""
        with self._lock:
            return max(self._wait_of(key) for key in _keys(address, email))

    def failed(self, address: str, email: str) -> None:
        now = self._now()
        with self._lock:
            for key in _keys(address, email):
                self._failures[key] = _Failures(self._number_of(key) + 1, now)
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, address: str, email: str) -> None:
        with self._lock:
            for key in _keys(address, email):
                self._failures.pop(key, None)

    def _number_of(self, key: str) -> int:
        found = self._failures.get(key)
        return 0 if found is None or self._now() - found.last_at > _FORGOTTEN_AFTER else found.number

    def _wait_of(self, key: str) -> timedelta:
        number = self._number_of(key)
        if number < FREE_FAILURES:
            return timedelta(0)
        pause = min(timedelta(seconds=2 ** min(number - FREE_FAILURES, 20)), LONGEST_WAIT)
        return max(self._failures[key].last_at + pause - self._now(), timedelta(0))


def _keys(address: str, email: str) -> tuple[str, str]:
    return f"address {address}", f"email {email.strip().lower()[:254]}"
