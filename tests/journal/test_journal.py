"""The journal: a line that was appended is read once and whole, whoever dies and whatever is full."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.journal import (
    Journal,
    JournalUnavailable,
    has_writer,
    list_segments,
    read_lines,
    retirable,
    retire,
    writable,
)

LATER = datetime.now(UTC) + timedelta(hours=1)


def all_lines(folder: Path) -> list[bytes]:
    return [line for segment in list_segments(folder) for line in read_lines(segment.path, 0, 1_000_000)[0]]


def test_lines_are_read_in_the_order_in_which_they_were_appended(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(20):
        journal.append(b'{"n":%d}' % number)
    journal.close()
    assert all_lines(tmp_path) == [b'{"n":%d}' % number for number in range(20)]


def test_an_appended_line_is_there_before_anything_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"one")
    assert all_lines(tmp_path) == [b"one"]
    journal.close()


@pytest.mark.parametrize("sync", ["interval", "always"])
def test_threads_lose_and_mix_nothing(tmp_path: Path, sync: str) -> None:
    journal = Journal(tmp_path, sync=sync, segment_bytes=1000)
    threads = [
        threading.Thread(target=lambda name=name: [journal.append(b"%s%03d" % (name, n)) for n in range(100)])
        for name in (b"a", b"b", b"c", b"d")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    expected = sorted(b"%s%03d" % (name, n) for name in (b"a", b"b", b"c", b"d") for n in range(100))
    assert sorted(all_lines(tmp_path)) == expected
    assert len(list_segments(tmp_path)) > 1
    assert all(segment.size <= 1000 for segment in list_segments(tmp_path))


_WRITER = """
import sys
from pathlib import Path
from tracker.journal import Journal
journal = Journal(Path(sys.argv[1]))
number = 0
while True:
    journal.append(b"%08d" % number)
    print(number, flush=True)
    number += 1
"""


def test_every_line_whose_append_returned_survives_kill_9(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    for _ in range(500):
        last = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read().split(b"\n")[:-1]
    last = int(rest[-1]) if rest else last
    writer.wait()
    writer.stdout.close()
    kept = [int(line) for line in all_lines(tmp_path)]
    assert kept[: last + 1] == list(range(last + 1))
    assert len(kept) <= last + 2


@given(
    lines=st.lists(st.binary(min_size=1, max_size=40).filter(lambda line: b"\n" not in line), min_size=1, max_size=8),
    data=st.data(),
)
def test_a_segment_cut_at_any_byte_gives_the_lines_that_are_whole(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("cut") / "segment.jsonl"
    whole = b"".join(line + b"\n" for line in lines)
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    step = data.draw(st.integers(1, 64))
    found, offset = [], 0
    while (part := read_lines(path, offset, step))[0]:
        found += part[0]
        offset = part[1]
    assert found == lines[: whole[:cut].count(b"\n")]
    path.write_bytes(whole)
    while (part := read_lines(path, offset, step))[0]:
        found += part[0]
        offset = part[1]
    assert found == lines


def test_a_full_disk_is_said_and_leaves_no_torn_line(tmp_path: Path) -> None:
    """The limit on a file's size stands for the full disk: the write stops half-way with an error."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    journal = Journal(tmp_path)
    try:
        journal.append(b"x" * 90)
        resource.setrlimit(resource.RLIMIT_FSIZE, (120, before[1]))
        with pytest.raises(JournalUnavailable, match="cannot be written"):
            journal.append(b"y" * 90)
        assert all_lines(tmp_path) == [b"x" * 90]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    journal.append(b"z" * 90)
    journal.close()
    assert all_lines(tmp_path) == [b"x" * 90, b"z" * 90]
    assert sum(segment.size for segment in list_segments(tmp_path)) == 182


def test_a_folder_that_went_away_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    journal = Journal(folder, segment_bytes=10)
    journal.append(b"first line")
    for segment in list_segments(folder):
        segment.path.unlink()
    folder.rmdir()
    with pytest.raises(JournalUnavailable):
        journal.append(b"second line")
    folder.mkdir()
    journal.append(b"third line")
    journal.close()
    assert all_lines(folder) == [b"third line"]


def test_retires_only_what_is_stored_closed_and_old(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=10)
    for line in (b"stored all", b"stored one", b"not stored", b"running"):
        journal.append(line)
    stored, half, unread, running = list_segments(tmp_path)
    torn = tmp_path / "20260101T000000000000-dead0000-000001.jsonl"
    torn.write_bytes(b"whole\ntorn")
    consumed = {stored.name: 11, half.name: 11, running.name: running.size, torn.name: 6}
    os.utime(half.path, (LATER.timestamp(), LATER.timestamp()))
    gone = retire(tmp_path, retirable(tmp_path, consumed, LATER - timedelta(minutes=1)), consumed)
    journal.close()
    assert gone == [torn.name, stored.name]
    assert [segment.name for segment in list_segments(tmp_path)] == [half.name, unread.name, running.name]


def test_a_segment_has_a_writer_until_it_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(b"one")
    (segment,) = list_segments(tmp_path)
    assert has_writer(segment.path)
    journal.close()
    assert not has_writer(segment.path)


def test_says_in_words_why_nothing_can_be_kept(tmp_path: Path) -> None:
    assert writable(tmp_path) is None
    assert writable(tmp_path / "missing") == "the journal folder is missing or cannot be written"


class BrokenDisk:
    """An fsync that fails while `broken`; counts its calls."""

    def __init__(self) -> None:
        self.broken = False
        self.calls = 0

    def __call__(self, descriptor: int) -> None:
        self.calls += 1
        if self.broken:
            raise OSError(errno.EIO, "Input/output error")


def test_a_failed_sync_refuses_the_line_takes_it_back_and_begins_another_segment(tmp_path: Path) -> None:
    disk = BrokenDisk()
    journal = Journal(tmp_path, sync="always", fsync=disk)
    journal.append(b"kept")
    disk.broken = True
    with pytest.raises(JournalUnavailable, match="cannot be synced: Input/output error"):
        journal.append(b"refused")
    assert journal.problem == "the journal cannot be synced: Input/output error"
    disk.broken = False
    journal.append(b"kept again")
    assert journal.problem is None
    journal.close()
    assert all_lines(tmp_path) == [b"kept", b"kept again"]
    assert len(list_segments(tmp_path)) == 2


def test_a_sync_that_failed_at_the_end_of_a_segment_is_no_success_for_the_next(tmp_path: Path) -> None:
    disk = BrokenDisk()
    journal = Journal(tmp_path, segment_bytes=1, fsync=disk)
    journal.append(b"accepted")
    disk.broken = True
    journal.append(b"next")  # ends the segment of the line before
    assert journal.problem is not None
    disk.broken = False
    journal.close()
    assert all_lines(tmp_path) == [b"accepted", b"next"]


def test_appends_that_wait_for_a_sync_share_the_next_one(tmp_path: Path) -> None:
    """While one sync runs, the appends of all other threads gather behind it: one more sync covers them."""
    first_runs, go_on = threading.Event(), threading.Event()
    calls: list[int] = []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        first_runs.set()
        go_on.wait(10)

    journal = Journal(tmp_path, sync="always", fsync=fsync)
    threads = [threading.Thread(target=journal.append, args=(b"%d" % number,)) for number in range(10)]
    threads[0].start()
    first_runs.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(all_lines(tmp_path)) < 10:
        pass
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(calls) == 2
    journal.close()


def test_a_writer_whose_new_segment_was_retired_before_it_was_locked_begins_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, turns = fcntl.flock, []

    def retire_first(descriptor: int, how: int) -> None:
        if not turns:
            turns.append(descriptor)
            (segment,) = list_segments(tmp_path)
            assert retire(tmp_path, [segment.name], {}) == [segment.name]
        lock(descriptor, how)

    journal = Journal(tmp_path)
    monkeypatch.setattr("tracker.journal.writer.fcntl.flock", retire_first)
    journal.append(b"kept")
    journal.close()
    assert all_lines(tmp_path) == [b"kept"]


def test_a_line_that_waits_for_nothing_has_no_receipt(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.begin_append(b"kept") is None
    journal.close()
    assert all_lines(tmp_path) == [b"kept"]


def test_lines_begun_by_one_thread_share_a_sync(tmp_path: Path) -> None:
    first_runs, go_on = threading.Event(), threading.Event()
    calls: list[int] = []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        first_runs.set()
        go_on.wait(10)

    journal = Journal(tmp_path, sync="always", fsync=fsync)
    first = journal.begin_append(b"0")
    assert first_runs.wait(10)
    rest = [journal.begin_append(b"%d" % number) for number in range(1, 50)]
    go_on.set()
    for receipt in (first, *rest):
        assert receipt is not None
        receipt.wait()
    assert len(calls) == 2
    journal.close()
    assert all_lines(tmp_path) == [b"%d" % number for number in range(50)]


def test_nobody_waits_for_ever_for_a_journal_that_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path, sync="always")
    begun = [journal.begin_append(b"%d" % number) for number in range(3)]
    journal.close()
    journal.append(b"after")
    for receipt in begun:
        assert receipt is not None
        receipt.wait()
    assert all_lines(tmp_path) == [b"0", b"1", b"2", b"after"]
