"""Whom wrong passwords make wait: whoever sends them, and nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from dashboards.web.sign_in.limit import (
    FREE_FAILURES,
    FREE_FAILURES_OF_AN_IP,
    LONGEST_WAIT,
    Key,
    SignInLimit,
    keys_of_device,
    keys_of_stranger,
    keys_of_user,
)

LEA, EVE = "lea@exemple.fr", "eve@exemple.fr"
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.1"


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


def fail(limit: SignInLimit, clock: Clock, times: int, keys: list[Key]) -> None:
    """So many failed tries, each as soon as it is heard."""
    for _ in range(times):
        while wait := limit.begin(keys):
            clock.now += wait


def waits(limit: SignInLimit, keys: list[Key]) -> bool:
    return bool(limit.begin(keys))


def test_the_wait_doubles_after_the_free_tries(limit: SignInLimit, clock: Clock) -> None:
    keys = keys_of_stranger(HOME, LEA)
    seconds = []
    for _ in range(FREE_FAILURES):
        assert not limit.begin(keys)
    for _ in range(4):
        wait = limit.begin(keys)
        seconds.append(wait.total_seconds())
        clock.now += wait
        assert not limit.begin(keys)
    assert seconds == [1, 2, 4, 8]


def test_the_wait_has_an_end_and_a_most(limit: SignInLimit, clock: Clock) -> None:
    keys = keys_of_stranger(HOME, LEA)
    fail(limit, clock, 40, keys)
    assert limit.begin(keys) == LONGEST_WAIT
    clock.now += timedelta(hours=3)
    assert not waits(limit, keys)


def test_a_try_that_has_to_wait_does_not_lengthen_the_wait(limit: SignInLimit) -> None:
    keys = keys_of_stranger(HOME, LEA)
    for _ in range(FREE_FAILURES):
        limit.begin(keys)
    assert {limit.begin(keys) for _ in range(20)} == {timedelta(seconds=1)}


def test_a_stranger_makes_no_owner_wait(limit: SignInLimit) -> None:
    for number in range(50):
        for _ in range(10):
            limit.begin(keys_of_stranger(f"203.0.113.{number}", LEA))
    assert not waits(limit, keys_of_stranger(ELSEWHERE, LEA))


def test_a_device_that_signed_in_before_waits_for_its_own_failures_alone(limit: SignInLimit) -> None:
    for number in range(100):
        limit.begin(keys_of_stranger(HOME, f"{number}@exemple.fr"))
        limit.begin(keys_of_stranger(HOME, LEA))
    assert waits(limit, keys_of_stranger(HOME, LEA))
    for _ in range(FREE_FAILURES):
        assert not waits(limit, keys_of_device("d", LEA))
    assert waits(limit, keys_of_device("d", LEA))
    assert not waits(limit, keys_of_device("d", EVE))


def test_who_tries_many_accounts_waits_for_all(limit: SignInLimit) -> None:
    for number in range(FREE_FAILURES_OF_AN_IP):
        assert not waits(limit, keys_of_stranger(HOME, f"{number}@exemple.fr"))
    assert waits(limit, keys_of_stranger(HOME, EVE))
    assert not waits(limit, keys_of_stranger(ELSEWHERE, EVE))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("2001:db8:1:2::7", "2001:db8:1:2:ffff:1:2:3", True, id="one-subscriber"),
        pytest.param("2001:db8:1:2::7", "2001:db8:1:3::7", False, id="another-subscriber"),
        pytest.param("203.0.113.7", "203.0.113.8", False, id="ipv4"),
        pytest.param("unix:", "unix:", True, id="no-ip"),
    ],
)
def test_an_ipv6_subscriber_counts_as_one(limit: SignInLimit, one: str, other: str, same: bool) -> None:
    for _ in range(FREE_FAILURES):
        limit.begin(keys_of_stranger(one, LEA))
    assert waits(limit, keys_of_stranger(other, LEA)) == same


def test_an_email_in_another_spelling_is_the_same(limit: SignInLimit) -> None:
    for _ in range(FREE_FAILURES):
        limit.begin(keys_of_stranger(HOME, LEA))
    assert waits(limit, keys_of_stranger(HOME, f" {LEA.upper()} "))


@pytest.mark.parametrize("keys", [keys_of_stranger(HOME, LEA), keys_of_device("d", LEA), keys_of_user(1)])
def test_tries_at_once_are_no_more_than_one_after_the_other(limit: SignInLimit, keys: list[Key]) -> None:
    with ThreadPoolExecutor(16) as pool:
        heard = [wait for wait in pool.map(lambda _: limit.begin(keys), range(200)) if not wait]
    assert len(heard) == FREE_FAILURES


def test_success_forgets_the_own_failures(limit: SignInLimit, clock: Clock) -> None:
    keys = keys_of_stranger(HOME, LEA)
    fail(limit, clock, FREE_FAILURES + 2, keys)
    clock.now += LONGEST_WAIT
    assert not waits(limit, keys)
    limit.succeeded(keys)
    for _ in range(FREE_FAILURES):
        assert not waits(limit, keys)


def test_an_own_account_buys_no_tries_at_others(limit: SignInLimit) -> None:
    heard = 0
    for number in range(100):
        heard += not limit.begin(keys_of_stranger(HOME, f"{number}@exemple.fr"))
        if not limit.begin(keys_of_stranger(HOME, EVE)):
            limit.succeeded(keys_of_stranger(HOME, EVE))
    assert heard == FREE_FAILURES_OF_AN_IP


def test_memory_is_bounded_however_many_try_with_whatever(limit: SignInLimit) -> None:
    for number in range(15_000):
        limit.begin(keys_of_stranger(f"2001:db8:{number:x}::1", "x" * 300 + str(number)))
    assert len(limit._failures) <= 20_000
    assert {len(name) for name in limit._failures} == {64}
