"""Tunnels from the door to granian: bytes carried both ways as they are, and who is at the other end.

Each has an IP address of this machine's own (127.0.0.0/8) and a port as its sender, which no other one has for as long as it may
matter, so that granian's requests can be told whose they are. Whoever is not known here is nobody: a program of this machine that
finds granian's port and takes such an IP address has another port.
"""

from __future__ import annotations

import re
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count

_PIECE = 64 * 1024
_PIECES_IN_A_TURN = 8
# Of so many clients that left it is still known who they were, and for so long.
_REMEMBERED = 16_384
_REMEMBERED_SECONDS = 5.0
# A client that takes nothing of its answer for so long is gone.
_UNREAD_SECONDS = 60.0


class Peers:
    """Who is behind a connection to granian, by the IP address and the port from which it comes. `monotonic` gives seconds."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._numbers = count()
        self._known: dict[str, str] = {}
        self._left: deque[tuple[float, str]] = deque()

    def bind(self, connection: socket.socket, peer: str) -> str:
        """Gives a connection that stands for a client a sender, which is returned. Raises OSError."""
        connection.bind((_loopback(next(self._numbers)), 0))
        ip, port = connection.getsockname()
        sender = f"{ip}:{port}"
        self._known[sender] = peer
        return sender

    def leave(self, sender: str) -> None:
        """The client has left; granian may be about to begin what it brought."""
        self._left.append((self._monotonic(), sender))
        if len(self._left) > _REMEMBERED:
            self._known.pop(self._left.popleft()[1], None)

    def end(self, sender: str) -> None:
        """The connection has ended, and granian is done with it."""
        self._known.pop(sender, None)

    def forget(self) -> None:
        """Forgets who left some time ago, before another program of this machine can have their sender."""
        while self._left and self._monotonic() - self._left[0][0] > _REMEMBERED_SECONDS:
            self._known.pop(self._left.popleft()[1], None)

    def of(self, sender: str) -> str:
        """The client's IP address; empty where it is not known."""
        return self._known.get(sender, "")


def _loopback(number: int) -> str:
    """One of sixteen million IP addresses of the machine itself, without 127.0.0.1 and those beside it."""
    return f"127.{1 + number // 64_516 % 254}.{1 + number // 254 % 254}.{1 + number % 254}"


def can_be_told_apart() -> bool:
    """Whether connections may come from any IP address of 127.0.0.0/8, as on Linux."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((_loopback(0), 0))
        except OSError:
            return False
    return True


class Tunnel:
    """A client's connection and the one to granian that stands for it. Raises OSError when there can be none.

    Whoever waits for the two is told of changes alone (edges): `carry` goes on until nothing more is to be had.
    """

    def __init__(
        self,
        client: socket.socket,
        ip: str,
        first: bytes,
        *,
        behind: tuple[str, int],
        peers: Peers,
        is_one_request: bool = False,
    ) -> None:
        """`first` is what the client sent. Where that is one whole request, the tunnel ends with its answer."""
        onward = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._peers, self._sender = peers, ""
        try:
            self._sender = peers.bind(onward, ip)
            onward.setblocking(False)
            onward.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(BlockingIOError):
                onward.connect(behind)
        except OSError:
            onward.close()
            peers.end(self._sender)
            raise
        self.numbers = (client.fileno(), onward.fileno())
        self._up = _Direction(client, onward, first)
        self._down = _Direction(onward, client, b"")
        self._answer = self._down.seen_by = Answer() if is_one_request else None
        self.ip = ip
        self.has_more = False
        self._sent_before = 0
        self._sent_at = float("inf")

    @property
    def is_ending(self) -> bool:
        """Whether granian has said all, and only the client's end is waited for."""
        return self._down.is_done

    @property
    def is_waiting_for_client(self) -> bool:
        """Whether the client is to take what has come for it."""
        return bool(self._down.waiting)

    def is_unread(self, now: float) -> bool:
        """Whether the client has taken nothing for long of what waits for it; ask now and then."""
        sent = self._down.sent
        if sent != self._sent_before or self._sent_at > now or not self._down.waiting:
            self._sent_before, self._sent_at = sent, now
        return now - self._sent_at > _UNREAD_SECONDS

    @property
    def is_answered(self) -> bool:
        """Whether the one request is answered, all of that is sent, and the client has sent nothing else."""
        up, down, answer = self._up, self._down, self._answer
        if answer is None or not answer.is_whole or up.has_brought or up.has_ended or down.has_ended:
            return False
        return not up.waiting and not down.waiting

    def leave(self) -> socket.socket:
        """Ends the connection to granian, and returns the client's."""
        self._down.source.close()
        self._peers.leave(self._sender)
        return self._up.source

    def carry(self) -> bool:
        """Carries what there is, and says by `has_more` where that was much. False once the client or both ends are gone."""
        try:
            self._up.carry()
        except OSError:  # granian listens no more, as to a body that is too large; it may have said why
            if self._up.is_broken:
                return False
            self._up.discards = True
        try:
            self._down.carry()
        except OSError:
            return False
        self.has_more = self._up.has_more or self._down.has_more
        return not (self._down.is_done and self._up.has_ended)

    def close(self) -> None:
        """Ends both connections."""
        for one in (self._up, self._down):
            one.source.close()
        if self._down.has_ended:
            self._peers.end(self._sender)
        else:
            self._peers.leave(self._sender)


class Answer:
    """Follows an answer of granian's to its end. It never is whole where its end is not told by its length alone."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._left = 0
        self.is_whole = False

    def see(self, data: bytes) -> None:
        """Takes what came of it next."""
        if self._head is not None:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data, self._head = self._head[: end + 2].lower(), self._head[end + 4 :], None
            lengths = _LENGTH.findall(head)
            if len(lengths) != 1 or _FOLLOWED.match(head) is None or _NOT_FOLLOWED.search(head):
                self._left = -1
                return
            self._left = int(lengths[0])
        if self._left >= 0:
            self._left -= len(data)
            self.is_whole = self._left == 0


_LENGTH = re.compile(rb"\r\ncontent-length: ?([0-9]{1,12})(?=\r\n)")
_FOLLOWED = re.compile(rb"http/1\.1 (?:[23](?!04)|[45])[0-9]{2} ")
_NOT_FOLLOWED = re.compile(rb"\r\n(?:transfer-encoding|connection|upgrade):")


class _Direction:
    __slots__ = (
        "discards",
        "has_brought",
        "has_ended",
        "has_more",
        "is_broken",
        "is_done",
        "seen_by",
        "sent",
        "source",
        "target",
        "waiting",
    )

    def __init__(self, source: socket.socket, target: socket.socket, waiting: bytes) -> None:
        self.source = source
        self.target = target
        self.waiting = bytearray(waiting)
        self.sent = 0  # bytes that the target took
        self.has_brought = False  # something came of the source
        self.seen_by: Answer | None = None
        self.has_ended = False  # the source has no more
        self.is_broken = False  # the source is gone
        self.is_done = False  # the target was told the end
        self.has_more = False  # it stopped in between, so that others have their turn
        self.discards = False  # nobody listens any more

    def carry(self) -> None:
        """Raises OSError when the target is gone, or the source without having ended."""
        self.has_more = False
        self._send()
        for _ in range(_PIECES_IN_A_TURN):
            if self.has_ended or self.waiting:
                break
            try:
                data = self.source.recv(_PIECE)
            except BlockingIOError:
                break
            except OSError:
                self.has_ended = self.is_broken = True
                raise
            self.has_ended = not data
            self.has_brought = True
            self.waiting += data
            if self.seen_by is not None:
                self.seen_by.see(data)
            self._send()
        else:
            self.has_more = True
        if self.has_ended and not self.waiting and not self.is_done:
            self.is_done = True
            if not self.discards:
                self.target.shutdown(socket.SHUT_WR)

    def _send(self) -> None:
        while self.waiting:
            if self.discards:
                self.waiting.clear()
                return
            try:
                sent = self.target.send(self.waiting)
            except BlockingIOError:
                return
            del self.waiting[:sent]
            self.sent += sent
