"""How many requests the dashboard and the API may work on at once, so that they never take the collector's threads.

Requests for them come in through the collector's threads. A slow query holds one for seconds; without a bound, a few
readers of the dashboard would keep every hit waiting. What is over the bound waits for its turn, and is told to come
back when that is long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# What machines ask and what browsers fetch for every page is quick and must not wait for a query.
_PASSES = ("/healthz", "/readyz", "/metrics", "/static/")
_BUSY = b"The service is busy with other requests; try again in a few seconds.\n"


class Gate:
    """A WSGI callable in front of `app`: `at_once` requests run, `waiting` more wait up to `wait_seconds`."""

    def __init__(self, app: WSGIApp, *, at_once: int = 8, waiting: int = 32, wait_seconds: float = 15.0) -> None:
        self._app = app
        self._running = threading.Semaphore(at_once)
        self._known = threading.Semaphore(at_once + waiting)
        self._wait_seconds = wait_seconds

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(_PASSES):
            return self._app(environ, start_response)
        if not self._known.acquire(blocking=False):
            return _busy(start_response)
        try:
            if not self._running.acquire(timeout=self._wait_seconds):
                return _busy(start_response)
            try:
                return _whole(self._app(environ, start_response))
            finally:
                self._running.release()
        finally:
            self._known.release()


def _whole(answer: Iterable[bytes]) -> list[bytes]:
    """The answer made to its end, so that what makes it does not work on behind the gate."""
    try:
        return list(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _busy(start_response: Callable[..., Any]) -> list[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_BUSY))), ("Retry-After", "5")]
    start_response("503 Service Unavailable", headers)
    return [_BUSY]
