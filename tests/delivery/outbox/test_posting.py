"""One request: pinned to the address that was looked up, without redirects, within its time."""

from __future__ import annotations

import socket
from ipaddress import ip_network
from threading import Event

import pytest

from tests.webhook_server import Hooks, hook_server
from tracker.delivery.outbox.posting import send

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
