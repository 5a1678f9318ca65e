"""What a data folder holds is for the service's user alone, also what lay there before; other people's files are not ours."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.running_service import ForkedService, webleads
from tracker import data_folder
from tracker.data_folder import file_modes


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As an earlier version, or `cp -r`, left it."""
    data = tmp_path / "data"
    for name in ("journal", "scripts", "geo", "geo-in-use", "copies", "quarantine"):
        (data / name).mkdir(parents=True)
    for name in (
        "webleads.sqlite webleads.sqlite-wal webleads.sqlite.damaged-1 events.duckdb events.duckdb.wal secret.key"
        " service.json service.lock networks.csv journal/a-b-1.jsonl quarantine/a.jsonl copies/webleads-1.sqlite"
        " geo/city.mmdb geo-in-use/checked.json scripts/webleads.1.js"
    ).split():
        (data / name).write_text("x")
    for path in (data, *data.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return data


def modes(folder: Path) -> dict[str, int]:
    paths = (folder, *folder.rglob("*"))
    return {path.name: stat.S_IMODE(path.lstat().st_mode) for path in paths if not path.is_symlink()}


def test_what_lay_there_before_is_closed_to_others(folder: Path) -> None:
    data_folder.prepare(folder)
    assert {name: oct(mode) for name, mode in modes(folder).items() if mode & 0o077} == {}
    assert modes(folder)["data"] == 0o700
    assert modes(folder)["secret.key"] == 0o600


def test_what_is_made_afterwards_is_closed_to_others(tmp_path: Path) -> None:
    data_folder.prepare(tmp_path / "data")
    (tmp_path / "data" / "made").touch()
    with closing(sqlite3.connect(tmp_path / "data" / "a.sqlite")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (a)")
        assert [name for name, mode in modes(tmp_path / "data").items() if mode & 0o077] == []


def test_other_peoples_files_and_what_links_lead_to_are_left_alone(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "theirs").touch()
    for path in (outside, outside / "theirs", folder / "notes.txt"):
        path.touch()
        path.chmod(0o755)
    (folder / "secret.key").unlink()
    (folder / "secret.key").symlink_to(outside / "theirs")
    (folder / "journal" / "linked").symlink_to(outside)
    (folder / "quarantine" / "a.jsonl").unlink()
    (folder / "quarantine").rmdir()
    (folder / "quarantine").symlink_to(outside)
    data_folder.prepare(folder)
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in (outside, outside / "theirs", folder / "notes.txt")] == [
        "0o755"
    ] * 3
    assert modes(folder)["data"] == 0o700


def test_a_shared_place_is_not_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    (tmp_path / "secret.key").touch()
    data_folder.prepare(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_closing_a_file_takes_no_lock_from_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "webleads.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE t (a)")
        writer.execute("BEGIN EXCLUSIVE")
        path.chmod(0o666)
        file_modes.tighten(tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        found = webleads("site", "list", data=tmp_path, timeout=60)
        assert "cannot be used" in found.stderr


def test_an_export_gets_the_rights_that_its_user_gives(tmp_path: Path) -> None:
    webleads("site", "add", "a.fr", data=tmp_path / "data")
    found = webleads(
        "leads", "--site", "a.fr", "--format", "csv", "--output", str(tmp_path / "leads.csv"), data=tmp_path / "data"
    )
    assert found.returncode == 0, found.stderr
    assert stat.S_IMODE((tmp_path / "leads.csv").stat().st_mode) == 0o644


def test_a_running_service_leaves_nothing_open_and_the_doctor_looks(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    service = ForkedService(data).start()
    try:
        service.post({"n": "pageview", "u": "https://a.fr/", "d": "a.fr"})
        assert {name: oct(mode) for name, mode in modes(data).items() if mode & 0o077} == {}
        (data / "secret.key").chmod(0o644)
        said = webleads("doctor", data=data)
        assert said.returncode == 1
        assert f"other users of this server can read secret.key: `chmod -R go= {data.resolve()}`" in said.stdout
    finally:
        service.stop()
    assert {name: oct(mode) for name, mode in modes(data).items() if mode & 0o077 and name != "secret.key"} == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may give files away")
def test_what_belongs_to_another_user_is_named(folder: Path) -> None:
    os.chown(folder / "webleads.sqlite", 65534, 65534)
    assert file_modes.foreign(folder) == [folder.resolve() / "webleads.sqlite"]
    file_modes.tighten(folder)
    assert file_modes.open_to_others(folder) == []
