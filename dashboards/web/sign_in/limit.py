"""How often one may try to sign in: after some failures a wait that doubles, for whoever failed and for nobody else.

A stranger's failures count against the stranger's IP address, and against that address with the account: never against
the account, whose owner would wait for them. A device that signed in before counts by itself (known_device.py). A try
counts before its password is looked at, so that many at once are no more than one after the other. Kept in memory: a
restart forgets it, which costs an attacker nothing less than the password's own length.
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
    """Whom failures are counted against, and how many of them are free."""

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
    """Of someone who is signed in and says their password again."""
    return [Key(_name("user", str(user_id)), FREE_FAILURES)]


def keys_of_requests(what: str, who: str) -> list[Key]:
    """Of someone who asks for emails to be sent; none of them is taken back."""
    return [Key(_name(what, who), FREE_REQUESTS)]


class SignInLimit:
    """Safe to use from several threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def begin(self, keys: Sequence[Key]) -> timedelta:
        """Counts a try as failed and returns 0.

        During a wait it counts nothing and returns the seconds that are left.
        """
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
        """Removes the try that `begin` counted. The first key's earlier failures are forgotten, too.

        Those of the others are not: whoever has an account could else try other people's for ever.
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
    """Of the same few bytes however long the parts are."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
