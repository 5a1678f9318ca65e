"""A real service with a damaged app database: hits are taken from the first moment, and it is restored or says why not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running_service import ForkedService, RunningService, _environment, webleads

SITE = "blog.exemple.fr"
HIT = {"n": "pageview", "u": f"https://{SITE}/", "d": SITE}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert webleads("site", "add", SITE, data=folder).returncode == 0
    return folder


@pytest.fixture
def service(data: Path) -> Iterator[RunningService]:
    running = ForkedService(data)
    yield running
    if running._process is not None:
        running.stop()


def until(condition: Callable[[], Any], seconds: float = 180) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not come true")


def copies(data: Path) -> list[Path]:
    return list((data / "copies").glob("*.sqlite"))


def pageviews(data: Path) -> int:
    query = '{"metrics": ["pageviews"], "date_range": "today"}'
    found = webleads("query", "--site", SITE, query, data=data)
    return int(json.loads(found.stdout)["results"][0]["metrics"][0]) if found.returncode == 0 else -1


def damage(data: Path) -> None:
    (data / "webleads.sqlite").write_bytes(os.urandom(40_000))


def test_a_start_restores_it_and_counts_on(service: RunningService, data: Path) -> None:
    service.start()
    until(lambda: copies(data))
    service.kill()
    damage(data)
    service.start()
    assert service.post(HIT)[0] == 202
    until(lambda: pageviews(data) == 1)
    (note,) = json.loads(service.get("/readyz")[1])["notes"]
    assert "restored on" in note
    assert "restored on" in webleads("doctor", data=data).stdout


def test_damage_while_it_runs_is_mended_without_a_restart(service: RunningService, data: Path) -> None:
    service.start()
    until(lambda: copies(data))
    until(lambda: not (data / "webleads.sqlite-wal").exists() or (data / "webleads.sqlite-wal").stat().st_size == 0)
    keeper = (data / "ingest.lock").read_text()
    (data / "webleads.sqlite").unlink()
    assert service.post(HIT)[0] == 202
    until(lambda: json.loads(service.get("/readyz")[1])["notes"])
    until(lambda: pageviews(data) == 1)
    assert (data / "ingest.lock").read_text() == keeper


def test_without_a_copy_hits_are_kept_until_it_is_mended(service: RunningService, data: Path) -> None:
    backup = (data / "webleads.sqlite").read_bytes()
    damage(data)
    with open(service.log, "ab") as log:
        service._process = subprocess.Popen(
            [sys.executable, "-m", "tracker.cli", "serve", "--data", str(data), "--port", str(service.port)],
            stdout=log,
            stderr=log,
            env=_environment({}),
        )
    until(lambda: service.post(HIT)[0] == 202)
    said = until(lambda: json.loads(service.get("/readyz")[1])["problems"].get("databases"))
    assert "no good copy of it" in said
    assert "put a backup in its place" in service.log.read_text()
    assert "no good copy of it" in webleads("doctor", data=data).stdout
    assert "Traceback" not in service.log.read_text()
    assert service.get("/")[0] == 503
    (data / "webleads.sqlite").write_bytes(backup)
    until(lambda: pageviews(data) >= 1)


def test_a_service_apart_from_its_collector_refuses_in_one_line(data: Path) -> None:
    damage(data)
    said = webleads("serve", "--no-collect", "--port", "1025", data=data)
    assert said.returncode == 2
    assert "no good copy of it" in said.stderr
    assert said.stderr.count("\n") == 1


@pytest.mark.skipif(
    shutil.which("mount") is None or os.geteuid() != 0, reason="only the superuser may mount a small disk"
)
def test_a_full_disk_leaves_what_reads_and_heals_by_itself(tmp_path: Path) -> None:
    data = tmp_path / "disk"
    data.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(data)], check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    service = ForkedService(data)
    try:
        assert webleads("site", "add", SITE, data=data).returncode == 0
        service.start()
        until(lambda: copies(data))
        ballast = data / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65_536))
            except OSError:
                pass
        assert service.post(HIT)[0] == 503
        assert service.get("/sign-in")[0] in {200, 302}
        ballast.unlink()
        until(lambda: service.post(HIT)[0] == 202)
        until(lambda: pageviews(data) >= 1)
        assert len(copies(data)) == 1
    finally:
        if service._process is not None:
            service.stop()
        subprocess.run(["umount", "--lazy", str(data)], check=False)
