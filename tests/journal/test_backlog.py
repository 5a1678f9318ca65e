"""How long hits rest while storing is behind, as another process says."""

from __future__ import annotations

import multiprocessing

import pytest

from tracker.journal import Backlog


@pytest.mark.parametrize(
    ("waiting", "rest_ms"),
    [
        pytest.param(0, 0, id="nothing-waits"),
        pytest.param(3_100_000, 0, id="what-comes-during-a-batch"),
        pytest.param(4_500_000, 1, id="more"),
        pytest.param(6_000_000, 2, id="much"),
        pytest.param(10**12, 2, id="never-longer"),
    ],
)
def test_the_more_waits_the_longer_the_rest(waiting: int, rest_ms: float) -> None:
    backlog = Backlog()
    backlog.tell(10**12)
    backlog.tell(waiting)
    assert backlog.rest_seconds() == pytest.approx(rest_ms / 1000)


def test_a_fork_tells_it() -> None:
    backlog = Backlog()
    assert backlog.rest_seconds() == 0
    process = multiprocessing.get_context("fork").Process(target=backlog.tell, args=(10**9,))
    process.start()
    process.join(10)
    assert backlog.rest_seconds() > 0
