"""How many requests the dashboard and the API may work on at once, so that they never take the collector's threads.

Requests for them use the collector's threads. A slow query holds a thread for seconds; without a limit, a few users of
the dashboard would block every hit. Requests over the limit wait, and get 503 when the wait is long. A body is read
before the wait, within limits of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tracker.collector.body import WITHOUT_A_BODY, put_body, read_body
from tracker.collector.payload import RequestProblem

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Probes and static files are quick and must not wait for a query.
PASSES = ("/healthz", "/readyz", "/metrics", "/assets/")
MAX_BODY_BYTES = 1024 * 1024
_STATUS = {
    400: "400 Bad Request",
    408: "408 Request Timeout",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}


class ConcurrencyLimit:
    """A WSGI callable in front of `app`, each of whose requests holds a thread.

    `at_once` requests run, `waiting` more wait up to `wait_seconds`; quick ones have `passing` places of their own.
    """

    def __init__(
        self,
        app: WSGIApp,
        *,
        at_once: int = 8,
        waiting: int = 32,
        passing: int = 16,
        wait_seconds: float = 15.0,
        pass_seconds: float = 1.0,
    ) -> None:
        self._app = app
        self._running = threading.Semaphore(at_once)
        self._known = threading.Semaphore(at_once + waiting)
        self._passing = threading.Semaphore(passing)
        self._wait_seconds = wait_seconds
        self._pass_seconds = pass_seconds

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            asks = environ["REQUEST_METHOD"] in WITHOUT_A_BODY
            put_body(environ, b"" if asks else read_body(environ, MAX_BODY_BYTES))
            with self._place(environ["PATH_INFO"]):
                return _whole(self._app(environ, start_response))
        except RequestProblem as problem:
            return _refuse(problem, start_response)

    @contextmanager
    def _place(self, path: str) -> Iterator[None]:
        """Holds a place while the block runs. Raises RequestProblem when there is none in time."""
        if path.startswith(PASSES):
            with _held(self._passing, self._pass_seconds):
                yield
        else:
            with _held(self._known, 0), _held(self._running, self._wait_seconds):
                yield


@contextmanager
def _held(places: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise RequestProblem(503, "busy", "The service is busy with other requests; try again in a few seconds.")
    try:
        yield
    finally:
        places.release()


def _refuse(problem: RequestProblem, start_response: Callable[..., Any]) -> list[bytes]:
    body = f"{problem.message}\n".encode("utf-8", "replace")
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if problem.status in (429, 503):
        headers.append(("Retry-After", "5"))
    start_response(_STATUS[problem.status], headers)
    return [body]


def _whole(answer: Iterable[bytes]) -> list[bytes]:
    """The whole answer, so that nothing of it is made outside the limit."""
    try:
        return list(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
