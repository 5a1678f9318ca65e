"""Numbered hits from several connections, and the outcome of each: accepted, refused, or not answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from tests.running_service import FIREFOX

SITE = "a.fr"
_PAUSE_SECONDS = 0.002
_HOSTILE_EVERY = 20


@dataclass
class Ledger:
    """The paths of hits by their outcome, and the statuses of refusals."""

    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, other: Ledger) -> None:
        self.accepted |= other.accepted
        self.refused |= other.refused
        self.unsure |= other.unsure
        self.statuses += other.statuses


class Sender(threading.Thread):
    """Sends hits over one connection until it is told to finish. Continues after the service was away."""

    def __init__(self, port: int, name: str, hostile: Sequence[str] = ()) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._hostile = hostile
        self._prefix = name
        self._finished = threading.Event()
        self.ledger = Ledger()

    def run(self) -> None:
        number = 0
        while not self._finished.is_set():
            with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
                try:
                    while not self._finished.is_set():
                        number += 1
                        self._send(connection, number)
                        if self._hostile and number % _HOSTILE_EVERY == 0:
                            self._send_hostile(connection, self._hostile[number // _HOSTILE_EVERY % len(self._hostile)])
                        time.sleep(_PAUSE_SECONDS)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.02)

    def _send_hostile(self, connection: http.client.HTTPConnection, body: str) -> None:
        connection.request("POST", "/api/event", body, {"User-Agent": FIREFOX, "X-Forwarded-For": "198.51.7.7"})
        connection.getresponse().read()

    def _send(self, connection: http.client.HTTPConnection, number: int) -> None:
        path = f"/{self._prefix}/{number}"
        body = json.dumps({"n": "pageview", "u": f"https://{SITE}{path}", "d": SITE})
        visitor = f"198.51.{number % 3}.{number % 97}"
        if connection.sock is None:
            connection.connect()  # if nobody listens, nothing was sent
        try:
            connection.request("POST", "/api/event", body, {"User-Agent": FIREFOX, "X-Forwarded-For": visitor})
            answer = connection.getresponse()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self.ledger.unsure.add(path)  # no answer came: stored or not, both are right
            raise
        # The status counts even when the connection breaks before the body: an accepted hit is accepted.
        (self.ledger.accepted if status == 202 else self.ledger.refused).add(path)
        self.ledger.statuses[status] += status != 202
        answer.read()

    def finish(self) -> Ledger:
        self._finished.set()
        self.join(timeout=30)
        return self.ledger


class Traffic:
    """Several senders at once. `prefix` makes their paths unique. `hostile` bodies are sent between their hits."""

    def __init__(self, port: int, prefix: str, *, connections: int = 4, hostile: Sequence[str] = ()) -> None:
        self._senders = [Sender(port, f"{prefix}-{number}", hostile) for number in range(connections)]
        for sender in self._senders:
            sender.start()

    def accepted(self) -> int:
        return sum(len(sender.ledger.accepted) for sender in self._senders)

    def refused(self) -> int:
        return sum(len(sender.ledger.refused) for sender in self._senders)

    def finish(self) -> Ledger:
        whole = Ledger()
        for sender in self._senders:
            whole.add(sender.finish())
        return whole
