"""The gate: slow pages wait for each other and never for a hit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tracker.gate import Gate


class SlowApp:
    """Answers once `go_on` is set; counts who is inside."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self.go_on = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError("broken")
        if environ["PATH_INFO"] == "/slow":
            self.inside.release()
            self.go_on.wait(10)
        start_response("200 OK", [])
        return [b"page"]


def ask(gate: Gate, path: str) -> tuple[str, bytes]:
    statuses: list[str] = []
    body = b"".join(gate({"PATH_INFO": path}, lambda status, _headers: statuses.append(status)))
    return statuses[0], body


@pytest.fixture
def app() -> SlowApp:
    return SlowApp()


def fill(gate: Gate, app: SlowApp, requests: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=ask, args=(gate, "/slow")) for _ in range(requests)]
    for thread in threads:
        thread.start()
        app.inside.acquire(timeout=10)
    return threads


def finish(app: SlowApp, threads: list[threading.Thread]) -> None:
    app.go_on.set()
    for thread in threads:
        thread.join(10)


def test_a_request_over_the_bound_is_told_to_come_back(app: SlowApp) -> None:
    gate = Gate(app, at_once=2, waiting=1, wait_seconds=0.01)
    threads = fill(gate, app, 2)
    status, body = ask(gate, "/page")
    assert (status, b"busy" in body) == ("503 Service Unavailable", True)
    finish(app, threads)
    assert ask(gate, "/page") == ("200 OK", b"page")


def test_nobody_waits_behind_a_full_queue(app: SlowApp) -> None:
    gate = Gate(app, at_once=1, waiting=0, wait_seconds=60)
    threads = fill(gate, app, 1)
    assert ask(gate, "/page")[0] == "503 Service Unavailable"
    finish(app, threads)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/dashboard.css"])
def test_what_is_quick_passes_a_full_gate(app: SlowApp, path: str) -> None:
    gate = Gate(app, at_once=1, waiting=0)
    threads = fill(gate, app, 1)
    assert ask(gate, path) == ("200 OK", b"page")
    finish(app, threads)


def test_a_page_that_fails_gives_its_place_back(app: SlowApp) -> None:
    gate = Gate(app, at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="broken"):
            ask(gate, "/broken")
    assert ask(gate, "/page") == ("200 OK", b"page")
