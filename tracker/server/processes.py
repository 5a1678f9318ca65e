"""Runs the service's processes: one that starts the others, one that collects, one that stores and shows.

Owns the processes and their end. No process outlives its parent. One that dies is restarted. A clean stop takes
seconds, whatever waits in the journal. Only one service runs on a data folder. The collector listens under granian and
passes all other requests over a bridge, so that no query and no batch takes time of its interpreter (docs/adr/0014).
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from multiprocessing.connection import Connection, Listener
from multiprocessing.util import Finalize
from socket import AF_INET, socket
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from tracker import data_folder
from tracker.collector.body import UnfinishedBodies
from tracker.collector.client_ip import ClientIp
from tracker.collector.payload import MAX_BODY_BYTES
from tracker.collector.shared_limit import Table, shared_table
from tracker.data_folder import ServiceNote
from tracker.journal import Backlog
from tracker.server import bridge, concurrency, door, granian_loop
from tracker.server.concurrency import ConcurrencyLimit
from tracker.server.door import Door
from tracker.server.front import Front
from tracker.server.importing import importing
from tracker.server.listening import BACKLOG, Server, check_port, listening_sockets, start_listening, stop_signals
from tracker.server.logs import log_to_stderr
from tracker.server.preflight import NotOpenNow, ServiceError, open_in_a_child
from tracker.server.standby import Standby, open_at_last
from tracker.server.supervisor import Supervisor, all_running, die_with_parent
from tracker.server.tunnels import Peers
from tracker.settings import Settings
from tracker.store.engines import capabilities_of

if TYPE_CHECKING:
    from tracker.service.service import Service

log = logging.getLogger(__name__)

# What a stop may take before a process is killed, which costs nothing but open requests: an operator waits for it.
_STOP_SECONDS = 2
_LISTENER_STOP_SECONDS = _STOP_SECONDS + 1.5
_SERVICE_STOP_SECONDS = 5.5
# Connections that send nothing cost little; they are closed after the ten seconds that a request's head may take.
_MOST_CONNECTIONS = 16_384
# One that is passed on from the door to granian is so many open files of this process.
_FILES_OF_A_CONNECTION = 3
_OTHER_FILES = 256
# As many as the limit lets in, wait or pass, and some that it turns away.
_GATE_THREADS = 64


OnReady = Callable[[Settings, str | None], None]
# Takes the first user's link.
Start = Callable[[str | None], "tuple[Any, Service]"]


class Opened(NamedTuple):
    """What came of opening the databases: the first user's link while there is no user, and whether they are open."""

    first_user_link: str | None
    is_open: bool


class Before(NamedTuple):
    """Where a door is before granian: what it listens on, and where granian does."""

    listener: socket
    granian: tuple[str, int]


class Roles(NamedTuple):
    """What this `serve` runs in addition to the dashboard and the API.

    Other processes on the data folder run the rest.
    """

    collects: bool = True
    ingests: bool = True


def serve(settings: Settings, *, roles: Roles, on_ready: OnReady) -> None:
    """Runs the service until it is told to stop. Raises ServiceError, FolderInUse or FolderUnusable.

    `on_ready` is called in the process that answers, with the first user's one-time link while there is no user, each
    time that one begins to answer.
    """
    data_folder.prepare(settings.data)
    with data_folder.acquire(settings.data, data_folder.SERVICE_LOCK, wait_seconds=3):
        check_port(settings)
        _check_roles(settings, roles)
        with listening_sockets(settings) as sockets:
            note = ServiceNote(_local_url(settings), secrets.token_urlsafe(24), os.getpid())
            backlog = Backlog()
            start = partial(_start_service, settings, roles, note.key, on_ready, backlog)
            try:
                if roles.collects:
                    _serve_behind_a_collector(settings, sockets, start, note, roles, backlog)
                else:
                    _serve_alone(settings, sockets, start, note, roles)
            finally:
                data_folder.remove_service_note(settings.data)


def _serve_alone(settings: Settings, sockets: Sequence[socket], start: Start, note: ServiceNote, roles: Roles) -> None:
    """Runs the service where other processes collect."""
    first_user_link = open_in_a_child(partial(_make_ready, ingests=roles.ingests), settings)
    data_folder.write_service_note(settings.data, note)
    work = partial(_listen_as_service, settings, sockets[0], start, first_user_link, roles)
    _run_listeners(sockets, [Supervisor("service", work)], stop_seconds=_SERVICE_STOP_SECONDS)


def _open_first(settings: Settings, roles: Roles) -> Opened:
    """What came of opening the databases. A collector runs even when they could not be opened."""
    try:
        return Opened(open_in_a_child(partial(_make_ready, ingests=roles.ingests), settings), is_open=True)
    except NotOpenNow:
        return Opened(None, is_open=False)


def collect(settings: Settings, *, workers: int) -> None:
    """Runs the public endpoints only, in `workers` processes, beside whatever else uses the data folder."""
    data_folder.prepare(settings.data)
    check_port(settings)
    with listening_sockets(settings, workers) as sockets, ExitStack() as stack:
        path = settings.data / f"rate-limit-{settings.port}"
        table = stack.enter_context(shared_table(path, workers)) if workers > 1 else None
        load = partial(_load_collector, settings, counted_in=table)
        listeners = [
            Supervisor(f"collector {number}", partial(_listen_for_hits, settings, one, load))
            for number, one in enumerate(sockets, start=1)
        ]
        _run_listeners(sockets, listeners)


def _run_listeners(
    sockets: Sequence[socket], listeners: Sequence[Supervisor], *, stop_seconds: float = _LISTENER_STOP_SECONDS
) -> None:
    """Runs the listeners until this process is told to stop."""
    with stop_signals() as told:
        start_listening(sockets)
        with all_running(listeners, stop_seconds=stop_seconds):
            told.wait()


def _listen(listener: socket, load: Callable[[], Any], _again: bool) -> None:  # noqa: FBT001
    """Runs granian in a process of its own, until it is told to stop or its worker dies."""
    die_with_parent()
    _granian(listener).serve(target_loader=load, wrap_loader=False)


def _listen_for_hits(settings: Settings, listener: socket, load: Callable[..., Any], again: bool) -> None:  # noqa: FBT001
    """As `_listen`, behind a door (tracker.server.door) that answers hits; without one where each hit waits for the disk."""
    if not door.is_possible() or settings.journal_sync == "always":
        _listen(listener, load, again)
        return
    with socket(AF_INET) as behind:
        behind.bind(("127.0.0.1", 0))
        behind.listen(BACKLOG)
        _listen(behind, partial(load, before=Before(listener, behind.getsockname())), again)


def _listen_as_service(
    settings: Settings,
    listener: socket,
    start: Start,
    first_user_link: str | None,
    roles: Roles,
    again: bool,  # noqa: FBT001 - the supervisor says it
) -> None:
    """Runs the service and granian in front of it, where others collect."""
    if again:  # whatever ended it may have left a log that the engine cannot replay
        log_to_stderr(settings.log_level)
        open_now = partial(open_in_a_child, partial(_make_ready, ingests=roles.ingests), settings)
        first_user_link = open_at_last(open_now, Standby(), lambda: None)
    _listen(listener, partial(_load_service, settings, start, first_user_link), again)


def _check_roles(settings: Settings, roles: Roles) -> None:
    engine = capabilities_of(settings.event_store)
    if not roles.ingests and engine.one_process:
        raise ServiceError(
            f"--no-ingest needs an event store that processes share: a {engine.name} file belongs to the one process that"
            " ingests; run `webleads serve` without it, with `webleads collect` beside it"
        )


def _granian(listener: socket) -> Server:
    _allow_connections()
    return Server(
        listener,
        target="tracker.server.processes",
        interface=Interfaces.RSGI,
        backpressure=_MOST_CONNECTIONS,
        loop=granian_loop.NAME,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=_STOP_SECONDS,
    )


def _allow_connections() -> None:
    """Raises the limit on open files as far as this process may: each connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_OF_A_CONNECTION * _MOST_CONNECTIONS + 1024
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # a sandbox may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _most_files_of_a_door() -> int:
    """Of those that this process may have open; the journal and the bridge need some as well."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    most = _FILES_OF_A_CONNECTION * _MOST_CONNECTIONS
    return most if soft == resource.RLIM_INFINITY else max(_OTHER_FILES, min(most, soft - _OTHER_FILES))


def _make_ready(settings: Settings, *, ingests: bool) -> str | None:
    from tracker.service.opening import make_ready  # imported in the child only, so that the parent process stays small

    return make_ready(settings, ingests=ingests)


def _serve_behind_a_collector(
    settings: Settings,
    sockets: Sequence[socket],
    start: Start,
    note: ServiceNote,
    roles: Roles,
    backlog: Backlog,
) -> None:
    """Runs the service and the collector. The service's program is loaded while another process opens the databases."""
    with bridge.listen(settings.data) as behind, ExitStack() as stack:
        told, tell = (stack.enter_context(end) for end in multiprocessing.Pipe(duplex=False))
        work = partial(_run_service, settings, sockets, start, told, behind)
        stack.enter_context(Supervisor("service", work).running(stop_seconds=_SERVICE_STOP_SECONDS))
        opened = _open_first(settings, roles)
        data_folder.write_service_note(settings.data, note)
        tell.send(opened)
        load = partial(_load_collector, settings, bridge_to=str(behind.address), backlog=backlog)
        _run_listeners(sockets, [Supervisor("collector", partial(_listen_for_hits, settings, sockets[0], load))])


def _start_service(
    settings: Settings, roles: Roles, key: str, on_ready: OnReady, backlog: Backlog, first_user_link: str | None
) -> tuple[Any, Service]:
    """Opens everything and starts it; the WSGI application and what stops it."""
    from tracker.app import build

    application, service = build(settings, operator_key=key, ingests=roles.ingests, tell_backlog=backlog.tell)
    service.start()
    on_ready(settings, first_user_link)
    return application, service


def _run_service(
    settings: Settings,
    sockets: Sequence[socket],
    start: Start,
    told: Connection,
    listener: Listener,
    again: bool,  # noqa: FBT001 - the supervisor says it
) -> None:
    """Runs in a process of its own, until it is told to stop. `told` has what came of opening the databases first."""
    die_with_parent()
    for one in sockets:  # of the collector: this one takes no connection from them
        one.close()
    log_to_stderr(settings.log_level)
    standby = Standby()
    answering = Thread(target=bridge.answer_calls, args=(listener, standby), name="answers", daemon=True)
    first_user_link = None
    if not again:
        with importing():
            import tracker.app  # noqa: F401 - half of what a start takes, and meanwhile the databases are opened

        first_user_link, is_open = told.recv()
    if again or not is_open:  # whatever ended it may have left a log that the engine cannot replay
        open_now = partial(open_in_a_child, partial(_make_ready, ingests=True), settings)
        first_user_link = open_at_last(open_now, standby, partial(_ensure, answering))
    standby.application, service = start(first_user_link)
    try:
        _ensure(answering)
        answering.join()
    finally:
        service.stop()


def _ensure(thread: Thread) -> None:
    if not thread.is_alive():
        thread.start()


def _load_service(settings: Settings, start: Start, first_user_link: str | None) -> Any:
    """Runs in granian's worker where other processes collect: returns the RSGI application."""
    die_with_parent()
    log_to_stderr(settings.log_level)
    application, service = start(first_user_link)
    Finalize(None, service.stop, exitpriority=100)
    return _front(settings, ConcurrencyLimit(application))


def _front(
    settings: Settings,
    application: Any,
    *,
    hits: Callable[[str], bool] = lambda _: False,
    before: Before | None = None,
    peers: Peers | None = None,
) -> Front:
    """The entry point; `hits` says which paths the collector answers, `before` and `peers` who comes through a door."""
    return Front(
        application,
        client_ip=ClientIp(settings.trusted_proxies, settings.client_ip_header),
        bodies=UnfinishedBodies(monotonic=time.monotonic),
        is_quick=hits,
        largest=lambda path: MAX_BODY_BYTES if hits(path) else concurrency.MAX_BODY_BYTES,
        pool=ThreadPoolExecutor(_GATE_THREADS, "requests"),
        peers=peers,
        server=before.listener.getsockname()[:2] if before else None,
    )


def _load_collector(
    settings: Settings,
    *,
    bridge_to: str | None = None,
    counted_in: Table | None = None,
    before: Before | None = None,
    backlog: Backlog | None = None,
) -> Any:
    """Runs in granian's worker: gives the collector as an RSGI application, before the bridge where there is one, and opens its door."""
    from tracker.collector import build_collector, open_journal

    die_with_parent()
    log_to_stderr(settings.log_level)
    journal = open_journal(settings)
    next_app = None
    if bridge_to is not None:
        next_app = ConcurrencyLimit(bridge.Bridge(bridge_to, journal_problem=lambda: journal.problem))
    collector = build_collector(settings, journal=journal, next_app=next_app, counted_in=counted_in)
    Finalize(None, collector.close, exitpriority=100)
    if before is None:
        return _front(settings, collector, hits=collector.takes)
    peers = Peers()
    front = _front(settings, collector, hits=collector.takes, before=before, peers=peers)
    Door(
        before.listener,
        collector,
        paths=collector.event_paths,
        refuses=front.refuses,
        behind=before.granian,
        peers=peers,
        most_connections=_MOST_CONNECTIONS,
        most_files=_most_files_of_a_door(),
        rest_seconds=(backlog or Backlog()).rest_seconds,
    ).start()
    return front


def _local_url(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"
