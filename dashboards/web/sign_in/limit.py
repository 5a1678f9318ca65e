"""Limits sign-in attempts: after some failures the user must wait, and each further failure doubles the wait.

Failures count against the IP address, and against the IP address together with the account. They never count against
the account alone, since its owner would then wait for a stranger's failures. A device that signed in before counts by
itself (known_device.py). An attempt counts before its password is checked, so parallel attempts have no advantage. The
counts are kept in memory and a restart forgets them; passwords are long enough for that.
Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

from tracker.collector.client_ip import subscriber_of

FREE_FAILURES = 5
# Some people share an IP address.
FREE_FAILURES_OF_AN_IP = 20
FREE_REQUESTS = 10
LONGEST_WAIT = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=2)
_MOST_KEYS = 20_000


class Key(NamedTuple):
    """What failures are counted against, and how many of them are free."""

    name: str
    free: int


class _Failures(NamedTuple):
    number: int
    last_at: datetime


def keys_of_stranger(ip: str, email: str) -> list[Key]:
    network = subscriber_of(ip)
    return [
        Key(_name("ip and email", network, _plain(email)), FREE_FAILURES),
        Key(_name("ip", network), FREE_FAILURES_OF_AN_IP),
    ]


def keys_of_device(device: str, email: str) -> list[Key]:
    return [Key(_name("device and email", device, _plain(email)), FREE_FAILURES)]


def keys_of_user(user_id: int) -> list[Key]:
    """Returns the keys for a signed-in user who enters their password again."""
    return [Key(_name("user", str(user_id)), FREE_FAILURES)]


def keys_of_requests(what: str, who: str) -> list[Key]:
    """Returns the keys for requests that send emails. They all count: `succeeded` is never called."""
    return [Key(_name(what, who), FREE_REQUESTS)]


class SignInLimit:
    """Safe to use from several threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def begin(self, keys: Sequence[Key]) -> timedelta:
        """Counts an attempt as failed and returns zero. During a wait it counts nothing and returns the time left."""
        with self._lock:
            wait = max(self._wait_of(key) for key in keys)
            if not wait:
                for key in keys:
                    self._failures[key.name] = _Failures(self._number_of(key) + 1, self._now())
                    self._failures.move_to_end(key.name)
                while len(self._failures) > _MOST_KEYS:
                    self._failures.popitem(last=False)
            return wait

    def succeeded(self, keys: Sequence[Key]) -> None:
        """Removes the attempt that `begin` counted, and the first key's earlier failures.

        The other keys' earlier failures stay. Otherwise the owner of one account could try other accounts for ever.
        """
        own, *shared = keys
        with self._lock:
            self._failures.pop(own.name, None)
            for key in shared:
                if found := self._failures.get(key.name):
                    self._failures[key.name] = found._replace(number=max(found.number - 1, 0))

    def _number_of(self, key: Key) -> int:
        found = self._failures.get(key.name)
        return 0 if found is None or self._now() - found.last_at > _FORGOTTEN_AFTER else found.number

    def _wait_of(self, key: Key) -> timedelta:
        number = self._number_of(key)
        if number < key.free:
            return timedelta(0)
        pause = min(timedelta(seconds=2 ** min(number - key.free, 20)), LONGEST_WAIT)
        return max(self._failures[key.name].last_at + pause - self._now(), timedelta(0))


def _plain(email: str) -> str:
    return email.strip().lower()


def _name(*parts: str) -> str:
    """Returns a key of fixed length, however long the parts are."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
