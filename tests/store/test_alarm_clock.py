"""One thread calls what is due, in the order of time, and keeps nothing alive for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from queue import Queue

import pytest

from tracker.store.alarm_clock import AlarmClock

PATIENCE = 30


class Sleeper:
    def __init__(self, name: str, rung: Queue[str]) -> None:
        self.name = name
        self._rung = rung

    def wake(self) -> None:
        self._rung.put(self.name)


def test_an_earlier_alarm_that_is_set_later_rings_first() -> None:
    rung: Queue[str] = Queue()
    clock, now = AlarmClock(), time.monotonic()
    late, early = Sleeper("late", rung), Sleeper("early", rung)
    clock.set(now + 0.3, late.wake)
    clock.set(now + 0.05, early.wake)

    assert [rung.get(timeout=PATIENCE), rung.get(timeout=PATIENCE)] == ["early", "late"]
    assert time.monotonic() >= now + 0.3


def test_who_is_gone_is_not_kept_and_not_called() -> None:
    rung: Queue[str] = Queue()
    clock, now = AlarmClock(), time.monotonic()
    stays, goes = Sleeper("stays", rung), Sleeper("goes", rung)
    clock.set(now + 0.1, goes.wake)
    clock.set(now + 0.2, stays.wake)
    del goes

    assert rung.get(timeout=PATIENCE) == "stays"


def test_one_that_fails_leaves_the_others(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def wake(self) -> None:
            raise RuntimeError("a connection that is closed")

    rung: Queue[str] = Queue()
    clock, now = AlarmClock(), time.monotonic()
    broken, sleeper = Broken(), Sleeper("later", rung)
    clock.set(now, broken.wake)
    clock.set(now + 0.05, sleeper.wake)

    assert rung.get(timeout=PATIENCE) == "later"
    assert "a connection that is closed" in caplog.text


def test_many_alarms_take_one_thread() -> None:
    before = threading.active_count()
    clock, sleeper = AlarmClock(), Sleeper("never", Queue())
    for number in range(100):
        clock.set(time.monotonic() + 3600 + number, sleeper.wake)

    assert threading.active_count() == before + 1


def test_a_forked_process_has_a_clock_that_rings() -> None:
    """Its parent's thread is not there any more."""
    program = """
import os, queue, sys, time
from tracker.store.patience import TookTooLong, Waiting
from tracker.store.alarm_clock import ALARMS
before = Waiting(3600)
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
rung = queue.Queue()
with_time = Waiting(0.05)
with_time.end = rung.put
assert isinstance(rung.get(timeout=30), TookTooLong)
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=120, env=os.environ, check=False).returncode == 0
