"""Statements are stopped in the engine when their time is up, or when nobody wants the answer any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, literal_column, select
from sqlalchemy.sql import Select

from tests.databases import new_event_store
from tracker.store.patience import Superseded, TookTooLong, Waiting, interruptible, nobody_waiting, waiting
from tracker.store.protocol import EventStore

# It adds up so many numbers that no test waits for it.
ENDLESS: Select[tuple[int]] = select(func.sum(literal_column("n.range * m.range % 7"))).select_from(
    func.range(10**6).table_valued("range", name="n").join(func.range(10**6).table_valued("range", name="m"), literal_column("true"))
)  # fmt: skip


@pytest.fixture
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


@pytest.mark.parametrize("way", ["rows", "frame"])
def test_a_statement_whose_time_is_up_is_stopped_and_the_store_goes_on(store: EventStore, way: str) -> None:
    with waiting(Waiting(0.2)), pytest.raises(TookTooLong, match=r"longer than 0\.2 seconds; ask for a shorter period"):
        getattr(store, way)(ENDLESS)
    store.ping()


def test_nothing_more_is_asked_once_the_time_is_up(store: EventStore) -> None:
    with waiting(Waiting(0)), pytest.raises(TookTooLong):
        store.ping()


def test_a_statement_that_nobody_waits_for_any_more_is_stopped(store: EventStore) -> None:
    one = Waiting(60)
    ending = threading.Timer(0.2, lambda: one.end(Superseded("newer")))
    ending.start()
    with waiting(one), pytest.raises(Superseded, match="newer"):
        store.rows(ENDLESS)
    with waiting(one), pytest.raises(Superseded):
        store.ping()


def test_a_waiting_that_ends_just_before_a_statement_begins_stops_it() -> None:
    """Such as an alarm that rings between the look at the time and the statement."""
    one = Waiting(60)

    def stop() -> None:
        raise AssertionError("nothing was running")

    one.end(Superseded("newer"))
    with waiting(one), pytest.raises(Superseded), interruptible(stop):
        raise AssertionError("the statement ran")


def test_a_statement_that_begins_just_after_it_was_stopped_is_stopped_again(store: EventStore) -> None:
    """An engine forgets an interrupt that comes before its statement has begun."""
    one = Waiting(60)

    def ended_too_early() -> None:
        with store.transaction() as connection:
            driver: Any = connection.connection.driver_connection
            with waiting(one), interruptible(driver.interrupt):
                one.end(Superseded("newer"))
                connection.execute(ENDLESS)

    with pytest.raises(Superseded):
        ended_too_early()


def test_what_is_asked_for_its_own_sake_goes_on_when_a_request_is_given_up(store: EventStore) -> None:
    with waiting(Waiting(0)):
        with nobody_waiting():
            store.ping()
        with pytest.raises(TookTooLong):
            store.ping()


def test_an_error_of_the_statement_itself_stays_what_it_is(store: EventStore) -> None:
    with waiting(Waiting(60)), pytest.raises(Exception, match="no_such_column"):
        store.rows(select(literal_column("no_such_column")))


def test_who_does_not_say_so_waits_for_as_long_as_it_takes(store: EventStore) -> None:
    assert store.rows(select(func.count()).select_from(func.range(1000).table_valued("range")))[0][0] == 1000


def test_a_statement_inside_of_another_s_time_leaves_it_watched() -> None:
    stopped: list[str] = []
    one = Waiting(60)
    with waiting(one), interruptible(lambda: stopped.append("outer")):
        with interruptible(lambda: stopped.append("inner")):
            pass
        one.end(Superseded("newer"))
    assert stopped == ["outer"]
