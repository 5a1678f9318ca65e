"""The processes of a real `webleads serve`: hits are taken whatever becomes of the one that stores and shows."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.running_service import RunningService, webleads

SITE = "blog.example.fr"
HIT = {"n": "pageview", "u": f"https://{SITE}/", "d": SITE}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    assert webleads("site", "add", SITE, data=tmp_path / "data").returncode == 0
    running = RunningService(tmp_path / "data", WEBLEADS_THREADS="8").start()
    yield running
    running.stop()


def storing(service: RunningService) -> int:
    """The process that stores and shows."""
    return int((service.data / "ingest.lock").read_text())


def ask(service: RunningService, path: str) -> None:
    with suppress(OSError):  # it may take longer than anybody waits
        service.get(path)


def test_hits_are_taken_while_the_service_hangs(service: RunningService) -> None:
    os.kill(storing(service), signal.SIGSTOP)
    try:
        asking = [threading.Thread(target=ask, args=(service, path)) for path in ("/healthz", "/", "/static/x") * 8]
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
            client.sendall(b"GET /static/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        assert service.post(HIT)[0] == 202
        assert service.get("/readyz")[0] == 200


def test_a_service_that_is_killed_is_started_again_and_counts_what_came_meanwhile(service: RunningService) -> None:
    first = storing(service)
    os.kill(first, signal.SIGKILL)
    assert service.post(HIT)[0] == 202
    deadline = time.monotonic() + 60
    while storing(service) == first or service.get("/readyz")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    query = '{"metrics": ["pageviews"], "date_range": "today"}'
    while True:
        found = webleads("query", "--site", SITE, query, data=service.data)
        assert found.returncode == 0, found.stderr
        if json.loads(found.stdout)["results"][0]["metrics"] == [1]:
            break
        assert time.monotonic() < deadline, found.stdout
        time.sleep(0.2)
