"""A supervised process: started again when it dies, ended with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tracker.server.supervisor import Supervisor


def _note_and_wait(notes: Path, again: bool) -> None:
    with open(notes, "a", encoding="ascii") as file:
        file.write(f"{os.getpid()}{' again' if again else ''}\n")
    try:
        while True:
            time.sleep(0.01)
    finally:
        with open(notes, "a", encoding="ascii") as file:
            file.write("ended tidily\n")


def _ignore_the_end(notes: Path, again: bool) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _note_and_wait(notes, again)


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lines(notes: Path) -> list[str]:
    return notes.read_text().split("\n")[:-1] if notes.exists() else []


def lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_that_is_killed_is_started_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with Supervisor("work", partial(_note_and_wait, notes)).running(stop_seconds=60):
        wait_for(lambda: len(lines(notes)) == 1)
        os.kill(int(lines(notes)[0]), signal.SIGKILL)
        wait_for(lambda: len(lines(notes)) == 2)
    first, second, end = lines(notes)
    assert "again" not in first
    assert second.endswith(" again")
    assert end == "ended tidily"


def test_a_process_that_does_not_end_is_killed(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with Supervisor("work", partial(_ignore_the_end, notes)).running(stop_seconds=0.2):
        wait_for(lambda: len(lines(notes)) == 1)
    assert not lives(lines(notes)[0])


def test_nobody_starts_it_again_when_all_are_told_to_stop(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with Supervisor("work", partial(_note_and_wait, notes)).running(stop_seconds=60):
        wait_for(lambda: len(lines(notes)) == 1)
        os.kill(int(lines(notes)[0]), signal.SIGTERM)
        wait_for(lambda: len(lines(notes)) == 2)
        time.sleep(1.0)  # twice the pause before a new start
    assert len(lines(notes)) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_it_does_not_outlive_its_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from functools import partial; from pathlib import Path;"
        "from tests.server.test_supervisor import _note_and_wait; from tracker.server.supervisor import Supervisor, die_with_parent\n"
        "def work(again): die_with_parent(); _note_and_wait(Path(sys.argv[1]), again)\n"
        "with Supervisor('work', work).running(stop_seconds=1): time.sleep(60)"
    )
    notes = tmp_path / "notes"
    parent = subprocess.Popen([sys.executable, "-c", program, str(notes)])
    wait_for(lambda: len(lines(notes)) == 1)
    parent.kill()
    parent.wait()
    wait_for(lambda: not lives(lines(notes)[0]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_it_does_not_outlive_a_parent_that_died_before_it_asked(tmp_path: Path) -> None:
    program = (
        "import os, sys, time; from pathlib import Path;"
        "from tests.server.test_supervisor import _note_and_wait; from tracker.server.supervisor import Supervisor, die_with_parent\n"
        "parent, notes = os.getpid(), Path(sys.argv[1])\n"
        "def work(again):\n"
        "    notes.write_text('begun\\n')\n"
        "    while os.getppid() == parent: time.sleep(0.01)\n"
        "    notes.write_text(f'{os.getpid()}\\n')\n"
        "    die_with_parent()\n"
        "    _note_and_wait(notes, again)\n"
        "with Supervisor('work', work).running(stop_seconds=1): time.sleep(60)"
    )
    notes = tmp_path / "notes"
    parent = subprocess.Popen([sys.executable, "-c", program, str(notes)])
    wait_for(lambda: lines(notes) == ["begun"])
    parent.kill()
    parent.wait()
    wait_for(lambda: lines(notes) not in (["begun"], []))
    (child,) = lines(notes)
    wait_for(lambda: not lives(child))
    assert lines(notes) == [child]


def test_a_stop_between_a_death_and_the_next_start_starts_none(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    for _ in range(5):
        with Supervisor("work", partial(_note_and_wait, notes)).running(stop_seconds=60):
            wait_for(lambda: len(lines(notes)) % 2 == 1)
            os.kill(int(lines(notes)[-1].split()[0]), signal.SIGKILL)
        begun = lines(notes)
        time.sleep(0.1)
        assert lines(notes) == begun
        notes.unlink()
