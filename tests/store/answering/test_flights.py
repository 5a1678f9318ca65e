"""Whoever asks what is being answered already waits for that answer, and has their own where the first asker leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tracker.store.answering.flights import Flights
from tracker.store.patience import Superseded, Waiting, waiting


def test_an_asker_who_leaves_takes_no_other_along() -> None:
    for _ in range(20):  # the second may come after the first has failed, which shows nothing
        flights, one, begun, asks, let = Flights(), Waiting(60), Event(), Event(), Event()

        def fails(one: Waiting = one, begun: Event = begun, let: Event = let) -> int:
            """Fails as the engine does when its statement was stopped and what cleans up after it asks again."""
            begun.set()
            assert let.wait(30)
            one.end(Superseded("a newer view was asked for"))
            raise RuntimeError("Current transaction is aborted (please ROLLBACK)")

        def first(flights: Flights = flights, one: Waiting = one) -> None:
            with waiting(one), pytest.raises(RuntimeError, match="aborted"):
                flights.once("question", fails)

        def second(flights: Flights = flights, asks: Event = asks) -> int:
            asks.set()
            found: int = flights.once("question", lambda: 42)
            return found

        with ThreadPoolExecutor(2) as pool:
            left = pool.submit(first)
            assert begun.wait(30)
            answer = pool.submit(second)
            assert asks.wait(30)
            let.set()
            assert answer.result(timeout=60) == 42
            left.result(timeout=60)
