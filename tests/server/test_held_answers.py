"""With journal_sync=always a hit is answered once it is on the disk; no thread waits with it."""

from __future__ import annotations

import asyncio
import errno
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tracker.collector import build_collector
from tracker.collector.body import UnfinishedBodies
from tracker.collector.client_ip import ClientIp
from tracker.journal import Journal, list_segments, read_lines
from tracker.server.front import Front
from tracker.server.granian_loop import GranianLoop
from tracker.settings import Settings

BODY = json.dumps({"n": "pageview", "u": "https://a.fr/", "d": "a.fr"}).encode()


class Disk:
    """An fsync that waits until it may go on, and then may fail."""

    def __init__(self) -> None:
        self.is_free = threading.Event()
        self.is_broken = False

    def __call__(self, descriptor: int) -> None:
        self.is_free.wait(10)
        if self.is_broken:
            raise OSError(errno.EIO, "Input/output error")


class Request:
    """As granian hands one over: called for its body, told the answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.answer: tuple[int, Any, bytes] | None = None
        self.is_answered = threading.Event()

    def __call__(self) -> Any:
        coming = self._loop.create_future()
        self._loop.call_soon_threadsafe(coming.set_result, BODY)
        return coming

    def response_bytes(self, *answer: Any) -> None:
        self.answer = answer  # type: ignore[assignment]
        self.is_answered.set()


Send = Callable[..., Request]


@pytest.fixture(params=[GranianLoop, asyncio.SelectorEventLoop])
def loop(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    made: asyncio.AbstractEventLoop = request.param()
    runs = threading.Thread(target=made.run_forever)
    runs.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    runs.join(10)
    made.close()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def journal(tmp_path: Path, disk: Disk) -> Iterator[Journal]:
    journal = Journal(tmp_path, sync="always", fsync=disk)
    yield journal
    disk.is_free.set()
    journal.close()


@pytest.fixture
def send(tmp_path: Path, journal: Journal, loop: asyncio.AbstractEventLoop) -> Iterator[Send]:
    collector = build_collector(Settings(data=tmp_path), journal=journal)
    with ThreadPoolExecutor(1) as pool:
        front = Front(
            collector,
            client_ip=ClientIp((), ""),
            bodies=UnfinishedBodies(monotonic=lambda: 0.0),
            is_quick=collector.takes,
            largest=lambda _: 100_000,
            pool=pool,
        )
        loop.call_soon_threadsafe(front.__rsgi_init__, loop)

        def one(method: str = "POST", path: str = "/api/event", query: str = "") -> Request:
            scope = SimpleNamespace(
                method=method,
                path=path,
                query_string=query,
                client="192.0.2.1:4000",
                server="127.0.0.1:8000",
                headers={"content-length": str(len(BODY))} if method == "POST" else {},
            )
            request = Request(loop)
            loop.call_soon_threadsafe(
                lambda coroutine, _: loop.create_task(coroutine), front.__rsgi__(scope, request), 0
            )
            return request

        yield one


def status_of(request: Request) -> int:
    assert request.is_answered.wait(10)
    assert request.answer is not None
    return request.answer[0]


def kept(folder: Path) -> int:
    return sum(len(read_lines(segment.path, 0, 1_000_000)[0]) for segment in list_segments(folder))


def test_answers_are_held_back_until_the_disk_has_the_hits(send: Send, disk: Disk, tmp_path: Path) -> None:
    requests = [send() for _ in range(20)]
    while kept(tmp_path) < 20:
        assert not any(one.is_answered.is_set() for one in requests)
    assert not any(one.is_answered.is_set() for one in requests)
    disk.is_free.set()
    assert {status_of(one) for one in requests} == {202}


@pytest.mark.parametrize(
    ("method", "path", "query", "kind"),
    [
        ("POST", "/api/event", "", "application/json"),
        ("GET", "/pixel.gif", "u=https://a.fr/", "image/gif"),
    ],
)
def test_a_hit_that_the_disk_refuses_is_refused(
    send: Send, disk: Disk, tmp_path: Path, method: str, path: str, query: str, kind: str
) -> None:
    disk.is_broken = True
    disk.is_free.set()
    request = send(method, path, query)
    assert status_of(request) == 503
    assert request.answer is not None
    assert dict(request.answer[1])["Content-Type"] == kind
    assert kept(tmp_path) == 0
