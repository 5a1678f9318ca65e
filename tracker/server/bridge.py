"""Carries WSGI calls from the process that listens, and collects, to the one that owns the databases.

Both ends are ours: the listening server has parsed each request, and only the owner may open the socket's file. Bodies
and answers are sent whole. The caller limits how many (tracker.server.concurrency), and times out when the service
hangs.
"""

from __future__ import annotations

import logging
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

log = logging.getLogger(__name__)

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Set by the listening process: why its journal cannot keep hits, for the health check; absent while it can.
JOURNAL_PROBLEM = "webleads.journal_problem"

_CARRIED = {
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME",
    "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "wsgi.url_scheme",
}  # fmt: skip
# Headers, and what the listening process found out, such as JOURNAL_PROBLEM and whose IP address it is.
_CARRIED_KINDS = ("HTTP_", "webleads.")
# How long an answer may take, and how long one of those that machines ask for.
_ANSWER_SECONDS = 60
_PROBE_SECONDS = 5
_PROBES = ("/healthz", "/readyz", "/metrics")
# How long the other end may stall before it takes a call, or in the middle of an answer.
_STALLED_SECONDS = 5
_BACKLOG = 128
# A socket's path may have about a hundred bytes (unix(7)).
_LONGEST_PATH = 100
_AWAY = b"The dashboard is starting; try again in a few seconds. Visits are counted meanwhile.\n"
_OPERATIONS = "/operations/"
# The answer to a readiness probe meanwhile, in the service's own form.
_NOT_READY = b'{"status":"not ready","problems":{"service":"it is starting, or does not answer"},"notes":[]}\n'


class BridgedAnswer(NamedTuple):
    """What a WSGI application answered."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


_encode = msgspec.msgpack.Encoder().encode
_read_call = msgspec.msgpack.Decoder(tuple[dict[str, str], bytes]).decode
_read_answer = msgspec.msgpack.Decoder(BridgedAnswer).decode


class _NotTaken(OSError):
    """The answering process could not be reached: it has not seen the call."""


class Bridge:
    """The calling end: a WSGI callable. `journal_problem` says why the caller's journal cannot keep hits."""

    def __init__(self, socket_path: str, *, journal_problem: Callable[[], str | None]) -> None:
        self._socket_path = socket_path
        self._journal_problem = journal_problem

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        carried = {
            name: value for name, value in environ.items() if name in _CARRIED or name.startswith(_CARRIED_KINDS)
        }
        if problem := self._journal_problem():
            carried[JOURNAL_PROBLEM] = problem
        try:
            answer = self._ask(carried, environ["wsgi.input"].read())
        except _NotTaken:
            answer = _away(environ["PATH_INFO"])
        except (OSError, EOFError, UnicodeError, msgspec.MsgspecError):
            answer = _away(environ["PATH_INFO"], may_be_done=True)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _ask(self, environ: Environ, body: bytes) -> BridgedAnswer:
        try:
            reached = _connected(self._socket_path)
        except OSError as problem:
            raise _NotTaken from problem
        with reached as connection:
            connection.send_bytes(_encode((environ, body)))
            if not connection.poll(_PROBE_SECONDS if environ["PATH_INFO"] in _PROBES else _ANSWER_SECONDS):
                raise TimeoutError("no answer")
            return _read_answer(connection.recv_bytes())


def _away(path: str, *, may_be_done: bool = False) -> BridgedAnswer:
    """What is answered meanwhile. A command sends its operation again only if it was certainly not taken."""
    kind, body = ("application/json", _NOT_READY) if path == "/readyz" else ("text/plain; charset=utf-8", _AWAY)
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    if not (may_be_done and path.startswith(_OPERATIONS)):
        headers.append(("Retry-After", "2"))
    return BridgedAnswer("503 Service Unavailable", headers, body)


def _connected(socket_path: str) -> Connection:
    """A connection on which no single step waits for longer than _STALLED_SECONDS. Raises OSError."""
    with socket.socket(socket.AF_UNIX) as caller:
        seconds = struct.pack("ll", _STALLED_SECONDS, 0)
        for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            caller.setsockopt(socket.SOL_SOCKET, direction, seconds)
        caller.connect(socket_path)
        return Connection(caller.detach())


@contextmanager
def listen(folder: Path) -> Iterator[Listener]:
    """The answering end's socket. Calls wait in it while the answering process is restarted."""
    with _place(folder) as path:
        listener = Listener(str(path), family="AF_UNIX", backlog=_BACKLOG)
        path.chmod(0o600)
        try:
            yield listener
        finally:
            with suppress(FileNotFoundError):  # somebody removed the file
                listener.close()


@contextmanager
def _place(folder: Path) -> Iterator[Path]:
    """A path for the socket: in the folder, or in a temporary one where that is too deep or cannot hold sockets."""
    path = (folder / "service.sock").absolute()
    if len(bytes(path)) <= _LONGEST_PATH and _takes_sockets(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="webleads-", ignore_cleanup_errors=True) as other:
        yield Path(other) / path.name


def _takes_sockets(path: Path) -> bool:
    """Whether a socket can be made there. Removes what a killed service left.

    Some folders shared with a container's host cannot hold sockets.
    """
    try:
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(path))
        path.unlink()
    except OSError:
        return False
    return True


def answer_calls(listener: Listener, app: WSGIApp) -> None:
    """Answers calls, each in a thread of its own, until the listener is closed or an exception such as SystemExit ends it."""
    while True:
        try:
            connection = listener.accept()
        except OSError:
            if listener._listener is None:  # type: ignore[attr-defined]  # noqa: SLF001 - it says nowhere else that it is closed
                return
            log.exception("a request could not be taken")
            time.sleep(0.1)  # too many files are open, perhaps
            continue
        threading.Thread(target=_answer, args=(connection, app), name="bridge", daemon=True).start()


def _answer(connection: Connection, app: WSGIApp) -> None:
    with connection:
        try:
            environ, body = _read_call(connection.recv_bytes())
            answer = _call(app, environ, body)
        except (EOFError, ConnectionError):
            return  # the caller has gone
        except Exception:
            log.exception("a request could not be answered")
            return
        with suppress(OSError):  # the caller may have given up
            connection.send_bytes(_encode(answer))


def _call(app: WSGIApp, environ: Environ, body: bytes) -> BridgedAnswer:
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        said[:] = [(status, list(headers))]

    answer = app(_environ(environ, body), start_response)
    try:
        whole = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return BridgedAnswer(*said[0], whole)


def _environ(carried: Environ, body: bytes) -> Environ:
    return {
        **carried,
        "wsgi.version": (1, 0),
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
