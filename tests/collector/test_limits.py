"""The rate limit: in no second more than it says, in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collector import limits
from tracker.collector.limits import RateLimit


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(1, 500)), max_size=60))
def test_no_second_has_more_hits_than_the_limit(sent: list[tuple[int, int]]) -> None:
    clock, passed = Clock(), []
    limit = RateLimit(50, monotonic=clock)
    for pause_ms, hits in sent:
        clock.seconds += pause_ms / 1000
        if limit.allows("192.0.2.1", hits):
            passed += [clock.seconds] * hits
    for begin in passed:
        assert sum(begin <= moment < begin + 1 for moment in passed) <= 50


@pytest.mark.parametrize("size", [1, 7, 50, 500])
def test_ten_seconds_let_ten_seconds_hits_through_in_batches_of_any_size(clock: Clock, size: int) -> None:
    limit, passed = RateLimit(50, monotonic=clock), 0
    for _ in range(1000):
        passed += size * limit.allows("192.0.2.1", size)
        clock.seconds += 0.01
    assert passed <= 500
    assert passed >= 490 or size > 7
    assert passed == 0 or size <= 50


def test_a_batch_larger_than_what_is_left_does_not_pass_and_costs_nothing(clock: Clock) -> None:
    limit = RateLimit(50, monotonic=clock)
    assert limit.allows("192.0.2.1", 40)
    assert not limit.allows("192.0.2.1", 11)
    assert limit.allows("192.0.2.1", 10)
    clock.seconds += 1
    assert limit.allows("192.0.2.1", 50)


def test_a_window_begins_with_each_hit_and_not_with_the_clock_s_second(clock: Clock) -> None:
    limit = RateLimit(50, monotonic=clock)
    clock.seconds = 100.9
    assert limit.allows("192.0.2.1", 50)
    clock.seconds = 101.1
    assert not limit.allows("192.0.2.1")
    clock.seconds = 101.9
    assert limit.allows("192.0.2.1", 50)


@pytest.mark.parametrize(
    ("one", "another", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("1::4:5:6:7:8", "1::9:5:6:7:8", False),
        ("::1", "::2", True),
        ("", "", True),
    ],
)
def test_a_subscriber_of_ipv6_is_one_client(clock: Clock, one: str, another: str, *, same: bool) -> None:
    limit = RateLimit(1, monotonic=clock)
    assert limit.allows(one)
    assert limit.allows(another) is not same


def test_silent_clients_are_forgotten(clock: Clock) -> None:
    limit = RateLimit(50, monotonic=clock)
    for number in range(3000):
        limit.allows(f"198.51.{number // 256}.{number % 256}")
        clock.seconds += 0.01
    assert len(limit._recent) + len(limit._before) <= 220


def test_clients_without_end_take_no_memory_without_end(clock: Clock) -> None:
    limit = RateLimit(50, monotonic=clock)
    for number in range(3 * limits._MOST_CLIENTS):
        limit.allows(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limit._recent) + len(limit._before) <= 2 * limits._MOST_CLIENTS


def test_no_limit(clock: Clock) -> None:
    limit = RateLimit(0, monotonic=clock)
    assert all(limit.allows("192.0.2.1", 500) for _ in range(100))
