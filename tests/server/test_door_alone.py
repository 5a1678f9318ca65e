"""A door without a service: what it does when it is full, when something fails, and when it cannot go on."""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests import raw_http
from tracker.collector.wsgi import Environ
from tracker.server.door import Door
from tracker.server.tunnels import Peers


class TakesAll:
    """Keeps every hit as it is."""

    def __init__(self) -> None:
        self.kept: list[list[bytes]] = []

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        raise AssertionError("all hits of these tests are usual")

    def usual_line(self, _environ: Environ, body: bytes) -> bytes | None:
        return body

    def keep(self, lines: list[bytes]) -> None:
        self.kept.append(lines)


class Alone:
    """A door whose turns and clock are the test's, and its clients. Nobody is behind it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.now = 0.0
        self.listener: Any = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port: int = self.listener.getsockname()[1]
        self.codes: list[int] = []
        self._doors: list[Door] = []

    def opened(self, hits: Any = None, **changes: Any) -> Door:
        limits = {"most_connections": 100, "most_files": 300, "refuses": lambda _: False} | changes
        door = Door(
            self.listener,
            hits or TakesAll(),
            paths=["/api/event"],
            behind=("127.0.0.1", 1),
            peers=Peers(),
            monotonic=lambda: self.now,
            end_process=self.codes.append,
            **limits,
        )
        self._doors.append(door)
        return door

    def close(self) -> None:
        """Lets go of what doors hold, which live as long as their process."""
        for door in self._doors:
            for client in list(door._clients.values()):
                door._close(client)
            door._epoll.close()

    def client(self) -> socket.socket:
        return self._stack.enter_context(raw_http.connect(self.port))

    def answer(self, door: Door, client: socket.socket) -> bytes:
        """What comes back of a hit within a few turns: b"" when the connection is closed."""
        client.sendall(raw_http.page_view("/"))
        return self.received(door, client)

    def received(self, door: Door, client: socket.socket) -> bytes:
        client.setblocking(False)
        for _ in range(20):
            try:
                return client.recv(65_536)
            except BlockingIOError:
                door.turn()
        raise TimeoutError


@pytest.fixture
def alone() -> Iterator[Alone]:
    with ExitStack() as stack:
        alone = Alone(stack)
        yield alone
        alone.close()


class FailsOnce(TakesAll):
    """Cannot read the first hit, whichever way it is asked."""

    failures = 2

    def usual_line(self, environ: Environ, body: bytes) -> bytes | None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("of the test")
        return super().usual_line(environ, body)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        self.usual_line(environ, b"")
        return super().__call__(environ, start_response)


def test_a_hit_that_fails_is_answered_whole_and_the_connection_goes_on(alone: Alone) -> None:
    door, client = alone.opened(FailsOnce()), alone.client()
    head, _, body = alone.answer(door, client).lower().partition(b"\r\n\r\n")
    assert head.startswith(b"http/1.1 500 ")
    assert b"content-length: %d" % len(body) in head, "else the client waits, or takes the next answer for its body"
    assert alone.answer(door, client).startswith(b"HTTP/1.1 202 ")


class CannotKeep(TakesAll):
    """A journal that fails in a way that nobody thought of."""

    def keep(self, lines: list[bytes]) -> None:
        super().keep(lines)
        raise MemoryError


def test_hits_that_could_not_be_kept_are_not_acknowledged(alone: Alone) -> None:
    hits = CannotKeep()
    door, clients = alone.opened(hits), [alone.client(), alone.client()]
    assert [alone.answer(door, one)[9:12] for one in clients] == [b"500", b"500"]
    assert hits.kept


class Watches(TakesAll):
    """Looks whether a client, known by its hit's body, has an answer before its hit is kept."""

    def __init__(self, clients: dict[bytes, socket.socket]) -> None:
        super().__init__()
        self.waiting = clients.copy()
        self.answered_early = False

    def keep(self, lines: list[bytes]) -> None:
        self.answered_early |= any(map(has_something, self.waiting.values()))
        super().keep(lines)
        for line in lines:
            del self.waiting[line]


def has_something(client: socket.socket) -> bool:
    return bool(select.select([client], [], [], 0)[0])


def test_hits_that_come_together_are_kept_with_one_write_before_any_is_answered(alone: Alone) -> None:
    requests = [raw_http.page_view(f"/{number}/") for number in range(100)]
    clients = {request.partition(b"\r\n\r\n")[2]: alone.client() for request in requests}
    hits = Watches(clients)
    door = alone.opened(hits, most_connections=200)
    door.turn()  # all are taken
    for client, request in zip(clients.values(), requests, strict=True):
        client.sendall(request)
    door.turn()
    assert [len(lines) for lines in hits.kept] == [64, 36], "the first of very many does not wait for the last"
    assert (hits.waiting, hits.answered_early) == ({}, False)
    assert [alone.received(door, one)[9:12] for one in clients.values()] == [b"202"] * 100


def test_a_door_rests_after_what_it_answered_as_long_as_it_is_told(alone: Alone) -> None:
    rests, slept = [0.0], []
    door = alone.opened(rest_seconds=lambda: rests[0], sleep=slept.append)
    client = alone.client()
    assert alone.answer(door, client)
    assert slept == []
    rests[0] = 0.002
    assert alone.answer(door, client).startswith(b"HTTP/1.1 202 "), "before it rests"
    assert slept == [0.002]


def test_what_fails_of_one_connection_ends_that_one_alone(alone: Alone) -> None:
    def refuses(environ: Environ, failed: list[int] = []) -> bool:  # noqa: B006
        if not failed:
            failed.append(1)
            raise MemoryError
        return False

    door, failing, other = alone.opened(refuses=refuses), alone.client(), alone.client()
    assert alone.answer(door, failing) == b""
    assert alone.answer(door, other).startswith(b"HTTP/1.1 202 ")


def test_silent_connections_make_room_where_there_is_none(alone: Alone) -> None:
    door = alone.opened(most_connections=3)
    silent, busy = [alone.client(), alone.client()], alone.client()
    assert alone.answer(door, busy)
    alone.now = 2.0
    assert alone.answer(door, busy)
    assert [alone.answer(door, alone.client())[9:12] for _ in range(2)] == [b"202", b"202"]
    assert [alone.received(door, one) for one in silent] == [b"", b""]
    assert alone.answer(door, busy), "who sends hits keeps its connection"


def test_a_connection_is_passed_on_only_where_files_are_left_for_it(alone: Alone) -> None:
    door, client = alone.opened(most_files=2), alone.client()
    client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert alone.received(door, client) == b""
    assert alone.answer(door, alone.client()).startswith(b"HTTP/1.1 202 ")


class WithoutFiles:
    """A listener of a process that may open no more files for a while."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.tried = 0
        self.setblocking, self.fileno = listener.setblocking, listener.fileno

    def accept(self) -> Any:
        self.tried += 1
        if self.tried == 1:
            raise OSError(errno.EMFILE, "Too many open files")
        return self.listener.accept()


def test_without_files_a_door_pauses_and_then_goes_on(alone: Alone) -> None:
    alone.listener = WithoutFiles(alone.listener)
    door, client = alone.opened(), alone.client()
    client.sendall(raw_http.page_view("/"))
    for _ in range(3):
        door.turn()
    assert alone.listener.tried == 1, "it does not look again at once"
    alone.now = 1.0
    assert alone.received(door, client).startswith(b"HTTP/1.1 202 ")


def test_the_process_ends_with_a_door_that_cannot_go_on(alone: Alone) -> None:
    door = alone.opened()
    alone.listener.close()
    door.run()
    assert alone.codes == [1], "its supervisor starts another one"
