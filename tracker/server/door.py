"""The door of a collector: one thread that takes its connections, answers hits that come whole, and passes all else to granian.

granian hands each request from its thread to Python's and back, twice for one with a body, which costs more than the
hit itself. Nearly all hits are one small piece: a head in plain ASCII and its body. Such a one is read, kept and answered here
in one go. Whatever differs in anything, or comes in parts, is granian's: its bytes are carried as they are, and what follows
on its connection too, unless it is one whole request whose answer's end is plain. So nothing here waits for a client.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress

from tracker.collector.wsgi import Environ
from tracker.server.together import Hits, Together
from tracker.server.tunnels import Peers, Tunnel, can_be_told_apart
from tracker.server.whole_request import WholeRequest, whole_request

log = logging.getLogger(__name__)

_HAS_EPOLL = hasattr(select, "epoll")

_PIECE = 64 * 1024
_IDLE_SECONDS = 10.0
_LEAVE_SECONDS = 2.0
_PAUSE_SECONDS = 0.05
# Turns that fail one after the other before the process ends, so that another begins anew.
_MOST_FAILURES = 10
# Many, as a turn of many connections takes a tenth of a second, and a hit may be behind a flood of others.
_AT_ONCE = 1024
_LOOKED_AT = 8
# The client's connection, that to granian, and granian's end of it.
_FILES_OF_A_TUNNEL = 3
_SILENT_SECONDS = 1.0
_CHANGES = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET if _HAS_EPOLL else 0


def is_possible() -> bool:
    """Whether the system has what a door needs. Else granian takes the connections itself."""
    return _HAS_EPOLL and can_be_told_apart()


class _Client:
    """A connection that sent nothing but whole hits so far."""

    __slots__ = ("ip", "number", "seen_at", "socket")

    def __init__(self, connection: socket.socket, ip: str, now: float) -> None:
        self.socket = connection
        self.number = connection.fileno()
        self.ip = ip
        self.seen_at = now


class Door:
    """Takes the connections of `listener`. `hits` takes those of `paths`; granian listens at `behind` for all else.

    `refuses` says of a hit's call whether granian is to refuse it; `peers` is told who is behind a connection to granian.
    Connections take `most_files` at most, of this process's open files. After each turn it rests for `rest_seconds`.
    """

    def __init__(
        self,
        listener: socket.socket,
        hits: Hits,
        *,
        paths: Collection[str],
        refuses: Callable[[Environ], bool],
        behind: tuple[str, int],
        peers: Peers,
        most_connections: int,
        most_files: int,
        rest_seconds: Callable[[], float] = lambda: 0.0,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        end_process: Callable[[int], object] = os._exit,
    ) -> None:
        self._listener = listener
        self._listener.setblocking(False)
        self._epoll = select.epoll()
        self._together: Together[_Client] = Together(hits)
        self._beginnings = {f"POST {path} HTTP/1.{minor}".encode(): path for path in paths for minor in (0, 1)}
        self._refuses = refuses
        self._behind = behind
        self._peers = peers
        self._most = most_connections
        self._most_files = most_files
        self._rest_seconds = rest_seconds
        self._monotonic = monotonic
        self._sleep = sleep
        self._end_process = end_process
        self._clients: dict[int, _Client] = {}
        self._tunnels: dict[int, Tunnel] = {}
        self._with_more: set[Tunnel] = set()
        self._ending_since: dict[Tunnel, float] = {}
        self._is_listening = False
        self._now = self._swept_at = monotonic()
        self._warned_at = float("-inf")
        self._accepts_from = float("-inf")

    def start(self) -> None:
        """Takes connections in a thread of its own, until the process ends."""
        threading.Thread(target=self.run, name="door", daemon=True).start()

    def run(self) -> None:
        """Ends the process when it cannot go on: its supervisor starts another, and connections wait in the listener."""
        try:
            failures = 0
            while failures < _MOST_FAILURES:
                try:
                    self.turn()
                    failures = 0
                except Exception:
                    failures += 1
                    log.exception("the door goes on")
                    time.sleep(_PAUSE_SECONDS)
        finally:
            log.critical("the door cannot go on; the process ends")
            self._end_process(1)

    def turn(self) -> None:
        """Waits for connections that have something, and serves them; now and then closes those that are idle."""
        pauses = self._monotonic() < self._accepts_from
        wants_more = not pauses and self._has_room()
        if self._is_listening != wants_more:
            self._listen(wants_more)
        for tunnel in self._with_more.copy():
            self._serve_or_drop(tunnel.numbers[0])
        wait = 0 if self._with_more else 1.0 if wants_more else _PAUSE_SECONDS
        ready = self._epoll.poll(wait)
        self._now = self._monotonic()
        for number, _events in ready:
            self._serve_or_drop(number)
        self._answer()
        if ready and (rest := self._rest_seconds()):
            self._sleep(rest)  # others may use the processor meanwhile, and more hits come together
        if self._now - self._swept_at >= 1:
            self._sweep()

    def _has_room(self, *, connections: int = 1, files: int = 1) -> bool:
        """Whether so many connections may be added, and such a number of files; who is silent makes room for them."""
        while True:
            clients, tunnels = len(self._clients), len(self._tunnels) // 2
            have_room = clients + tunnels + connections <= self._most
            if have_room and clients + tunnels * _FILES_OF_A_TUNNEL + files <= self._most_files:
                return True
            if not self._make_room():
                return False

    def _make_room(self) -> bool:
        """Closes a connection that has sent nothing for a while, where one is found soon; the eldest is looked at first."""
        now = self._monotonic()
        for _ in range(min(_LOOKED_AT, len(self._clients))):
            number = next(iter(self._clients))
            client = self._clients.pop(number)
            self._clients[number] = client  # as the last one
            if now - client.seen_at > _SILENT_SECONDS:
                self._close(client)
                return True
        return False

    def _serve_or_drop(self, number: int) -> None:
        """Whatever goes wrong with a connection is the end of that one alone."""
        try:
            self._serve(number)
        except Exception:
            if self._may_warn():
                log.exception("a connection is dropped")
            self._drop(number)

    def _serve(self, number: int) -> None:
        client = self._clients.get(number)
        if client is not None:
            self._read(client)
            return
        self._answer()  # hits do not wait for what takes longer
        if number in self._tunnels:
            self._carry(self._tunnels[number])
        elif number == self._listener.fileno():
            self._accept()
        else:  # its connection was closed since; one that nobody has must not wake this thread again
            self._forget(number)

    def _drop(self, number: int) -> None:
        if number in self._clients:
            self._close(self._clients[number])
        elif number in self._tunnels:
            self._end(self._tunnels[number])

    def _sweep(self) -> None:
        """Closes connections that send nothing, and those whose clients do not take leave of granian."""
        self._swept_at = now = self._monotonic()
        for client in list(self._clients.values()):
            if now - client.seen_at > _IDLE_SECONDS:
                self._close(client)
        for tunnel, since in list(self._ending_since.items()):
            if now - since > _LEAVE_SECONDS:
                self._end(tunnel)
        for tunnel in {one for one in self._tunnels.values() if one.is_waiting_for_client}:
            self._serve_or_drop(tunnel.numbers[0])
            if tunnel.is_unread(now):
                self._end(tunnel)
        self._peers.forget()

    def _listen(self, is_on: bool) -> None:  # noqa: FBT001
        if is_on:
            self._epoll.register(self._listener.fileno(), select.EPOLLIN)
        else:
            self._epoll.unregister(self._listener.fileno())
        self._is_listening = is_on

    def _is_hit(self, request: WholeRequest, ip: str) -> bool:
        """Whether a whole request brings a hit; its environ is then that of a WSGI call."""
        path, environ = self._beginnings.get(request.first_line), request.environ
        if path is None or "CONTENT_LENGTH" not in environ:
            return False
        environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"] = "POST", path, ""
        environ["REMOTE_ADDR"] = ip
        return True

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            if not self._has_room():
                return
            try:
                connection, address = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as problem:  # no more files may be open; those that are get their answers meanwhile
                self._warn("a connection cannot be taken", problem)
                self._accepts_from = self._monotonic() + _PAUSE_SECONDS
                return
            connection.setblocking(False)
            with suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._epoll.register(connection.fileno(), select.EPOLLIN)
            self._clients[connection.fileno()] = _Client(connection, address[0], self._now)

    def _read(self, client: _Client) -> None:
        try:
            data = client.socket.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(client)
            return
        client.seen_at = self._now
        request = whole_request(data)
        if request is None or not self._is_hit(request, client.ip) or self._refuses(request.environ):
            self._answer()
            self._pass_on(client, data, is_whole=request is not None and not request.is_last)
        elif self._together.take(client, request.environ, request.body, is_last=request.is_last):
            self._answer()

    def _answer(self) -> None:
        """Keeps and answers the hits that were taken since the last time."""
        for client, answer, is_last in self._together.answers():
            try:
                is_sent = client.socket.send(answer) == len(answer)
            except OSError:
                is_sent = False
            if is_last or not is_sent:  # who does not read some hundred bytes is gone, or does not want them
                self._close(client)

    def _pass_on(self, client: _Client, data: bytes, *, is_whole: bool) -> None:
        """Makes the connection granian's, with what it sent: until that is answered if it is one whole request, else for good."""
        if not self._has_room(connections=0, files=_FILES_OF_A_TUNNEL - 1):
            self._close(client)
            return
        try:
            tunnel = Tunnel(
                client.socket, client.ip, data, behind=self._behind, peers=self._peers, is_one_request=is_whole
            )
        except OSError as problem:
            self._warn("a connection cannot be passed on", problem)
            self._close(client)
            return
        del self._clients[client.number]
        for one in tunnel.numbers:
            self._tunnels[one] = tunnel
        for one, tell in zip(tunnel.numbers, (self._epoll.modify, self._epoll.register), strict=True):
            tell(one, _CHANGES)
        self._carry(tunnel)

    def _take_back(self, tunnel: Tunnel) -> None:
        """The client's request is answered, and it may go on with hits."""
        number, onward = tunnel.numbers
        for one in tunnel.numbers:
            del self._tunnels[one]
        self._epoll.unregister(onward)
        self._with_more.discard(tunnel)
        connection = tunnel.leave()
        self._clients[number] = _Client(connection, tunnel.ip, self._monotonic())
        self._epoll.modify(number, select.EPOLLIN)

    def _carry(self, tunnel: Tunnel) -> None:
        if not tunnel.carry():
            self._end(tunnel)
            return
        if tunnel.is_answered:
            self._take_back(tunnel)
            return
        if tunnel.is_ending:
            self._ending_since.setdefault(tunnel, self._monotonic())
        if tunnel.has_more:
            self._with_more.add(tunnel)
        else:
            self._with_more.discard(tunnel)

    def _end(self, tunnel: Tunnel) -> None:
        self._with_more.discard(tunnel)
        self._ending_since.pop(tunnel, None)
        for number in tunnel.numbers:
            if self._tunnels.pop(number, None) is not None:
                self._forget(number)
        tunnel.close()

    def _warn(self, what: str, problem: OSError) -> None:
        if self._may_warn():
            log.warning("%s: %s", what, problem.strerror)

    def _may_warn(self) -> bool:
        """Once a second at most, since a flood of clients may be what makes the problem."""
        is_time = self._monotonic() - self._warned_at >= 1
        if is_time:
            self._warned_at = self._monotonic()
        return is_time

    def _close(self, client: _Client) -> None:
        if self._clients.get(client.number) is client:
            del self._clients[client.number]
            self._forget(client.number)
        client.socket.close()

    def _forget(self, number: int) -> None:
        with suppress(OSError):
            self._epoll.unregister(number)
