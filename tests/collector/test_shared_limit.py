"""The rate limit that processes share: in no second more than it says, whichever of them takes the hits."""

from __future__ import annotations

import multiprocessing
import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.collector import shared_limit
from tracker.collector.shared_limit import SharedRateLimit, Table, shared_table

IP = "192.0.2.1"


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@given(st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 2), st.sampled_from([1, 1, 1, 7, 40])), max_size=80))
def test_no_second_has_more_hits_than_the_limit_over_all_processes(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[int, int, int]]
) -> None:
    clock, passed = Clock(), []
    with shared_table(tmp_path_factory.mktemp("limits") / "table", 3) as table:
        limits = [SharedRateLimit(50, table, monotonic=clock) for _ in range(3)]
        for pause_ms, process, hits in sent:
            clock.seconds += pause_ms / 1000
            if limits[process].allows(IP, hits):
                passed += [clock.seconds] * hits
    for begin in passed:
        assert sum(begin <= moment < begin + 1 for moment in passed) <= 50


@pytest.mark.parametrize("processes", [1, 2, 4, 8, 64])
def test_ten_seconds_let_ten_seconds_hits_through(tmp_path: Path, clock: Clock, processes: int) -> None:
    with shared_table(tmp_path / "table", processes) as table:
        limits = [SharedRateLimit(50, table, monotonic=clock) for _ in range(processes)]
        passed = 0
        for number in range(10_000):
            passed += limits[number % processes].allows(IP)
            clock.seconds += 0.001
    assert 410 <= passed <= 500


def test_a_process_takes_a_batch_of_the_limit_less_the_number_of_processes(tmp_path: Path, clock: Clock) -> None:
    with shared_table(tmp_path / "table", 4) as table:
        one, other = (SharedRateLimit(50, table, monotonic=clock) for _ in range(2))
        assert not one.allows(IP, 47)
        assert one.allows(IP, 46)
        assert not other.allows(IP, 2)
        assert other.allows("192.0.2.2", 46)
        clock.seconds += 1.1
        assert other.allows(IP, 46)


def test_what_passed_unasked_counts_with_the_next(tmp_path: Path, clock: Clock) -> None:
    with shared_table(tmp_path / "table", 2) as table:
        one = SharedRateLimit(50, table, monotonic=clock)
        assert one.allows(IP)
        assert not one.allows(IP, 48)
        assert one.allows(IP, 47)


def test_zero_is_no_limit(tmp_path: Path, clock: Clock) -> None:
    with shared_table(tmp_path / "table", 2) as table:
        assert all(SharedRateLimit(0, table, monotonic=clock).allows(IP, 50) for _ in range(50))


def test_an_ipv6_subscriber_has_one_limit_over_all_processes(tmp_path: Path, clock: Clock) -> None:
    with shared_table(tmp_path / "table", 2) as table:
        one, other = (SharedRateLimit(50, table, monotonic=clock) for _ in range(2))
        assert one.allows("2001:db8::1", 48)
        assert not other.allows("2001:db8::2", 40)


def test_many_clients_take_no_more_room(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_limit, "_ENTRIES", 16)
    monkeypatch.setattr(shared_limit, "_MOST_CLIENTS", 100)
    with shared_table(tmp_path / "table", 2) as table:
        limit = SharedRateLimit(50, table, monotonic=clock)
        size = Path(table.path).stat().st_size
        assert all(limit.allows(f"10.0.{number // 256}.{number % 256}", 2) for number in range(1000))
        assert Path(table.path).stat().st_size == size
        assert len(limit._seen) + len(limit._seen_before) <= 200


def test_a_table_that_was_left_behind_is_begun_anew(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "table").write_bytes(b"left by one that was killed")
    with shared_table(tmp_path / "table", 2) as table:
        assert SharedRateLimit(50, table, monotonic=clock).allows(IP, 48)


def test_the_table_is_its_owners_alone_names_no_client_and_goes(tmp_path: Path, clock: Clock) -> None:
    with shared_table(tmp_path / "table", 2) as table:
        assert SharedRateLimit(50, table, monotonic=clock).allows(IP, 2)
        written = Path(table.path).read_bytes()
        assert IP.encode() not in written
        assert table.key not in written
        assert stat.S_IMODE(Path(table.path).stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == []


def _send(table: Table, number: int, passed: multiprocessing.Queue[int]) -> None:
    limit = SharedRateLimit(500, table, monotonic=time.monotonic)
    passed.put(sum(limit.allows(IP) for _ in range(number)))


def test_processes_that_take_hits_at_once_lose_none_of_their_counts(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    passed: multiprocessing.Queue[int] = context.Queue()
    begun = time.monotonic()
    with shared_table(tmp_path / "table", 3) as table:
        workers = [context.Process(target=_send, args=(table, 2000, passed)) for _ in range(3)]
        for worker in workers:
            worker.start()
        total = sum(passed.get() for _ in workers)
        for worker in workers:
            worker.join()
    assert total <= 500 * (int(time.monotonic() - begun) + 1)
