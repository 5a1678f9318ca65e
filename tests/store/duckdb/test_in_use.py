"""What is done alone meets no statement."""

from __future__ import annotations

from threading import Barrier, Thread

from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool

from tracker.store.duckdb.in_use import InUse

_ROUNDS = 200


def test_who_is_alone_stays_alone() -> None:
    """Two who want to be alone and two who ask something, at once and many times."""
    engine = create_engine("sqlite://", poolclass=QueuePool, connect_args={"check_same_thread": False})
    in_use, start, inside, met = InUse(engine), Barrier(4), [0, 0], [0]

    def ask(own: int) -> None:
        start.wait()
        for _ in range(_ROUNDS):
            with engine.connect():
                inside[own] = 1
                inside[own] = 0

    def do_alone() -> None:
        start.wait()
        for _ in range(_ROUNDS):
            with engine.connect(), in_use.alone() as is_alone:
                met[0] += is_alone and sum(inside)

    asking = [Thread(target=ask, args=(own,)) for own in range(2)]
    threads = [*asking, *(Thread(target=do_alone) for _ in range(2))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert met == [0]
    with engine.connect(), in_use.alone() as is_alone:
        assert is_alone
    engine.dispose()


def test_another_connection_is_company() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool)
    in_use = InUse(engine)
    with engine.connect(), engine.connect(), in_use.alone() as is_alone:
        assert not is_alone
    engine.dispose()
