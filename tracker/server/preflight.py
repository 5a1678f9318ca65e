"""Opens the databases first in a child process, since a broken database may crash the engine.

Migrations then leave no threads in the process that forks the workers. A crash while the engine replays a damaged log
is detected: the log is moved aside and the opening is tried again.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from tracker.server.supervisor import die_with_parent
from tracker.settings import Settings


class ServiceError(RuntimeError):
    """The service cannot start; the message is one line for the operator."""


class NotOpenNow(ServiceError):
    """The app database cannot be used until what the message names is corrected; hits can be kept meanwhile."""


Step = Callable[[Settings], str | None]


def open_in_a_child(step: Step, settings: Settings) -> str | None:
    """Runs a function that opens the databases in a child, and returns its result. Raises ServiceError."""
    try:
        return _run(step, settings)
    except _Crashed as crash:
        from tracker.store.engines import set_aside_log

        if not set_aside_log(settings.event_store, str(crash), datetime.now(UTC)):
            raise ServiceError(f"the databases could not be opened: {crash}") from crash
    try:
        return _run(step, settings)
    except _Crashed as crash:
        raise ServiceError(f"the databases could not be opened: {crash}") from crash


class _Crashed(Exception):
    """The child ended without a result; the message says how."""


def _run(step: Step, settings: Settings) -> str | None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_report, args=(sender, step, settings))
    child.start()
    sender.close()
    try:
        outcome: tuple[str, str | None] = receiver.recv()
    except EOFError:
        child.join()
        code = child.exitcode or 0
        raise _Crashed(f"the engine crashed (signal {-code})" if code < 0 else f"exit code {code}") from None
    finally:
        receiver.close()
    child.join()
    if outcome[0] == "failed":
        raise ServiceError(outcome[1])
    if outcome[0] == "not now":
        raise NotOpenNow(outcome[1])
    return outcome[1]


def _report(sender: Connection, step: Step, settings: Settings) -> None:
    die_with_parent()  # otherwise the child of a killed start would continue to migrate, and block the next start
    from tracker.db.errors import AppDatabaseUnavailable
    from tracker.service.opening import OPENING_ERRORS

    try:
        sender.send(("done", step(settings)))
    except AppDatabaseUnavailable as problem:
        sender.send(("not now", str(problem)))
    except OPENING_ERRORS as problem:
        sender.send(("failed", str(problem)))
