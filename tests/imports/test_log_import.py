"""Access logs as files: read to their end or not at all, and counted once, whatever is killed or runs at once."""

from __future__ import annotations

import bz2
import gzip
import lzma
import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import new_app_database
from tests.imports.log_lines import line
from tracker.db.engine import AppDatabase, open_app_database
from tracker.hit import decode_line
from tracker.imports import log_import
from tracker.imports.access_log import LogOf, LogReading, SkipReason
from tracker.imports.log_import import ImportRefused, LogImport, import_log, survey
from tracker.journal import list_segments
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAGE, IMAGE = line("GET /blog/ HTTP/1.1"), line("GET /logo.png HTTP/1.1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "journal"
    made.mkdir()
    return made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    add_site(opened, "b.fr", now=NOW)
    yield opened
    opened.close()


def put_in(file: Path, database: AppDatabase, folder: Path, site: str = "a.fr", **changes: Any) -> LogImport:
    reading = LogReading(LogOf(site=site, hosts=frozenset({site})))
    survey([file], reading, lambda _: None)
    options = {"now": NOW, "on_bytes": lambda _: None} | changes
    return import_log(file, reading=reading, database=database, journal_folder=folder, **options)


def journal_lines(folder: Path) -> int:
    return sum(segment.path.read_bytes().count(b"\n") for segment in list_segments(folder))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{PAGE}\n{IMAGE}\n{PAGE}\n".encode(), id="plain"),
        pytest.param(f"{PAGE}\n{IMAGE}\n{PAGE}".encode(), id="no-newline-at-the-end"),
        pytest.param(f"{PAGE}\r\n{IMAGE}\r\n{PAGE}\r\n".encode(), id="crlf"),
        pytest.param(gzip.compress(f"{PAGE}\n{IMAGE}\n{PAGE}\n".encode()), id="gzip"),
        pytest.param(gzip.compress(f"{PAGE}\n{IMAGE}\n".encode()) + gzip.compress(PAGE.encode()), id="gzip-in-parts"),
        pytest.param(bz2.compress(f"{PAGE}\n{IMAGE}\n{PAGE}\n".encode()), id="bzip2"),
        pytest.param(lzma.compress(f"{PAGE}\n{IMAGE}\n{PAGE}\n".encode()), id="xz"),
        pytest.param(f"\ufeff{PAGE}\n{IMAGE}\n{PAGE}\n".encode(), id="byte-order-mark"),
        pytest.param(f"{PAGE}\r\n{IMAGE}\r\n{PAGE}\r\n".encode("utf-16"), id="utf-16"),
        pytest.param(
            gzip.compress(f"\ufeff{PAGE}\n{IMAGE}\n{PAGE}".encode("utf-16-be")), id="packed-utf-16-big-endian"
        ),
    ],
)
def test_each_line_is_a_hit_or_skipped_with_a_reason(
    content: bytes, tmp_path: Path, database: AppDatabase, folder: Path
) -> None:
    (tmp_path / "access.log").write_bytes(content)
    heard: list[int] = []
    result = put_in(tmp_path / "access.log", database, folder, on_bytes=heard.append)
    assert (result.lines, result.hits, dict(result.skipped)) == (3, 2, {SkipReason.ASSET: 1})
    assert journal_lines(folder) == 2
    assert sum(heard) == len(content)


def test_a_line_of_a_megabyte_is_one_malformed_line(tmp_path: Path, database: AppDatabase, folder: Path) -> None:
    (tmp_path / "a.log").write_text(f"{PAGE}\n{'x' * 1_000_000}\n{PAGE[:60] + '[ ' * 500_000}\n{PAGE}\n")
    result = put_in(tmp_path / "a.log", database, folder)
    assert (result.lines, result.hits, result.skipped[SkipReason.MALFORMED]) == (4, 2, 2)


def test_bytes_that_are_no_text_do_not_stop_it(tmp_path: Path, database: AppDatabase, folder: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"\x00\xff\xfe\n" + PAGE.encode() + b"\n" + bytes(range(256)))
    result = put_in(tmp_path / "a.log", database, folder)
    assert result.hits == 1
    assert result.lines == result.hits + result.skipped.total()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(os.urandom(5000), "holds no line of an access log", id="binary-garbage"),
        pytest.param(b"time,address\n1,2\n", "holds no line of an access log", id="another-format"),
        pytest.param(gzip.compress(PAGE.encode() * 2000)[:-20], "cannot be read", id="gzip-cut-off"),
        pytest.param(b"\x1f\x8bno gzip at all", "cannot be read", id="gzip-in-name-only"),
        pytest.param(lzma.compress(PAGE.encode() * 2000)[:-20], "cannot be read", id="xz-cut-off"),
        pytest.param(bz2.compress(PAGE.encode() * 2000)[:-20], "cannot be read", id="bzip2-cut-off"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing(
    content: bytes, words: str, tmp_path: Path, database: AppDatabase, folder: Path
) -> None:
    (tmp_path / "a.log").write_bytes(content)
    with pytest.raises(ImportRefused, match=words):
        put_in(tmp_path / "a.log", database, folder)
    assert [path.name for path in folder.iterdir() if path.suffix != ".lock"] == []


def test_an_empty_file_holds_no_lines_and_is_not_remembered(
    tmp_path: Path, database: AppDatabase, folder: Path
) -> None:
    (tmp_path / "a.log").touch()
    for _ in range(2):
        assert put_in(tmp_path / "a.log", database, folder).lines == 0
    assert list_segments(folder) == []


def test_a_log_of_other_hosts_can_be_imported_again_once_they_are_named(
    tmp_path: Path, database: AppDatabase, folder: Path
) -> None:
    (tmp_path / "a.log").write_text(f"shop.fr:443 {PAGE}\nshop.fr:443 {IMAGE}\nc.fr:443 {PAGE}\n")
    result = put_in(tmp_path / "a.log", database, folder)
    assert (result.lines, result.hits, result.skipped[SkipReason.ANOTHER_HOST]) == (3, 0, 3)
    assert result.other_hosts == {"shop.fr": 2, "c.fr": 1}
    reading = LogReading(LogOf(site="a.fr", hosts=frozenset({"a.fr", "shop.fr"})))
    again = import_log(
        tmp_path / "a.log", reading=reading, database=database, journal_folder=folder, now=NOW, on_bytes=lambda _: None
    )
    assert (again.hits, again.skipped[SkipReason.ANOTHER_HOST]) == (1, 1)


def test_files_are_surveyed_together(tmp_path: Path, database: AppDatabase, folder: Path) -> None:
    """A scanner of yesterday's file is one in today's as well."""
    files = [tmp_path / "access.log.1", tmp_path / "access.log"]
    files[0].write_text("\n".join(line(f"GET /{word} HTTP/1.1", 404) for word in "abcdefgh"))
    files[1].write_text(PAGE)
    reading = LogReading(LogOf(site="a.fr", hosts=frozenset({"a.fr"})))
    survey(files, reading, lambda _: None)
    import_log(files[1], reading=reading, database=database, journal_folder=folder, now=NOW, on_bytes=lambda _: None)
    (segment,) = list_segments(folder)
    (hit,) = decode_line(segment.path.read_bytes().strip())
    assert hit.scanner is not None


def test_the_same_log_is_refused_a_second_time_also_packed_or_renamed(
    tmp_path: Path, database: AppDatabase, folder: Path
) -> None:
    (tmp_path / "a.log").write_text(f"{PAGE}\n")
    (tmp_path / "b.gz").write_bytes(gzip.compress(f"{PAGE}\n".encode()))
    put_in(tmp_path / "a.log", database, folder)
    for name in ("a.log", "b.gz"):
        with pytest.raises(ImportRefused, match=r"was imported on 2026-11-24 \(1 line\); it is not counted twice"):
            put_in(tmp_path / name, database, folder)
    assert journal_lines(folder) == 1
    put_in(tmp_path / "a.log", database, folder, site="b.fr", now=NOW + timedelta(seconds=1))
    assert journal_lines(folder) == 2


def _import_in_a_process(file: Path, url: str, folder: Path, outcome: Any) -> None:
    database = open_app_database(url)
    try:
        outcome.put(put_in(file, database, folder).hits)
    except ImportRefused:
        outcome.put(0)
    finally:
        database.close()


def test_of_several_at_once_one_counts(tmp_path: Path, database: AppDatabase, folder: Path) -> None:
    (tmp_path / "a.log").write_text(f"{PAGE}\n" * 3000)
    spawn = multiprocessing.get_context("spawn")
    outcome = spawn.Queue()
    arguments = (tmp_path / "a.log", f"sqlite:///{tmp_path}/app.sqlite", folder, outcome)
    processes = [spawn.Process(target=_import_in_a_process, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    assert sorted(outcome.get(timeout=60) for _ in processes) == [0, 0, 3000]
    for process in processes:
        process.join(60)
    assert journal_lines(folder) == 3000


def _import_and_die(file: Path, url: str, folder: Path, before: str) -> None:
    """Imports, and is killed by SIGKILL as it comes to a function of the import."""
    setattr(log_import, before, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    put_in(file, open_app_database(url), folder)


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("_record", id="before-it-was-recorded"),
        pytest.param("_segment_name", id="before-it-began"),
    ],
)
def test_a_killed_import_can_be_done_again(before: str, tmp_path: Path, database: AppDatabase, folder: Path) -> None:
    (tmp_path / "a.log").write_text(f"{PAGE}\n" * 10)
    arguments = (tmp_path / "a.log", f"sqlite:///{tmp_path}/app.sqlite", folder, before)
    process = multiprocessing.get_context("spawn").Process(target=_import_and_die, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert journal_lines(folder) == 0
    assert put_in(tmp_path / "a.log", database, folder).hits == 10
    assert journal_lines(folder) == 10
    assert list(folder.glob("*.part")) == []


def test_an_import_that_was_killed_after_its_record_is_finished_by_the_next(
    tmp_path: Path, database: AppDatabase, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text(f"{PAGE}\n" * 10)
    (tmp_path / "b.log").write_text(f"{PAGE}\n" * 3)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            put_in(tmp_path / "a.log", database, folder)
    assert journal_lines(folder) == 0
    put_in(tmp_path / "b.log", database, folder)
    assert journal_lines(folder) == 13
    with pytest.raises(ImportRefused, match="was imported"):
        put_in(tmp_path / "a.log", database, folder)


def test_what_an_import_stages_is_for_the_owner_only(tmp_path: Path, database: AppDatabase, folder: Path) -> None:
    (tmp_path / "a.log").write_text(f"{PAGE}\n")
    put_in(tmp_path / "a.log", database, folder)
    (segment,) = list_segments(folder)
    assert segment.path.stat().st_mode & 0o077 == 0
