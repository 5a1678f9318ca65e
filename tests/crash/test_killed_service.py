"""What was answered 202 is in the event store exactly once, whenever the service is killed."""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from tests.running_service import FIREFOX, RunningService, webleads
from tracker.store.engines import open_event_store
from tracker.store.schema import events

ROUNDS = int(os.environ.get("ROUNDS", "20"))
SENDERS = 3


class Sender(threading.Thread):
    """Sends numbered hits over one connection for as long as the service answers; remembers what became of each."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(daemon=True)
        self._port = port
        self._prefix = name
        self.accepted: list[str] = []
        self.unsure: list[str] = []
        self._stop_now = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        number = 0
        while not self._stop_now.is_set():
            path = f"/{self._prefix}/{number}"
            number += 1
            body = json.dumps({"n": "pageview", "u": f"https://a.fr{path}", "d": "a.fr"})
            try:
                connection.request("POST", "/api/event", body, {"User-Agent": FIREFOX})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.unsure.append(path)  # the answer never came: kept or not, both are right
                return
            if answer.status == 202:
                self.accepted.append(path)

    def finish(self) -> None:
        self._stop_now.set()
        self.join(timeout=10)


def test_killed_at_random_moments_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}, {ROUNDS} rounds")
    chance = random.Random(seed)
    data = tmp_path / "data"
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    # A small journal segment, so that rotation is among what is interrupted.
    service = RunningService(data, WEBLEADS_JOURNAL_SEGMENT="20000")
    accepted: list[str] = []
    unsure: list[str] = []
    for turn in range(ROUNDS):
        service.start()
        senders = [Sender(service.port, f"{turn}-{number}") for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        time.sleep(chance.uniform(0.05, 0.9))
        service.kill()
        for sender in senders:
            sender.finish()
            accepted += sender.accepted
            unsure += sender.unsure
    service.start()
    assert service.stop() == 0
    stored = _stored_paths(data)
    lost = [path for path in accepted if stored[path] == 0]
    doubled = [path for path, times in stored.items() if times > 1]
    made_up = set(stored) - set(accepted) - set(unsure)
    print(f"{len(accepted)} accepted, {len(unsure)} without an answer, {sum(stored.values())} stored")
    assert (lost, doubled, made_up) == ([], [], set())
    assert len(accepted) > ROUNDS * 10


def _stored_paths(data: Path) -> Counter[str]:
    store = open_event_store(f"duckdb:///{data}/events.duckdb", wait_seconds=10)
    try:
        return Counter(path for (path,) in store.rows(select(events.c.path)))
    finally:
        store.close()
