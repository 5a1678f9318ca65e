"""The sockets that the service listens on, and granian as the server behind one of them.

The process that starts the others opens the sockets and keeps them: while a server that crashed is started again, new
connections wait in its socket and none is refused.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from granian._granian import SocketHolder
from granian.server.mp import MPServer

from tracker.server.preflight import ServiceError
from tracker.settings import Settings

# Connections that wait to be taken.
BACKLOG = 4096


class Server(MPServer):
    """granian on a socket that is open already. It ends when its worker does; a supervisor then restarts both.

    Its `threads` run what it calls; the service's own never wait, and need no second one.
    """

    def __init__(self, listener: socket.socket, *, threads: int = 1, **options: Any) -> None:
        super().__init__(workers=1, backlog=BACKLOG, respawn_failed_workers=False, **options)
        self._listener = listener
        self._threads = threads

    def _spawn_worker(self, **arguments: Any) -> Any:  # type: ignore[override]
        # granian refuses more than one from the start, as asyncio's own loop would have no use for it; ours has
        # (tracker.server.granian_loop).
        self.blocking_threads = self._threads
        return super()._spawn_worker(**arguments)

    def _init_shared_socket(self) -> None:
        """In place of granian's own, which opens the socket in the worker, where it would end with it."""
        make: Any = SocketHolder  # its stub has no constructor
        self._ssp = self._sso = None
        self._shd = make(self._listener.fileno(), False, BACKLOG)


@contextmanager
def listening_sockets(settings: Settings, number: int = 1) -> Iterator[Sequence[socket.socket]]:
    """The sockets of that many servers side by side, bound; they take connections from `start_listening` on.

    Raises ServiceError when the port is taken.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(_bound(settings, shares=number > 1)) for _ in range(number)]
        yield sockets


def start_listening(sockets: Sequence[socket.socket]) -> None:
    """Lets connections come in; whoever accepts them may begin later."""
    for one in sockets:
        one.listen(BACKLOG)


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that is set once the process is told to stop. SIGHUP, which a closing terminal sends, is ignored."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_port(settings: Settings) -> None:
    """Says in one line that the port is taken, before anything is opened. Raises ServiceError."""
    _bound(settings, shares=False).close()


def _bound(settings: Settings, *, shares: bool) -> socket.socket:
    host = settings.host.strip("[]")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
        if listener.family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if shares:  # the kernel then distributes connections among them
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, settings.port))
    except OSError as problem:
        listener.close()
        raise ServiceError(
            f"cannot listen on {settings.host}:{settings.port}: {problem.strerror} (set WEBLEADS_PORT or --port)"
        ) from problem
    listener.setblocking(False)
    return listener
