"""Bodies that have not come: a deadline for each, a bound for each client, and nobody else's are given up for one's."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from tracker.collector.body import RefusedBody, UnfinishedBodies, Waiting, put_body, read_body
from tracker.collector.payload import RequestProblem


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Callable[..., UnfinishedBodies]:
    return lambda **bounds: UnfinishedBodies(monotonic=clock, **bounds)


def waits(bodies: UnfinishedBodies, client: str, size: int = 10) -> tuple[Waiting, list[str]]:
    """A request that waits, and a list that gets a word when its waiting is ended."""
    ended: list[str] = []
    waiting = bodies.begin(client, size)
    waiting.cancel = lambda: ended.append(client)
    return waiting, ended


def test_a_body_has_a_deadline_for_the_whole_of_it(make: Callable[..., UnfinishedBodies], clock: Clock) -> None:
    bodies = make(seconds=10)
    first, first_ended = waits(bodies, "192.0.2.1")
    clock.seconds = 6
    bodies.grow(first, 1)  # what trickles in earns no more time
    _, second_ended = waits(bodies, "192.0.2.1")
    clock.seconds = 11
    bodies.end_overdue()
    assert (first_ended, second_ended) == (["192.0.2.1"], [])
    assert first.problem is not None
    assert first.problem.status == 408
    bodies.end_overdue()
    assert first_ended == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("client", "the_same", "another"),
    [("192.0.2.1", "192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")],
)
def test_a_client_may_leave_so_many_open_and_others_are_not_asked_to_wait(
    make: Callable[..., UnfinishedBodies], client: str, the_same: str, another: str
) -> None:
    bodies = make(most_of_a_client=2)
    open_ones = [bodies.begin(client, 10) for _ in range(2)]
    with pytest.raises(RequestProblem, match="too many unfinished requests") as refused:
        bodies.begin(the_same, 10)
    assert refused.value.status == 429
    bodies.end(bodies.begin(another, 10))
    bodies.end(open_ones[0])
    bodies.end(bodies.begin(the_same, 10))


def test_whoever_holds_most_gives_way_and_not_who_came_last(make: Callable[..., UnfinishedBodies]) -> None:
    bodies = make(most_bytes=100)
    honest, honest_ended = waits(bodies, "192.0.2.9", 20)
    greedy = [waits(bodies, "192.0.2.1", 30) for _ in range(3)]
    assert honest_ended == []
    assert [ended for _, ended in greedy] == [["192.0.2.1"], [], []]
    assert greedy[0][0].problem is not None
    assert greedy[0][0].problem.status == 503
    bodies.end(honest)


def test_bodies_of_unknown_size_count_as_they_come(make: Callable[..., UnfinishedBodies]) -> None:
    bodies = make(most_bytes=100)
    waiting, ended = waits(bodies, "192.0.2.1", 0)
    bodies.grow(waiting, 60)
    assert ended == []
    bodies.grow(waiting, 60)
    assert ended == ["192.0.2.1"]


def test_what_has_ended_counts_no_more(make: Callable[..., UnfinishedBodies]) -> None:
    bodies = make(most_of_a_client=1, most_bytes=10)
    for _ in range(5):
        waiting, ended = waits(bodies, "192.0.2.1", 10)
        bodies.end(waiting)
        assert ended == []


@pytest.mark.parametrize("size", [0, 4])
def test_a_body_that_breaks_off_is_not_taken(size: int) -> None:
    with pytest.raises(RequestProblem, match=f"ended after {size} of 5 bytes"):
        read_body({"CONTENT_LENGTH": "5", "wsgi.input": io.BytesIO(b"x" * size)}, 10)


@pytest.mark.parametrize("declared", [{"CONTENT_LENGTH": "11"}, {}])
def test_a_body_that_is_too_large_is_refused(declared: dict[str, str]) -> None:
    with pytest.raises(RequestProblem, match="at most 10") as refused:
        read_body({**declared, "wsgi.input": io.BytesIO(b"x" * 11)}, 10)
    assert refused.value.status == 413


def test_an_application_that_reads_a_body_that_was_not_taken_hears_why() -> None:
    environ: dict[str, object] = {"CONTENT_LENGTH": "5"}
    put_body(environ, RequestProblem(408, "body", "too slow"))
    assert isinstance(environ["wsgi.input"], RefusedBody)
    with pytest.raises(RequestProblem, match="too slow"):
        read_body(environ, 10)
    put_body(environ, b"abcd")
    assert read_body(environ, 10) == b"abcd"
