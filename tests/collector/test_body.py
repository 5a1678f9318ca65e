"""Bodies that trickle hold a bounded number of threads."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

from tracker.collector.body import BodyReader
from tracker.collector.payload import Problem


class Trickle:
    """A body that comes when `go_on` is set."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()

    def read(self, length: int) -> bytes:
        self.begun.release()
        self.go_on.wait(10)
        return b"x" * length


def request(body: Any, peer: str = "192.0.2.1") -> dict[str, Any]:
    return {"CONTENT_LENGTH": "4", "REMOTE_ADDR": peer, "wsgi.input": body}


def trickle(reader: BodyReader, peers: list[str]) -> tuple[Trickle, list[threading.Thread]]:
    body = Trickle()
    threads = [threading.Thread(target=reader.read, args=(request(body, peer),)) for peer in peers]
    for thread in threads:
        thread.start()
        body.begun.acquire(timeout=10)
    return body, threads


def test_one_address_cannot_hold_all_threads() -> None:
    reader = BodyReader(most=3, most_an_address=2)
    body, threads = trickle(reader, ["192.0.2.1", "192.0.2.1"])
    with pytest.raises(Problem, match="too many unfinished requests") as refused:
        reader.read(request(io.BytesIO(b"abcd")))
    assert refused.value.status == 429
    assert reader.read(request(io.BytesIO(b"abcd"), "192.0.2.2")) == b"abcd"
    body.go_on.set()
    for thread in threads:
        thread.join(10)
    assert reader.read(request(io.BytesIO(b"abcd"))) == b"abcd"


def test_many_addresses_leave_threads_for_what_has_no_body() -> None:
    reader = BodyReader(most=2, most_an_address=2)
    body, threads = trickle(reader, ["192.0.2.1", "192.0.2.2"])
    with pytest.raises(Problem, match="send it again later") as refused:
        reader.read(request(io.BytesIO(b"abcd"), "192.0.2.3"))
    assert refused.value.status == 503
    body.go_on.set()
    for thread in threads:
        thread.join(10)


def test_a_body_that_breaks_off_gives_its_place_back() -> None:
    reader = BodyReader(most=1, most_an_address=1)
    for _ in range(3):
        with pytest.raises(Problem, match="ended after 2 of 4 bytes"):
            reader.read(request(io.BytesIO(b"ab")))
