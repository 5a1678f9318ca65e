"""The gate: slow pages wait for each other and never for a hit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest

from tracker.server.concurrency import ConcurrencyLimit


class SlowApp:
    """Answers once `go_on` is set; counts who is inside."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.paths = {"/slow"}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError("broken")
        if environ["PATH_INFO"] in self.paths:
            self.inside.release()
            self.go_on.wait(10)
        start_response("200 OK", [])
        return [b"page"]


def ask(gate: ConcurrencyLimit, path: str, **environ: Any) -> tuple[str, bytes]:
    statuses: list[str] = []
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "wsgi.input": Endless(), **environ}
    body = b"".join(gate(request, lambda status, _headers: statuses.append(status)))
    return statuses[0], body


class Endless:
    """The body of a client that never sends it."""

    def read(self, length: int = -1) -> bytes:
        raise AssertionError("the body is waited for")


@pytest.fixture
def app() -> SlowApp:
    return SlowApp()


def fill(gate: ConcurrencyLimit, app: SlowApp, requests: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=ask, args=(gate, "/slow")) for _ in range(requests)]
    for thread in threads:
        thread.start()
        app.inside.acquire(timeout=60)
    return threads


def finish(app: SlowApp, threads: list[threading.Thread]) -> None:
    app.go_on.set()
    for thread in threads:
        thread.join(60)


def test_a_request_over_the_bound_is_told_to_come_back(app: SlowApp) -> None:
    gate = ConcurrencyLimit(app, at_once=2, waiting=1, wait_seconds=0.01)
    threads = fill(gate, app, 2)
    status, body = ask(gate, "/page")
    assert (status, b"busy" in body) == ("503 Service Unavailable", True)
    finish(app, threads)
    assert ask(gate, "/page") == ("200 OK", b"page")


def test_nobody_waits_behind_a_full_queue(app: SlowApp) -> None:
    gate = ConcurrencyLimit(app, at_once=1, waiting=0, wait_seconds=60)
    threads = fill(gate, app, 1)
    assert ask(gate, "/page")[0] == "503 Service Unavailable"
    finish(app, threads)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/assets/dashboard.css"])
def test_what_is_quick_passes_a_full_gate(app: SlowApp, path: str) -> None:
    gate = ConcurrencyLimit(app, at_once=1, waiting=0)
    threads = fill(gate, app, 1)
    assert ask(gate, path) == ("200 OK", b"page")
    finish(app, threads)


def test_a_page_that_fails_gives_its_place_back(app: SlowApp) -> None:
    gate = ConcurrencyLimit(app, at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="broken"):
            ask(gate, "/broken")
    assert ask(gate, "/page") == ("200 OK", b"page")


def test_what_is_quick_has_few_places_of_its_own(app: SlowApp) -> None:
    gate = ConcurrencyLimit(app, at_once=1, waiting=0, passing=1, pass_seconds=0.01)
    slow = threading.Thread(target=ask, args=(gate, "/assets/../slow"))
    app.paths = {"/assets/../slow"}
    slow.start()
    app.inside.acquire(timeout=60)
    assert ask(gate, "/assets/dashboard.css")[0] == "503 Service Unavailable"
    finish(app, [slow])
    assert ask(gate, "/assets/dashboard.css") == ("200 OK", b"page")


def test_a_body_comes_whole_and_is_read_before_the_turn(app: SlowApp) -> None:
    seen: list[tuple[bytes, str]] = []

    def takes(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append((environ["wsgi.input"].read(), environ["CONTENT_LENGTH"]))
        start_response("200 OK", [])
        return [b"taken"]

    posted = {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(b"name=1"), "CONTENT_LENGTH": "6"}
    assert ask(ConcurrencyLimit(takes), "/sites", **posted) == ("200 OK", b"taken")
    assert seen == [(b"name=1", "6")]


@pytest.mark.parametrize(
    "declared",
    [{"CONTENT_LENGTH": str(1024 * 1024 + 1)}, {"wsgi.input": BytesIO(bytes(1024 * 1024 + 1))}],
    ids=["as it says", "in chunks"],
)
def test_a_body_that_is_too_large_is_refused(app: SlowApp, declared: dict[str, Any]) -> None:
    status, body = ask(ConcurrencyLimit(app), "/page", REQUEST_METHOD="POST", **declared)
    assert status == "413 Content Too Large"
    assert b"1,048,576" in body
