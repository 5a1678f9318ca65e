from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.name_server import FakeNameServer
from tracker.reference.dns.lookup import Lookup, ReverseName, Unanswered
from tracker.reference.dns.queue import NameQueue


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Resolver:
    """Answers from a table once it is let; an address that is not in it is not answered."""

    def __init__(self, names: dict[str, str | None], *, free: bool = True) -> None:
        self._names = names
        self.asked: list[str] = []
        self.free = threading.Event()
        if free:
            self.free.set()

    def confirmed_name(self, address: str) -> ReverseName:
        self.asked.append(address)
        self.free.wait()
        if address not in self._names:
            raise Unanswered("127.0.0.1 did not answer within 2 seconds")
        return ReverseName(self._names[address])


@pytest.fixture
def clock() -> Clock:
    return Clock()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)


def test_the_first_question_is_looked_up_and_the_next_answered(clock: Clock) -> None:
    resolver = Resolver({"192.0.2.7": "proxy.armor.example"})
    with closing(NameQueue(resolver, monotonic=clock)) as queue:
        assert queue.ask("192.0.2.7") is None
        until(lambda: queue.ask("192.0.2.7") == "proxy.armor.example")
        assert resolver.asked == ["192.0.2.7"]


def test_an_address_under_way_is_not_asked_twice(clock: Clock) -> None:
    resolver = Resolver({}, free=False)
    with closing(NameQueue(resolver, monotonic=clock)) as queue:
        for _ in range(50):
            queue.ask("192.0.2.7")
        until(lambda: resolver.asked)
        assert queue.counts.asked == 1
        resolver.free.set()


def test_a_full_queue_drops_the_question_and_goes_on(clock: Clock) -> None:
    resolver = Resolver({}, free=False)
    with closing(NameQueue(resolver, monotonic=clock, threads=1, waiting=10)) as queue:
        for number in range(200):
            queue.ask(f"192.0.2.{number}")
        assert queue.counts.asked + queue.counts.dropped == 200
        assert queue.counts.asked <= 11
        resolver.free.set()


def test_a_name_is_asked_for_again_after_a_day(clock: Clock) -> None:
    resolver = Resolver({"192.0.2.7": "proxy.armor.example"})
    with closing(NameQueue(resolver, monotonic=clock)) as queue:
        queue.ask("192.0.2.7")
        until(lambda: queue.counts.named)
        clock.seconds += 24 * 3600 - 1
        assert queue.ask("192.0.2.7") == "proxy.armor.example"
        clock.seconds += 2
        assert queue.ask("192.0.2.7") is None
        until(lambda: len(resolver.asked) == 2)


def test_names_are_kept_for_no_more_addresses_than_the_bound(clock: Clock) -> None:
    names: dict[str, str | None] = {f"192.0.2.{number}": f"h{number}.example" for number in range(20)}
    with closing(NameQueue(Resolver(names), monotonic=clock, threads=1, kept=5)) as queue:
        for address in names:
            queue.ask(address)
        until(lambda: queue.counts.named == 20)
        assert len(queue._known) == 5


def test_a_silent_resolver_is_left_alone_for_a_minute(clock: Clock) -> None:
    resolver = Resolver({"203.0.113.1": "armor.example"})
    with closing(NameQueue(resolver, monotonic=clock, threads=1)) as queue:
        for number in range(16):
            queue.ask(f"192.0.2.{number}")
        until(lambda: queue.counts.unanswered == 16)
        asked = len(resolver.asked)
        queue.ask("203.0.113.1")
        assert queue.counts.dropped == 1
        clock.seconds += 61
        queue.ask("203.0.113.1")
        until(lambda: queue.ask("203.0.113.1") == "armor.example")
        assert len(resolver.asked) == asked + 1


@pytest.fixture
def dead_server() -> Iterator[FakeNameServer]:
    with FakeNameServer(silent=True) as server:
        yield server


def test_asking_is_done_before_a_dead_server_has_answered_anything(clock: Clock, dead_server: FakeNameServer) -> None:
    with closing(NameQueue(Lookup(dead_server.address), monotonic=clock)) as queue:
        answers = [queue.ask(f"198.51.{high}.{low}") for high in range(20) for low in range(250)]
        assert answers == [None] * 5000
        # Each look-up of a dead server takes two seconds: were one waited for, its end would have been counted.
        assert queue.counts.unanswered == 0
        assert queue.counts.dropped > 0
