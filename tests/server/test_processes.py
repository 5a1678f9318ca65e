"""The processes of a real `webleads serve`: hits are taken whatever becomes of the one that stores and shows."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests import raw_http
from tests.crash.processes import Role
from tests.running_service import RunningService, descendants, free_port, lives, webleads

SITE = "blog.example.fr"
HIT = {"n": "pageview", "u": f"https://{SITE}/", "d": SITE}


@contextmanager
def serving(data: Path) -> Iterator[RunningService]:
    assert webleads("site", "add", SITE, data=data).returncode == 0
    running = RunningService(data).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One for all tests that leave it running."""
    with serving(tmp_path_factory.mktemp("processes") / "data") as running:
        yield running


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[RunningService]:
    """One that a test may stop."""
    with serving(tmp_path / "data") as running:
        yield running


def storing(service: RunningService) -> int:
    """The process that stores and shows."""
    return int((service.data / "ingest.lock").read_text() or 0)  # empty while another takes it


def listening(pid: int, *, but: int = 0) -> list[int]:
    """The processes below one that take connections: they started no other."""
    return [one for one in descendants(pid) if one != but and lives(one) and not descendants(one)]


def a_listener(service: RunningService) -> int:
    """One of a service's processes that take connections, once there is one: the one before may just have been killed."""
    found: list[int] = []

    def is_there() -> bool:
        keeper = storing(service)
        found[:] = listening(service.pid, but=keeper) if keeper else []
        return bool(found)

    wait_until(is_there)
    return found[-1]


def crash(pid: int, number: int) -> None:
    os.kill(pid, number)
    wait_until(lambda: not lives(pid))


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ask(service: RunningService, path: str) -> None:
    with suppress(OSError):  # it may take longer than anybody waits
        service.get(path)


def test_hits_are_taken_while_the_service_hangs(service: RunningService) -> None:
    os.kill(storing(service), signal.SIGSTOP)
    try:
        asking = [threading.Thread(target=ask, args=(service, path)) for path in ("/healthz", "/", "/assets/x") * 8]
        for thread in asking:
            thread.start()
        time.sleep(0.3)
        assert service.post(HIT)[0] == 202
        assert service.get("/readyz")[0] == 503
    finally:
        os.kill(storing(service), signal.SIGCONT)
    for thread in asking:
        thread.join()


def test_bodies_that_nobody_asked_for_hold_up_nobody(service: RunningService) -> None:
    with ExitStack() as open_connections:
        for _ in range(20):
            client = open_connections.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            client.sendall(b"GET /assets/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        assert service.post(HIT)[0] == 202
        assert service.get("/readyz")[0] == 200


def test_a_service_that_is_killed_is_started_again_and_counts_what_came_meanwhile(service: RunningService) -> None:
    first = storing(service)
    os.kill(first, signal.SIGKILL)
    assert service.post(HIT | {"u": f"https://{SITE}/meanwhile"})[0] == 202
    deadline = time.monotonic() + 60
    while storing(service) == first or service.get("/readyz")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    asked = {"metrics": ["pageviews"], "date_range": "today", "filters": [["is", "event:page", ["/meanwhile"]]]}
    while True:
        found = webleads("query", "--site", SITE, json.dumps(asked), data=service.data)
        assert found.returncode == 0, found.stderr
        if json.loads(found.stdout)["results"][0]["metrics"] == [1]:
            break
        assert time.monotonic() < deadline, found.stdout
        time.sleep(0.2)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_listener_that_crashes_again_and_again_is_started_again(service: RunningService, number: int) -> None:
    """granian gives up after two crashes within seconds; hits wait in the socket meanwhile, and none is refused."""
    for _ in range(5):
        crash(a_listener(service), number)
        assert service.post(HIT)[0] == 202
    assert service.get("/readyz")[0] == 200


def test_a_listener_is_started_again_when_the_one_above_it_is_killed(service: RunningService) -> None:
    for _ in range(3):
        above = next(one for one in descendants(service.pid) if descendants(one))
        crash(above, signal.SIGKILL)
        assert service.post(HIT)[0] == 202


def test_collectors_that_crash_again_and_again_are_started_again(tmp_path: Path) -> None:
    collect = Role(tmp_path / "data", "collect", "--workers", "2", port=free_port())
    collect.start()
    try:
        for _ in range(5):
            wait_until(lambda: len(listening(collect.pid)) == 2)
            for pid in listening(collect.pid):
                crash(pid, signal.SIGKILL)
            assert collect.get("/healthz")[0] == 200
    finally:
        collect.stop()


def test_collectors_side_by_side_share_the_rate_limit(tmp_path: Path) -> None:
    collect = Role(tmp_path / "data", "collect", "--workers", "4", port=free_port())
    collect.start()
    body = json.dumps({"batch": [HIT] * 10}).encode()
    try:
        wait_until(lambda: len(listening(collect.pid)) == 4)
        begun = time.monotonic()
        statuses = [
            raw_http.ask(collect.port, raw_http.head("POST", "/api/event", len(body)) + body)[0] for _ in range(80)
        ]
        seconds = int(time.monotonic() - begun) + 1
    finally:
        collect.stop()
    assert statuses[0] == 202
    assert statuses.count(202) * 10 <= 50 * seconds
    assert list((tmp_path / "data").glob("rate-limit-*")) == []


def test_a_dashboard_without_a_collector_is_started_again_when_it_crashes_again_and_again(tmp_path: Path) -> None:
    serve = Role(tmp_path / "data", "serve", "--no-collect", port=free_port())
    serve.start()
    try:
        for _ in range(3):
            wait_until(lambda: bool(listening(serve.pid)))
            crash(listening(serve.pid)[-1], signal.SIGKILL)
            serve.wait_ready()
    finally:
        serve.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_the_listener_is_started_again_ends_the_service(own_service: RunningService, number: int) -> None:
    for _ in range(2):
        crash(a_listener(own_service), signal.SIGKILL)
    os.kill(own_service.pid, number)
    wait_until(lambda: not lives(own_service.pid))
    assert own_service.stop() == 0
