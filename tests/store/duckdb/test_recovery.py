"""A damaged store: it opens by itself, with what was checkpointed, and says what was set aside."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.store.engines import columns
from tracker.store.batch import Batch, SegmentPosition
from tracker.store.duckdb.recovery import damaged_part
from tracker.store.engines import open_event_store, repairs
from tracker.store.errors import StoreUnavailable
from tracker.store.repairs import describe
from tracker.store.schema import events

# Five rows checkpointed at position 10, then fifty batches of rows that only the log has; the process dies untidily.
_WRITER = """
import os, sys
from tests.store.engines import columns
from tracker.store.batch import Batch, SegmentPosition
from tracker.store.engines import open_event_store
store = open_event_store(sys.argv[1])
store.append(Batch(columns(5), positions=[SegmentPosition("one", 10, 5, 5, {})]))
store.checkpoint()
for number in range(50):
    store.append(Batch(columns(5), positions=[SegmentPosition("one", 20 + number, 10 + number, 10 + number, {})]))
os._exit(0)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    subprocess.run([sys.executable, "-c", _WRITER, _url(tmp_path)], check=True)
    assert (tmp_path / "events.duckdb.wal").stat().st_size > 1000
    return tmp_path


def _url(folder: Path) -> str:
    return f"duckdb:///{folder}/events.duckdb"


def _state(folder: Path) -> tuple[int, int]:
    """Events and the journal position of the store, opened as the service opens it."""
    store = open_event_store(_url(folder))
    try:
        count = int(store.rows(select(func.count()).select_from(events))[0][0])
        positions = store.positions()
        return count, positions["one"].offset_bytes if positions else 0
    finally:
        store.close()


def _damage_log(folder: Path) -> None:
    """Changes a value in the middle of the log, so that a checksum fails; a damaged length only ends the log early."""
    log = folder / "events.duckdb.wal"
    content = log.read_bytes()
    _damage(log, content.index(b"pageview", len(content) // 2), b"PAGEVIEW")


def _damage(path: Path, at: int, with_bytes: bytes) -> None:
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(with_bytes)


def test_an_untidy_end_alone_loses_nothing(folder: Path) -> None:
    assert _state(folder) == (255, 69)
    assert repairs(_url(folder)) == []


def test_a_log_damaged_in_its_middle_is_set_aside_and_the_checkpoint_remains(folder: Path) -> None:
    _damage_log(folder)
    assert _state(folder) == (5, 10)
    (repair,) = repairs(_url(folder))
    assert repair.part == "log"
    assert repair.kept_as.exists()
    assert "rebuilt from the journal" in describe(repair)


@pytest.mark.parametrize("part", [0, 1, 2, 3], ids=["nothing", "a quarter", "half", "three quarters"])
def test_a_log_cut_short_leaves_events_and_positions_of_one_moment(folder: Path, part: int) -> None:
    log = folder / "events.duckdb.wal"
    os.truncate(log, log.stat().st_size * part // 4)
    count, position = _state(folder)
    batches = 0 if position == 10 else position - 19
    assert count == 5 + 5 * batches
    assert (count == 5) == (part == 0)


@pytest.mark.parametrize("at", [0, 20, 4096, 12_308], ids=["magic", "header", "block header", "first block"])
def test_a_damaged_file_is_set_aside_with_its_log_and_the_store_begins_anew(folder: Path, at: int) -> None:
    _damage(folder / "events.duckdb", at, os.urandom(64))
    assert _state(folder) == (0, 0)
    assert [repair.part for repair in repairs(_url(folder))] in (["file", "log"], ["file"])
    assert _state(folder) == (0, 0)


def test_a_file_cut_in_half_is_set_aside(folder: Path) -> None:
    os.truncate(folder / "events.duckdb", (folder / "events.duckdb").stat().st_size // 2)
    count, position = _state(folder)
    assert (count, position) in ((0, 0), (5, 10), (255, 69))


def test_what_was_set_aside_is_told_until_it_is_deleted(folder: Path) -> None:
    _damage_log(folder)
    _state(folder)
    (repair,) = repairs(_url(folder))
    assert abs((repair.at - datetime.now(UTC)).total_seconds()) < 300
    repair.kept_as.unlink()
    assert repairs(_url(folder)) == []


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ('Failure while replaying WAL file "x.wal": Corrupt WAL file: entry at byte position 3', "log"),
        ("Corrupt database file: computed checksum 1 does not match stored checksum 2 in block", "file"),
        ('IO Error: The file "x" exists, but it is not a valid DuckDB database file!', "file"),
        ('Failure while replaying WAL file "x.wal": Could not write file: No space left on device', None),
        ('IO Error: Could not set lock on file "x": Conflicting lock is held', None),
        ("IO Error: Trying to read a database file with version number 99", None),
    ],
    ids=["log", "checksum", "no database", "full disk", "in use", "newer engine"],
)
def test_only_damage_is_taken_for_damage(message: str, part: str | None) -> None:
    assert damaged_part(message) == part


def test_a_store_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "events.duckdb").mkdir()
    with pytest.raises(StoreUnavailable):
        open_event_store(_url(tmp_path))
    assert repairs(_url(tmp_path)) == []


def test_a_checkpoint_frees_the_store_from_its_log(folder: Path) -> None:
    store = open_event_store(_url(folder))
    store.append(Batch(columns(1), positions=[SegmentPosition("one", 99, 256, 256, {})]))
    store.checkpoint()
    log = folder / "events.duckdb.wal"
    assert not log.exists() or log.stat().st_size == 0
    store.close()
