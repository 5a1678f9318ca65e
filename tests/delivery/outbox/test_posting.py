"""One request: pinned to the address that was looked up, without redirects, within its time."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_network
from threading import Event, Thread

import pytest

from tests.webhook_server import Hooks, hook_server
from tracker.delivery.outbox.posting import Answer, send

HERE = (ip_network("127.0.0.1"),)


def test_a_redirect_is_not_followed() -> None:
    with hook_server() as hooks:
        hooks.answer = lambda _: (302, {"Location": f"{hooks.url}/elsewhere"})
        answer = send(hooks.url, b"{}", {}, allowed=HERE)
        assert [one.path for one in hooks.received] == ["/"]
    assert (answer.status, answer.is_good, answer.is_for_good) == (302, False, True)
    assert "not followed" in answer.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/"])
def test_a_private_host_hears_nothing(url: str) -> None:
    with hook_server() as hooks:
        answer = send(url.format(port=hooks.url.rpartition(":")[2]), b"{}", {})
        assert hooks.received == []
    assert answer.status is None
    assert answer.is_for_good
    assert "private or reserved" in answer.text


def test_the_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that changes its answer between the check and the connection gains nothing."""
    asked: list[str] = []

    with hook_server() as hooks:
        port = int(hooks.url.rpartition(":")[2])

        def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *a, **k: look_up(host) if host == "hooks.example" else real(host, *a, **k),
        )
        answer = send(f"http://hooks.example:{port}/a?b=c", b"{}", {"x-y": "z"}, allowed=HERE)
        (one,) = hooks.received
    assert asked == ["hooks.example"]
    assert answer.is_good
    assert (one.path, one.headers["host"], one.headers["x-y"]) == ("/a?b=c", f"hooks.example:{port}", "z")


def test_a_server_that_does_not_answer_in_time_is_given_up(hooks: Hooks) -> None:
    released = Event()
    hooks.answer = lambda _: (200 if released.wait(30) else 500, {})
    answer = send(hooks.url, b"{}", {}, allowed=HERE, seconds=0.3)
    released.set()
    assert answer.status is None
    assert "no answer within" in answer.text
    assert not answer.is_for_good


@pytest.mark.parametrize(
    ("header", "part"),
    [(b"", b"x" * 8192), (b"Transfer-Encoding: chunked\r\n", b"2000\r\n" + b"x" * 0x2000 + b"\r\n")],
)
def test_of_an_answer_that_never_ends_the_beginning_is_read(header: bytes, part: bytes) -> None:
    sent, answer = _never_ending(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n", part)
    assert answer.is_good
    assert len(answer.text) <= 64 * 1024
    assert sent < 10_000_000


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_head_that_never_ends_is_given_up(begin: bytes) -> None:
    _, answer = _never_ending(begin, begin or b"x" * 8192, seconds=0.3)
    assert (answer.status, answer.is_for_good) == (None, False)


def _never_ending(begin: bytes, part: bytes, *, seconds: float = 20.0) -> tuple[int, Answer]:
    """Asks a server whose answer has no end. Returns how many bytes it could send, and what was made of them."""
    sent = 0

    def serve() -> None:
        nonlocal sent
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(4096)
            connection.sendall(begin)
            while True:
                connection.sendall(part)
                sent += len(part)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        answer = send(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, allowed=HERE, seconds=seconds)
        thread.join()
    return sent, answer


def test_a_server_that_is_not_there_is_tried_again_later(hooks: Hooks) -> None:
    answer = send("http://127.0.0.1:1/", b"{}", {}, allowed=HERE)
    assert (answer.status, answer.is_for_good) == (None, False)


def test_a_server_that_asks_to_wait_and_one_that_is_gone_are_heeded(hooks: Hooks) -> None:
    hooks.answer = lambda _: (429, {"Retry-After": "90"})
    assert send(hooks.url, b"{}", {}, allowed=HERE).retry_after == 90
    hooks.answer = lambda _: (410, {})
    assert send(hooks.url, b"{}", {}, allowed=HERE).is_for_good


@pytest.fixture
def hooks() -> object:
    with hook_server() as running:
        yield running
