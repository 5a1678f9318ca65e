"""The answers while the databases cannot be opened: probes get the reason, and the collector accepts hits."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from tracker.server.preflight import ServiceError

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 5.0
_AWAY = (
    b"The dashboard is away: its databases cannot be opened. The service's log and /readyz say why, and what to do."
    b" Visits are kept meanwhile.\n"
)


class Standby:
    """A WSGI callable: calls the application once there is one, and until then answers 503 with the reason."""

    def __init__(self) -> None:
        self.application: Callable[..., Iterable[bytes]] | None = None
        self.problem = ""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.application is not None:
            return self.application(environ, start_response)
        status, kind, body = self._away(environ["PATH_INFO"])
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", "5")]
        start_response(status, headers)
        return [body]

    def _away(self, path: str) -> tuple[str, str, bytes]:
        if path == "/healthz":
            return "200 OK", "application/json", b'{"status":"alive"}\n'
        if path == "/readyz":
            said = {"status": "not ready", "problems": {"databases": self.problem}, "notes": []}
            return "503 Service Unavailable", "application/json", json.dumps(said).encode() + b"\n"
        if path.startswith("/operations/"):  # a command's user reads it
            return "503 Service Unavailable", "application/json", json.dumps({"error": self.problem}).encode() + b"\n"
        return "503 Service Unavailable", "text/plain; charset=utf-8", _AWAY


def open_at_last(open_now: Callable[[], str | None], standby: Standby, answer: Callable[[], None]) -> str | None:
    """Calls `open_now` until it succeeds, and returns its result. After a failure, `answer` answers calls meanwhile."""
    while True:
        try:
            return open_now()
        except ServiceError as problem:
            if str(problem) != standby.problem:
                log.error("%s; it is tried again every few seconds", problem)  # noqa: TRY400 - the line says all
            standby.problem = str(problem)
        answer()
        time.sleep(_AGAIN_SECONDS)
