"""Faults of the disk: full, limited, or read-only for a while. A fault that the machine does not allow is skipped."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.crash.faults import Scene, Skipped, _python_workers
from tests.crash.installation import run_quietly

_BALLAST = "ballast"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mounts a small disk in memory on a folder. Raises Skipped when this user may not mount."""
    folder.mkdir(parents=True, exist_ok=True)
    if not run_quietly("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)):
        raise Skipped("this user may not mount a small disk")
    try:
        yield folder
    finally:
        if not run_quietly("umount", str(folder)):
            run_quietly("umount", "--lazy", str(folder))


def fill(folder: Path) -> None:
    """Fills a disk to the last byte."""
    with open(folder / _BALLAST, "ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65_536))
    with open(folder / _BALLAST, "ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))


def full_journal(scene: Scene) -> None:
    """Hits are refused with 503 while the disk of the journal is full, and accepted again by themselves."""
    disk = scene.house.journal
    scene.pause(0.1, 0.5)
    fill(disk)
    _is_refused_and_said(scene)
    (disk / _BALLAST).unlink()
    scene.accepts_again()


def full_store(scene: Scene) -> None:
    """Hits are accepted and wait in the journal while the disk of the store is full."""
    disk = scene.house.store.parent
    scene.pause(0.1, 0.5)
    fill(disk)
    scene.accepts_again()
    said = scene.wait_for(lambda: "ingest" in str(scene.house.owner.readiness()["problems"]), seconds=20)
    scene.said.append("said by /readyz" if said else "the store had room left")
    scene.accepts_again()
    (disk / _BALLAST).unlink()
    scene.pause(0.5, 1.0)


def full_disk(scene: Scene) -> None:
    """Everything is on one disk, which is full."""
    disk = scene.house.data
    scene.pause(0.1, 0.5)
    fill(disk)
    _is_refused_and_said(scene)
    scene.pause(0.2, 0.6)
    (disk / _BALLAST).unlink()
    scene.accepts_again()


def limited_files(scene: Scene) -> None:
    """No file may grow, by a limit on the running processes. It is like a full disk, without the right to mount."""
    workers = [pid for role in scene.house.roles() for pid in _python_workers(role.workers())]
    scene.pause(0.1, 0.5)
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in workers}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (scene.chance.randint(100, 4000), hard))
    refused = scene.traffic.refused()
    assert scene.wait_for(lambda: scene.traffic.refused() > refused + 5), "hits are accepted that cannot be kept"
    scene.pause(0.2, 1.0)
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    scene.accepts_again()


def read_only(scene: Scene) -> None:
    """No file can be created in the data folder for a while. A start in that time says so in one line."""
    house = scene.house
    scene.pause(0.1, 0.5)
    with _sealed(house.data, house.journal):
        _is_refused_and_said(scene)
        scene.house.owner.kill()
        house.owner.spawn()
        assert scene.wait_for(lambda: not house.owner.is_running(), seconds=60), "it runs on a folder it cannot write"
        last = house.owner.tail().strip().splitlines()[-1]
        assert "cannot be written" in last or "cannot be used" in last, last


@contextmanager
def _sealed(*folders: Path) -> Iterator[None]:
    """Makes folders read-only by the file system, since root ignores file modes."""
    root = os.geteuid() == 0
    for folder in folders:
        if root and not run_quietly("chattr", "+i", str(folder)):
            raise Skipped("this file system cannot seal a folder from root")
        if not root:
            folder.chmod(0o500)
    try:
        yield
    finally:
        for folder in folders:
            if root:
                run_quietly("chattr", "-i", str(folder))
            else:
                folder.chmod(0o700)


def _is_refused_and_said(scene: Scene) -> None:
    refused = scene.traffic.refused()
    assert scene.wait_for(lambda: scene.traffic.refused() > refused + 5), "hits are accepted that cannot be kept"
    said = scene.wait_for(lambda: "journal" in str(scene.house.owner.readiness()["problems"]), seconds=20)
    assert said, f"/readyz does not say it: {scene.house.owner.readiness()}"
