"""Runs the service under granian: one process that listens and restarts its worker, one worker that does the work.

Owns the processes and their end: a worker never outlives the process that started it, a clean stop drains the
journal, and only one service runs on a data folder.
"""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.util import Finalize
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from tracker import data_folder
from tracker.data_folder import ServiceNote
from tracker.settings import Settings

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 30


class ServiceError(RuntimeError):
    """The service cannot start; the message is one line for the operator."""


OnReady = Callable[[Settings, str | None], None]


def serve(settings: Settings, *, on_ready: OnReady) -> None:
    """Runs the whole service until it is told to stop. Raises ServiceError, FolderInUse or FolderUnusable.

    `on_ready` is called in the worker, with the first user's one-time link while there is no user, each time that a
    worker begins to answer.
    """
    import tracker.app  # noqa: F401 - loaded once here, and not in each process that is forked below

    data_folder.prepare(settings.data)
    with data_folder.acquire(settings.data, data_folder.SERVICE_LOCK, wait_seconds=3):
        _check_port(settings)
        first_user_link = _in_a_child(_make_ready, settings)
        note = ServiceNote(_local_url(settings), secrets.token_urlsafe(24), os.getpid())
        data_folder.write_service_note(settings.data, note)
        server = _granian(settings, workers=1, blocking_threads=8)
        try:
            server.serve(
                target_loader=partial(_load_service, settings, note.key, first_user_link, on_ready), wrap_loader=False
            )
        finally:
            data_folder.remove_service_note(settings.data)


def collect(settings: Settings, *, workers: int) -> None:
    """Runs the public endpoints only, in `workers` processes, beside whatever else uses the data folder."""
    data_folder.prepare(settings.data)
    _check_port(settings)
    server = _granian(settings, workers=workers, blocking_threads=4)
    server.serve(target_loader=partial(_load_collector, settings), wrap_loader=False)


def _granian(settings: Settings, *, workers: int, blocking_threads: int) -> Any:
    return Granian(
        "tracker.serving",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=blocking_threads,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=_STOP_SECONDS,
    )


def _load_service(settings: Settings, key: str, first_user_link: str | None, on_ready: OnReady) -> Any:
    """Runs in the worker: opens everything and gives the WSGI application."""
    from tracker.app import build

    _die_with_parent()
    _log_to_stderr(settings)
    application, service = build(settings, operator_key=key)
    Finalize(None, service.stop, exitpriority=100)
    service.start()
    on_ready(settings, first_user_link)
    return application


def _load_collector(settings: Settings) -> Any:
    from tracker.collector import build_collector, open_journal

    _die_with_parent()
    _log_to_stderr(settings)
    collector = build_collector(settings, journal=open_journal(settings))
    Finalize(None, collector.close, exitpriority=100)
    return collector


def _die_with_parent() -> None:
    """Has the kernel stop this worker when the process that listens is killed, however it is killed."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _make_ready(settings: Settings) -> str | None:
    from tracker.app import make_ready

    return make_ready(settings)


def _in_a_child(function: Callable[[Settings], str | None], settings: Settings) -> str | None:
    """Runs a step in a process of its own: migrations leave no threads here, and a broken database no crash."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_report, args=(sender, function, settings))
    child.start()
    sender.close()
    try:
        outcome: tuple[str, str | None] = receiver.recv()
    except EOFError:
        child.join()
        raise ServiceError(f"the databases could not be opened (exit code {child.exitcode})") from None
    child.join()
    if outcome[0] == "failed":
        raise ServiceError(outcome[1])
    return outcome[1]


def _report(sender: Connection, function: Callable[[Settings], str | None], settings: Settings) -> None:
    from tracker.app import OPENING_ERRORS

    try:
        sender.send(("done", function(settings)))
    except OPENING_ERRORS as problem:
        sender.send(("failed", str(problem)))


def _check_port(settings: Settings) -> None:
    """Says in one line that the port is taken, before anything is opened."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as problem:
            raise ServiceError(
                f"cannot listen on {settings.host}:{settings.port}: {problem.strerror} (set WEBLEADS_PORT or --port)"
            ) from problem


def _local_url(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


def _log_to_stderr(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
        force=True,
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
