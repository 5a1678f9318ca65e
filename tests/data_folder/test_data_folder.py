"""The small files of a data folder: whatever they hold, the service starts, or says in one line which file and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.running_service import ForkedService, webleads
from tracker import data_folder
from tracker.data_folder import FolderInUse, FolderUnusable, ServiceNote

NOTE = ServiceNote("http://127.0.0.1:8000", "key", 1)


def as_file(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content)


def as_folder(path: Path) -> None:
    path.mkdir()
    (path / "x").touch()


WRONG = {
    "empty": as_file(b""),
    "cut": as_file(b'{"url": "http://127.0.0.1:8000", "ke'),
    "garbage": as_file(b"\xff\x00\xfe" * 1000),
    "nested": as_file(b"[" * 100_000),
    "another shape": as_file(b'["url"]'),
    "wrong types": as_file(b'{"url": 1, "key": null, "pid": "x"}'),
    "another address": as_file(b'{"url": "file:///etc/passwd", "key": "k", "pid": 1}'),
    "folder": as_folder,
}


@pytest.mark.parametrize("place", WRONG.values(), ids=WRONG)
def test_a_service_note_that_is_none_is_no_note(tmp_path: Path, place: Callable[[Path], None]) -> None:
    place(tmp_path / "service.json")
    with closing(data_folder.acquire(tmp_path, data_folder.SERVICE_LOCK)):
        assert data_folder.read_service_note(tmp_path) is None


@pytest.mark.parametrize("name", ["service.json", "service.json.new"])
def test_a_service_note_that_cannot_be_written_stops_nothing(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    as_folder(tmp_path / name)
    data_folder.write_service_note(tmp_path, NOTE)
    data_folder.remove_service_note(tmp_path)
    assert "commands will not find the service" in caplog.text


def test_a_service_note_is_read_back(tmp_path: Path) -> None:
    data_folder.write_service_note(tmp_path, NOTE)
    with closing(data_folder.acquire(tmp_path, data_folder.SERVICE_LOCK)):
        assert data_folder.read_service_note(tmp_path) == NOTE


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"1" * 1_000_000, b"not a number"])
def test_garbage_in_a_lock_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "service.lock").write_bytes(content)
    with closing(data_folder.acquire(tmp_path, "service.lock")):
        (tmp_path / "service.lock").write_bytes(content)
        with pytest.raises(FolderInUse, match=r"in use by another webleads \(process "):
            data_folder.acquire(tmp_path, "service.lock")


@pytest.mark.parametrize("name", ["journal", "geo"])
def test_a_file_in_a_folders_place_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(FolderUnusable, match=rf"cannot be used: .*/{name}: File exists"):
        data_folder.prepare(tmp_path)


@pytest.mark.parametrize("name", ["service.lock", "ingest.lock"])
def test_a_folder_in_a_locks_place_is_one_line_with_the_remedy(tmp_path: Path, name: str) -> None:
    as_folder(tmp_path / name)
    said = webleads("serve", "--port", "1024", data=tmp_path)
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1, said.stderr
    assert name in said.stderr


SMALL_FILES = (
    "secret.key service.json service.json.new service.sock networks.csv geo/fetched.json geo-in-use/checked.json"
    " copies/restored.json import.lock journal/import.lock scripts"
).split()


@pytest.mark.parametrize(
    "place", [as_file(b""), as_file(b"\xff\x00{[" * 50_000), as_folder], ids=["empty", "garbage", "folder"]
)
def test_a_service_starts_and_counts_whatever_its_small_files_are(
    tmp_path: Path, place: Callable[[Path], None]
) -> None:
    data = tmp_path / "data"
    assert webleads("site", "add", "a.fr", data=data).returncode == 0
    for name in SMALL_FILES:
        path = data / name
        path.parent.mkdir(exist_ok=True)
        if not path.is_dir():
            place(path)
    service = ForkedService(data).start()
    try:
        assert service.post({"n": "pageview", "u": "https://a.fr/", "d": "a.fr"})[0] == 202
        assert json.loads(service.get("/readyz")[1])["status"] == "ready"
        assert service.get("/sign-in")[0] in {200, 302}
        assert "Traceback" not in service.log.read_text()
    finally:
        service.stop()
