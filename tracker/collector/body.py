"""Requests whose bodies have not come whole: how long a body may take, how many a client may leave open, how large.

No thread waits for a body (tracker.server.front). A client that sends byte by byte costs a connection and the bytes that
it sent. Each body has one deadline. A client is an IPv4 address or a /64 of IPv6, found behind trusted proxies; the number
of its open bodies is limited. When all bodies together are too large, the oldest body of the client with most is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

from tracker.collector.client_ip import subscriber_of
from tracker.collector.payload import RequestProblem

# Requests without a body need no deadline.
WITHOUT_A_BODY = frozenset(("GET", "HEAD", "OPTIONS"))

_TOO_SLOW = "the body did not come whole within {:g} s; send it again"
_TOO_MANY = "this IP address has too many unfinished requests; finish them first"
_GIVEN_UP = "too many requests are waiting for their bodies; send it again later"


class Waiting:
    """A request whose body has not arrived. `cancel` stops the waiting; `problem` then says why."""

    __slots__ = ("cancel", "client", "deadline", "problem", "size")

    def __init__(self, client: str, size: int, deadline: float) -> None:
        self.client = client
        self.size = size
        self.deadline = deadline
        self.cancel: Callable[[], Any] | None = None
        self.problem: RequestProblem | None = None


class UnfinishedBodies:
    """Counts the requests that wait for their bodies. Safe to use from several threads; `monotonic` gives seconds."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        seconds: float = 10.0,
        most_of_a_client: int = 64,
        most_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._monotonic = monotonic
        self._seconds = seconds
        self._most_of_a_client = most_of_a_client
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._waiting: dict[Waiting, None] = {}  # the oldest first
        self._of_client: dict[str, int] = {}
        self._bytes = 0

    def begin(self, client: str, size: int) -> Waiting:
        """Counts a request whose body of `size` bytes is waited for. Raises RequestProblem when the client has too many."""
        client = subscriber_of(client)
        with self._lock:
            of_client = self._of_client.get(client, 0)
            if of_client >= self._most_of_a_client:
                raise RequestProblem(429, "body", _TOO_MANY)
            waiting = Waiting(client, size, self._monotonic() + self._seconds)
            self._waiting[waiting] = None
            self._of_client[client] = of_client + 1
            self._bytes += size
        if self._bytes > self._most_bytes:
            self._give_up_one()
        return waiting

    def has_too_many(self, client: str) -> bool:
        """Whether the client may begin no other request, since it leaves too many unfinished."""
        return self._of_client.get(subscriber_of(client), 0) >= self._most_of_a_client

    def grow(self, waiting: Waiting, size: int) -> None:
        """Counts bytes that came of a body whose size was not known."""
        with self._lock:
            waiting.size += size
            self._bytes += size
        if self._bytes > self._most_bytes:
            self._give_up_one()

    def end(self, waiting: Waiting) -> None:
        """Call this when the body has arrived or is no longer expected."""
        with self._lock:
            del self._waiting[waiting]
            self._bytes -= waiting.size
            left = self._of_client[waiting.client] - 1
            if left:
                self._of_client[waiting.client] = left
            else:
                del self._of_client[waiting.client]

    def end_overdue(self) -> None:
        """Cancels the requests whose bodies are overdue."""
        now = self._monotonic()
        with self._lock:
            overdue = [one for one in self._waiting if one.deadline <= now and one.problem is None]
        for one in overdue:
            _end(one, RequestProblem(408, "body", _TOO_SLOW.format(self._seconds)))

    def _give_up_one(self) -> None:
        with self._lock:
            held: dict[str, int] = {}
            for one in self._waiting:
                if one.problem is None:
                    held[one.client] = held.get(one.client, 0) + one.size
            most = max(held, key=held.__getitem__, default=None)
            oldest = next((one for one in self._waiting if one.client == most and one.problem is None), None)
        if oldest is not None:
            _end(oldest, RequestProblem(503, "body", _GIVEN_UP))


def _end(waiting: Waiting, problem: RequestProblem) -> None:
    waiting.problem = problem
    if waiting.cancel is not None:
        waiting.cancel()


class RefusedBody:
    """The input stream of a body that was refused: reading it raises the reason."""

    def __init__(self, problem: RequestProblem) -> None:
        self._problem = problem

    def read(self, _size: int = -1) -> bytes:
        raise self._problem


def put_body(environ: dict[str, Any], body: bytes | RequestProblem) -> None:
    """Sets `wsgi.input` to the whole body, or to a stream that raises why there is none."""
    if isinstance(body, RequestProblem):
        environ["wsgi.input"] = RefusedBody(body)
        return
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)


def read_body(environ: dict[str, Any], largest: int) -> bytes:
    """The body of a WSGI call. Raises RequestProblem when it is too large, or was not taken."""
    declared = environ.get("CONTENT_LENGTH")
    length = int(declared) if declared and declared.isdigit() else largest + 1
    if declared and length > largest:
        raise too_large(length, largest)
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) > largest:
        raise too_large(len(body), largest)
    if declared and len(body) < length:
        raise RequestProblem(400, "body", f"the body ended after {len(body):,} of {length:,} bytes")
    return body


def too_large(length: int, largest: int) -> RequestProblem:
    """Why a body of that length is refused."""
    return RequestProblem(413, "body", f"the body has {length:,} bytes; at most {largest:,} are taken")
