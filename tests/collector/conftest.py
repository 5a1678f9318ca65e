"""A collector on a journal of its own, called as a WSGI server calls it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tracker.collector.client_ip import ClientIp
from tracker.collector.limits import RateLimit
from tracker.collector.scripts import Scripts
from tracker.collector.wsgi import Collector
from tracker.hit import Hit, decode_line
from tracker.journal import Journal, list_segments, read_lines

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Caller:
    """Calls a collector and reads what it kept."""

    def __init__(
        self,
        folder: Path,
        *,
        rate_limit: int = 0,
        now: Callable[[], float] = lambda: 0.0,
        proxies: str = "",
        kept: Path | None = None,
        script_path: str = "/js/webleads.js",
        event_path: str = "/api/event",
        pixel_path: str = "/pixel.gif",
    ) -> None:
        self.folder = folder
        self.journal = Journal(folder)
        self.collector = Collector(
            journal=self.journal,
            client_ip=ClientIp([ip_network(one) for one in proxies.split()]),
            rate_limit=RateLimit(rate_limit, monotonic=now),
            scripts=Scripts(folder / "assets", path=script_path, kept=kept),
            event_path=event_path,
            pixel_path=pixel_path,
            clock=lambda: NOW,
        )

    def __call__(self, method: str, path: str, body: bytes = b"", **environ: str) -> Answer:
        path, _, query = path.partition("?")
        given: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "192.0.2.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        answer = Answer(0, {}, b"")

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            answer.status, answer.headers = int(status[:3]), dict(headers)

        answer.body = b"".join(self.collector(given | environ, start_response))
        return answer

    def post(self, event: object, **environ: str) -> Answer:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return self("POST", "/api/event", body, **environ)

    def kept(self) -> list[Hit]:
        lines = [line for segment in list_segments(self.folder) for line in read_lines(segment.path, 0, 10_000_000)[0]]
        return [hit for line in lines for hit in decode_line(line)]


@pytest.fixture
def make_caller(tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    made: list[Caller] = []

    def make(**options: Any) -> Caller:
        made.append(Caller(tmp_path, **options))
        return made[-1]

    yield make
    for caller in made:
        caller.journal.close()


@pytest.fixture
def call(make_caller: Callable[..., Caller]) -> Caller:
    return make_caller()
