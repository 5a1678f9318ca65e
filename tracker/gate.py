"""How many requests the dashboard and the API may work on at once, so that they never take the collector's threads.

Requests for them come in through the collector's threads. A slow query holds one for seconds; without a bound, a few
readers of the dashboard would keep every hit waiting. What is over the bound waits for its turn, and is told to come
back when that is long. A body is read before the turn comes, within bounds of its own: a client may take its time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from tracker.collector.body import BodyReader
from tracker.collector.payload import Problem

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# What machines ask and what browsers fetch for every page is quick and must not wait for a query.
_PASSES = ("/healthz", "/readyz", "/metrics", "/static/")
_WITHOUT_A_BODY = ("GET", "HEAD", "OPTIONS")
_LARGEST_BODY_BYTES = 1024 * 1024
_STATUS = {
    400: "400 Bad Request",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}


class Gate:
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
        self._bodies = BodyReader(most=at_once + waiting, most_an_address=at_once, largest=_LARGEST_BODY_BYTES)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            self._read_body(environ)
            with self._place(environ["PATH_INFO"]):
                return _whole(self._app(environ, start_response))
        except Problem as problem:
            return _refuse(problem, start_response)

    def _read_body(self, environ: Environ) -> None:
        """Puts the body where the application finds it, whole; none is waited for where none is asked for."""
        body = b"" if environ["REQUEST_METHOD"] in _WITHOUT_A_BODY else self._bodies.read(environ)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)

    @contextmanager
    def _place(self, path: str) -> Iterator[None]:
        """Holds a place while the block runs. Raises Problem when there is none in time."""
        if path.startswith(_PASSES):
            with _held(self._passing, self._pass_seconds):
                yield
        else:
            with _held(self._known, 0), _held(self._running, self._wait_seconds):
                yield


@contextmanager
def _held(places: threading.Semaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise Problem(503, "busy", "The service is busy with other requests; try again in a few seconds.")
    try:
        yield
    finally:
        places.release()


def _refuse(problem: Problem, start_response: Callable[..., Any]) -> list[bytes]:
    body = f"{problem.message}\n".encode("utf-8", "replace")
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if problem.status in (429, 503):
        headers.append(("Retry-After", "5"))
    start_response(_STATUS[problem.status], headers)
    return [body]


def _whole(answer: Iterable[bytes]) -> list[bytes]:
    """The answer made to its end, so that what makes it does not work on behind the gate."""
    try:
        return list(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
