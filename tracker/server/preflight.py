"""Opens the databases for the first time in a process of its own, which a broken database may take down with it.

Migrations leave no threads behind in the process that forks the workers, and an engine that crashes while it replays
a damaged log is found out: the log is set aside and the opening tried once more.
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
    """Runs a step that opens the databases, and gives what it gives. Raises ServiceError."""
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
    """The child ended without a word; the message says how."""


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
    die_with_parent()  # else a start that was killed would go on migrating, and keep the next one waiting
    from tracker.app import OPENING_ERRORS
    from tracker.db.errors import AppDatabaseUnavailable

    try:
        sender.send(("done", step(settings)))
    except AppDatabaseUnavailable as problem:
        sender.send(("not now", str(problem)))
    except OPENING_ERRORS as problem:
        sender.send(("failed", str(problem)))
