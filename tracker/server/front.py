"""The entry point: turns granian's requests into WSGI calls with complete bodies and unambiguous headers.

WSGI has one key for `X-Forwarded-For` and `X_Forwarded_For`, so that a client could forge its proxy's header. Here the
names are still known, and one with an underscore is left out. Bodies are awaited here, within the limits of
tracker.collector.body, without a thread. Quick requests are answered at once, all others from a pool.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from functools import lru_cache
from typing import Any

from granian._granian import RSGIProtocolClosed, RSGIProtocolError

from tracker.collector.body import WITHOUT_A_BODY, UnfinishedBodies, Waiting, put_body, too_large
from tracker.collector.client_ip import ClientIp
from tracker.collector.payload import RequestProblem
from tracker.collector.wsgi import CAN_HOLD, HELD, Environ, Held, WSGIApp
from tracker.hit import UNREADABLE_AGENT
from tracker.server.granian_loop import Moment
from tracker.server.tunnels import Peers

Answer = tuple[int, list[tuple[str, str]], bytes]

_WRONG = b"Something went wrong; the service's log says what.\n"
FAILED: Answer = 500, [("Content-Type", "text/plain"), ("Content-Length", str(len(_WRONG)))], _WRONG

log = logging.getLogger(__name__)

SAME_FOR_ALL: Environ = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.input_terminated": True,
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
_LONGEST_NAME = 64
_LOOK_SECONDS = 0.5


class Front:
    """The RSGI application in front of a WSGI application.

    `is_quick` says of a path whether its requests are answered at once, in granian's own thread; all others run in
    `pool`. `largest` returns the maximum size of a body, in bytes, for a path.
    """

    def __init__(
        self,
        app: WSGIApp,
        *,
        client_ip: ClientIp,
        bodies: UnfinishedBodies,
        is_quick: Callable[[str], bool],
        largest: Callable[[str], int],
        pool: Executor,
        peers: Peers | None = None,
        server: tuple[str, int] | None = None,
    ) -> None:
        """`peers` knows who is behind connections where they come through a door, and `server` is what it listens on."""
        self._app = app
        self._client_ip = client_ip
        self._bodies = bodies
        self._is_quick = is_quick
        self._largest = largest
        self._pool = pool
        self._peers = peers
        self._server = None if server is None else (server[0], str(server[1]))
        self._loop: asyncio.AbstractEventLoop | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._end_overdue_bodies(loop)

    def refuses(self, environ: Environ) -> bool:
        """Whether a call is refused whatever it holds: its client leaves too many others unfinished."""
        return self._bodies.has_too_many(self._client_ip.of(environ))

    def _end_overdue_bodies(self, loop: asyncio.AbstractEventLoop) -> None:
        self._bodies.end_overdue()
        loop.call_later(_LOOK_SECONDS, self._end_overdue_bodies, loop)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        environ = self._environ(scope)
        try:
            put_body(environ, await self._body(environ, protocol))
        except RequestProblem as problem:
            put_body(environ, problem)
        if self._is_quick(environ["PATH_INFO"]):
            environ[CAN_HOLD] = True
            answer = answer_of(self._app, environ)
            held: Held | None = environ.get(HELD)
            if held is not None:
                await Moment(held.receipt.then, self._loop)
                if held.receipt.problem is not None:
                    answer = answer_of(held.refusal, environ)
            protocol.response_bytes(*answer)
        else:
            environ["SERVER_NAME"], environ["SERVER_PORT"] = self._server or _host_and_port(scope.server)
            assert self._loop is not None
            protocol.response_bytes(*await self._loop.run_in_executor(self._pool, answer_of, self._app, environ))

    def _environ(self, scope: Any) -> Environ:
        environ = SAME_FOR_ALL.copy()
        environ["REQUEST_METHOD"] = scope.method
        environ["PATH_INFO"] = _as_latin_1(scope.path)
        environ["QUERY_STRING"] = _as_latin_1(scope.query_string)
        client, peers = scope.client, self._peers
        environ["REMOTE_ADDR"] = _host_and_port(client)[0] if peers is None else peers.of(client)
        headers = scope.headers
        for name, value in headers.items():
            key = _key_of(name) if len(name) <= _LONGEST_NAME else None
            if key in environ:
                environ[key] += (";" if key == "HTTP_COOKIE" else ",") + value
            elif key is not None:
                environ[key] = value
        believed = self._client_ip
        if believed.key not in environ and believed.header in headers:
            environ[believed.key] = ""  # granian leaves out what has bytes above 0x7F, and has them nowhere else
        if "HTTP_USER_AGENT" not in environ and "user-agent" in headers:
            environ["HTTP_USER_AGENT"] = UNREADABLE_AGENT  # a visitor all the same: programs write theirs in ASCII
        return environ

    async def _body(self, environ: Environ, protocol: Any) -> bytes:
        """The request's body. Raises RequestProblem."""
        declared = environ.get("CONTENT_LENGTH")
        if environ["REQUEST_METHOD"] in WITHOUT_A_BODY or not (declared or "HTTP_TRANSFER_ENCODING" in environ):
            return b""
        largest, length = self._largest(environ["PATH_INFO"]), int(declared) if declared else 0
        if length > largest:
            raise too_large(length, largest)
        waiting = self._bodies.begin(self._client_ip.of(environ), length)
        try:
            if not declared:
                return await self._in_chunks(protocol, waiting, largest)
            coming = protocol()
            waiting.cancel = coming.cancel
            body: bytes = await coming
        except asyncio.CancelledError:
            raise waiting.problem or RequestProblem(408, "body", "the service is stopping; send it again") from None
        except (RSGIProtocolClosed, RSGIProtocolError):  # without an answer here granian would send 500
            raise RequestProblem(400, "body", "the body ended before its length") from None
        else:
            return body
        finally:
            self._bodies.end(waiting)

    async def _in_chunks(self, protocol: Any, waiting: Waiting, largest: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        stream = aiter(protocol)
        while waiting.problem is None:
            coming = anext(stream)
            waiting.cancel = coming.cancel
            chunk = await coming
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
            size += len(chunk)
            self._bodies.grow(waiting, len(chunk))
            if size > largest:
                raise too_large(size, largest)
        raise waiting.problem


def answer_of(app: WSGIApp, environ: Environ) -> Answer:
    """What a WSGI application answers: status, headers and body."""
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        said[:] = [(status, headers)]

    try:
        answer = app(environ, start_response)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
    except Exception:
        log.exception("%s %s could not be answered", environ["REQUEST_METHOD"], environ["PATH_INFO"])
        return FAILED
    status, headers = said[0]
    return int(status[:3]), headers, body


@lru_cache(maxsize=1024)
def _key_of(name: str) -> str | None:
    """WSGI's key of a header; None when WSGI would take it for another header's."""
    if "_" in name:
        return None
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _as_latin_1(text: str) -> str:
    """Text as WSGI carries it: a character for each byte of UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _host_and_port(socket_name: str) -> tuple[str, str]:
    host, _, port = socket_name.rpartition(":")
    return host.strip("[]"), port
