from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.web.sign_in_limit import FREE_FAILURES, LONGEST_WAIT, SignInLimit


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> SignInLimit:
    return SignInLimit(clock)


def fail(limit: SignInLimit, times: int, address: str = "203.0.113.7", email: str = "lea@exemple.fr") -> None:
    for _ in range(times):
        limit.failed(address, email)


def test_the_wait_doubles_after_the_free_tries(limit: SignInLimit) -> None:
    fail(limit, FREE_FAILURES - 1)
    assert not limit.wait("203.0.113.7", "lea@exemple.fr")
    waits = []
    for _ in range(4):
        fail(limit, 1)
        waits.append(limit.wait("203.0.113.7", "lea@exemple.fr").total_seconds())
    assert waits == [1, 2, 4, 8]


def test_the_wait_has_an_end_and_a_most(limit: SignInLimit, clock: Clock) -> None:
    fail(limit, 100)
    assert limit.wait("203.0.113.7", "lea@exemple.fr") == LONGEST_WAIT
    clock.now += LONGEST_WAIT
    assert not limit.wait("203.0.113.7", "lea@exemple.fr")


def test_an_address_that_tries_many_emails_waits(limit: SignInLimit) -> None:
    for number in range(8):
        limit.failed("203.0.113.7", f"{number}@exemple.fr")
    assert limit.wait("203.0.113.7", "another@exemple.fr")
    assert not limit.wait("203.0.113.8", "another@exemple.fr")


def test_an_email_that_many_addresses_try_waits(limit: SignInLimit) -> None:
    for number in range(8):
        limit.failed(f"203.0.113.{number}", "Lea@exemple.fr")
    assert limit.wait("198.51.100.1", "lea@exemple.fr ")


def test_success_and_time_forget_failures(limit: SignInLimit, clock: Clock) -> None:
    fail(limit, 8)
    limit.succeeded("203.0.113.7", "lea@exemple.fr")
    assert not limit.wait("203.0.113.7", "lea@exemple.fr")
    fail(limit, 8)
    clock.now += timedelta(hours=3)
    fail(limit, 1)
    assert not limit.wait("203.0.113.7", "lea@exemple.fr")


def test_memory_is_bounded_however_many_addresses_try(limit: SignInLimit) -> None:
    for number in range(30_000):
        limit.failed(f"address {number}", "")
    assert len(limit._failures) <= 20_000
