"""How a command reaches the event store: through the service that owns it, else by opening it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracker import data_folder
from tracker.cli.options import CommandError
from tracker.data_folder import ServiceNote
from tracker.data_folder.file_modes import umask_given_back
from tracker.enrichment.text import visible_text
from tracker.settings import Settings

_ANSWER_SECONDS = 300
# How long a service that is starting, or has its hands full, is asked again.
_PATIENCE_SECONDS = 90


def ask(settings: Settings, operation: str, **arguments: Any) -> dict[str, Any]:
    """Runs an operation of `tracker.service.operations` where the event store is open. Raises CommandError."""
    if not settings.data.is_dir():
        raise CommandError(f"there is no data folder {settings.data}; name it with --data")
    note = data_folder.read_service_note(settings.data)
    found = _ask_service(note, operation, arguments) if note else _ask_here(settings, operation, arguments)
    return {name: _visible(value) for name, value in found.items()}


def _visible(value: Any) -> Any:
    """Returns an answer with its texts without control characters for a terminal: strangers wrote some of them."""
    if isinstance(value, str):
        return visible_text(value)
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return {_visible(name): _visible(one) for name, one in value.items()} if isinstance(value, dict) else value


def _ask_here(settings: Settings, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    from tracker.clock import utc_now
    from tracker.service.context import Context
    from tracker.service.databases import open_databases
    from tracker.service.operations import OperationError, run

    with umask_given_back(), _prepared(settings.data):
        databases = open_databases(settings, wait_seconds=5)
        try:
            return run(Context(settings, databases.app, databases.events, utc_now), operation, arguments)
        except OperationError as problem:
            raise CommandError(str(problem)) from problem
        finally:
            databases.events.close()
            databases.app.close()


@contextmanager
def _prepared(folder: Path) -> Iterator[None]:
    """Prepares the data folder and takes its lock, so that this process is its only owner."""
    data_folder.prepare(folder)
    with data_folder.acquire(folder, data_folder.INGEST_LOCK, wait_seconds=10):
        yield


def _ask_service(note: ServiceNote, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the address is the service's own note
        f"{note.url}/operations/{operation}",
        data=json.dumps(arguments).encode(),
        headers={"Content-Type": "application/json", "X-Webleads-Key": note.key},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    gives_up_at = time.monotonic() + _PATIENCE_SECONDS
    try:
        while True:
            try:
                with opener.open(request, timeout=_ANSWER_SECONDS) as answer:
                    found: dict[str, Any] = json.load(answer)
                    return found
            except urllib.error.HTTPError as problem:
                said, wait = _said(problem), _wait_of(problem)
                if said is None and wait is not None and time.monotonic() + wait < gives_up_at:
                    time.sleep(wait)
                    continue
                raise CommandError(said or _unsaid(problem.code)) from problem
    except (OSError, ValueError) as problem:
        raise CommandError(f"the service (process {note.pid}) does not answer at {note.url}: {problem}") from problem


def _said(problem: urllib.error.HTTPError) -> str | None:
    """The reason that the service's operations gave; None where they were not reached."""
    try:
        return str(json.load(problem)["error"])
    except (ValueError, KeyError, TypeError):
        return None


def _wait_of(problem: urllib.error.HTTPError) -> int | None:
    """After how many seconds a request can be sent again; None where it may have been taken, or will not be."""
    wait = problem.headers.get("Retry-After", "")
    return int(wait) if problem.code == 503 and wait.isascii() and wait.isdigit() else None


def _unsaid(code: int) -> str:
    if code == 503:
        return "the service is starting or busy with other requests; try again in a minute, or see its log"
    return f"the service answered {code}; its log says why"
