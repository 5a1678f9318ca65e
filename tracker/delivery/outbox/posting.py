"""One request to another service: within a time limit, to an IP address that was looked up once, without redirects."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tracker import __version__
from tracker.delivery.outbox.allowed_hosts import NotAllowed, addresses_of
from tracker.settings.values import Network

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# For all of it: the name, the connection, TLS, the request and the answer.
SECONDS = 15.0
_CONNECT_SECONDS = 5.0
_MOST_READ = 64 * 1024
USER_AGENT = f"webleads-tracker/{__version__}"


@dataclass(frozen=True)
class Answer:
    """What the other side answered. Without a `status` there was no answer, and `text` says why.

    `is_for_good` is whether another attempt would go the same way.
    """

    status: int | None
    text: str
    retry_after: float | None = None
    is_for_good: bool = False

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[Network] = (),
    method: str = "POST",
    seconds: float = SECONDS,
) -> Answer:
    """Sends a body to a URL; what goes wrong is told, not raised. `allowed` are private networks that may be reached."""
    ends_at = monotonic() + seconds
    try:
        with closing(_connection(url, allowed, ends_at)) as connection, _Watch(connection, ends_at):
            return _exchange(connection, method, url, body, headers, ends_at)
    except NotAllowed as problem:
        return Answer(None, f"not sent: {problem}", is_for_good=True)
    except (OSError, http.client.HTTPException, UnicodeError) as problem:
        if monotonic() >= ends_at:
            return Answer(None, f"no answer within {seconds:g} s")
        return Answer(None, f"{type(problem).__name__}: {problem}"[:300])


class _Pinned(http.client.HTTPConnection):
    """A connection over a socket that is open already; names are not looked up again."""

    def __init__(self, host: str, opened: socket.socket) -> None:
        super().__init__(host)
        self.sock = opened

    def connect(self) -> None:
        raise http.client.NotConnected("the other side ended the connection")


def _connection(url: str, allowed: Sequence[Network], ends_at: float) -> _Pinned:
    parts = urlsplit(url)
    host, is_safe = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_safe else 80)
    plain = _reached(addresses_of(host, port, allowed), port, ends_at)
    try:
        plain.settimeout(max(0.1, ends_at - monotonic()))
        opened = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if is_safe else plain
    except BaseException:
        plain.close()
        raise
    return _Pinned(parts.netloc, opened)


def _reached(addresses: Sequence[str], port: int, ends_at: float) -> socket.socket:
    """Returns a connection to the first of the addresses that answers."""
    problem: OSError = TimeoutError("there was no time left to connect")
    for one in addresses:
        left = ends_at - monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((one, port), timeout=min(_CONNECT_SECONDS, left))
        except OSError as refused:
            problem = refused
    raise problem


class _Watch:
    """Shuts a connection when its time is over: a server that sends a byte now and then never runs into a step's limit."""

    def __init__(self, connection: _Pinned, ends_at: float) -> None:
        self._socket = connection.sock
        self._timer = threading.Timer(max(0.0, ends_at - monotonic()), self._shut)
        self._timer.daemon = True

    def _shut(self) -> None:
        with suppress(OSError, AttributeError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


class _Timed(io.RawIOBase):
    """Reads until the time is over, also of what had arrived before a connection was shut."""

    def __init__(self, raw: io.RawIOBase, ends_at: float) -> None:
        self._raw, self._ends_at = raw, ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        if monotonic() >= self._ends_at:
            raise TimeoutError("its time is over")
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer that is read within its time: however many heads come before it, and however small its parts are."""

    def __init__(self, opened: socket.socket, method: str, ends_at: float) -> None:
        super().__init__(opened, method=method)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), ends_at))


def _exchange(
    connection: _Pinned, method: str, url: str, body: bytes, headers: Mapping[str, str], ends_at: float
) -> Answer:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, body, {"User-Agent": USER_AGENT, "Connection": "close", **headers})
    with closing(_Response(connection.sock, method, ends_at)) as response:
        response.begin()
        text = response.read(_MOST_READ).decode("utf-8", "replace")
    if 300 <= response.status < 400:
        return Answer(response.status, "it redirects to another URL, which is not followed", is_for_good=True)
    return Answer(response.status, text, _seconds(response.getheader("Retry-After")), response.status == 410)


def _seconds(retry_after: str | None) -> float | None:
    """A `Retry-After` in seconds; None for a date or nonsense."""
    text = (retry_after or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
