"""Hundreds of clients that send byte by byte, with a proxy that passes that on and without one: others feel nothing."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import raw_http
from tests.running_service import RunningService, webleads

SITE = "blog.example.fr"
SLOW_CLIENTS = 500
SLOW, OTHER_SLOW, VISITOR = "203.0.113.1", "203.0.113.2", "203.0.113.9"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    data = tmp_path_factory.mktemp("slow") / "data"
    assert webleads("site", "add", SITE, data=data).returncode == 0
    running = RunningService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1").start()
    yield running
    running.stop()


class Side:
    """Where clients come from: from behind a proxy at 127.0.0.1, or from addresses of their own."""

    def __init__(self, port: int, *, proxy: bool) -> None:
        self._port = port
        self._proxy = proxy

    def _from(self, ip: str) -> tuple[str, list[bytes]]:
        if self._proxy:
            return "127.0.0.1", [f"X-Forwarded-For: {ip}".encode()]
        return f"127.0.0.{ip.rpartition('.')[2]}0", []

    def trickle(self, stack: ExitStack, ip: str, path: str) -> socket.socket:
        source, lines = self._from(ip)
        client = stack.enter_context(raw_http.connect(self._port, source=source))
        client.sendall(raw_http.head("POST", path, 1000, *lines) + b"{")
        return client

    def hit(self, ip: str) -> int:
        source, lines = self._from(ip)
        return raw_http.ask(self._port, raw_http.page_view("/", *lines), source=source)[0]

    def signs_in(self, ip: str) -> int:
        source, lines = self._from(ip)
        return raw_http.ask(self._port, raw_http.head("POST", "/sign-in", 0, *lines), source=source)[0]


@pytest.mark.parametrize("proxy", [True, False], ids=["behind-a-proxy", "without-a-proxy"])
def test_slow_clients_hold_up_nobody_and_are_sent_away(service: RunningService, *, proxy: bool) -> None:
    side = Side(service.port, proxy=proxy)
    with ExitStack() as stack:
        slow = [
            side.trickle(stack, ip, path)
            for ip in (SLOW, OTHER_SLOW)
            for path in ("/api/event", "/sign-in") * (SLOW_CLIENTS // 4)
        ]
        assert [side.hit(VISITOR) for _ in range(5)] == [202] * 5
        assert side.signs_in(VISITOR) == 400, "it is answered: the form has no token"
        assert side.hit(SLOW) == 429
        answered = _statuses(slow, seconds=60)
    assert set(answered) == {408, 429}
    assert answered.count(408) == 2 * 64
    assert side.hit(SLOW) == 202


def _statuses(clients: list[socket.socket], *, seconds: float) -> list[int]:
    """The status that each client got in the end."""
    waiting = select.poll()
    by_number = {client.fileno(): client for client in clients}
    for number in by_number:
        waiting.register(number, select.POLLIN)
    found: list[int] = []
    while by_number:
        ready = waiting.poll(seconds * 1000)
        assert ready, f"{len(by_number)} clients got no answer"
        for number, _ in ready:
            waiting.unregister(number)
            found.append(raw_http.read_answer(by_number.pop(number))[0])
    return found
