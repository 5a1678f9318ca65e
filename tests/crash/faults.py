"""The faults: each is applied to a running installation under traffic, which must then recover by itself."""

from __future__ import annotations

import gzip
import os
import random
import signal
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.crash.installation import Installation
from tests.crash.traffic import Traffic
from tests.crash.watching import CREATE, DELETE, MODIFY, MOVED_TO, FolderWatch
from tests.running_service import webleads

# The longest that a clean stop may take.
STOP_SECONDS = 10.0

# A small event store as version 1 left it, and how often its rows are repeated.
_VERSION_1 = Path(__file__).parents[1] / "store/duckdb/version_1.duckdb.gz"
_VERSION_2 = Path(__file__).parents[1] / "upgrade/issue_10.tar.xz"
_COPIES = 1000


class Skipped(Exception):
    """The fault is not possible on this machine; the message says why."""


@dataclass
class Scene:
    """What a fault is applied to. `said` collects lines for the table."""

    house: Installation
    chance: random.Random
    traffic: Traffic
    said: list[str] = field(default_factory=list)

    def pause(self, least: float, most: float) -> None:
        time.sleep(self.chance.uniform(least, most))

    def wait_for(self, happened: Callable[[], bool], seconds: float = 30.0) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if happened():
                return True
            time.sleep(0.02)
        return False

    def accepts_again(self) -> None:
        """Waits until more hits are accepted than now."""
        before = self.traffic.accepted()
        assert self.wait_for(lambda: self.traffic.accepted() > before + 5), "hits are not accepted again"


Strike = Callable[[Scene], None]


def kill_server(scene: Scene) -> None:
    scene.pause(0.05, 0.9)
    scene.house.owner.kill()


def kill_worker(scene: Scene) -> None:
    """Kills the collecting or the storing process. Its parent starts another."""
    scene.pause(0.05, 0.9)
    worker = scene.chance.choice(_python_workers(scene.house.owner.workers()))
    os.kill(worker, signal.SIGKILL)
    assert scene.wait_for(lambda: not Path(f"/proc/{worker}").exists() or _is_zombie(worker))


def kill_collector(scene: Scene) -> None:
    """Kills one of two collecting workers, or their parent."""
    assert scene.house.collect is not None
    scene.pause(0.05, 0.9)
    if scene.chance.random() < 0.5:
        os.kill(scene.chance.choice(_python_workers(scene.house.collect.workers())), signal.SIGKILL)
    else:
        scene.house.collect.kill()
    scene.pause(0.1, 0.3)


def stop_cleanly(scene: Scene) -> None:
    scene.pause(0.05, 0.9)
    seconds = scene.house.owner.stop()
    scene.said.append(f"stopped in {seconds:.1f} s")
    assert seconds <= STOP_SECONDS, f"a clean stop took {seconds:.1f} s"


def stop_and_start_under_load(scene: Scene) -> None:
    """Stops `serve`, as for an upgrade, while collectors continue. No hit may be refused."""
    stop_cleanly(scene)
    scene.accepts_again()
    scene.house.owner.start()
    assert scene.traffic.refused() == 0


def kill_in_rotation(scene: Scene) -> None:
    _kill_when(scene, scene.house.journal, CREATE, ".jsonl", 0.0005)


def kill_in_commit(scene: Scene) -> None:
    _kill_when(scene, scene.house.store.parent, MODIFY | CREATE, ".wal", 0.003)


def kill_in_checkpoint(scene: Scene) -> None:
    """Kills during a checkpoint, which alone writes the database file. The next one comes before segments are deleted."""
    _kill_when(scene, scene.house.store.parent, MODIFY, scene.house.store.name, 0.004)


def kill_in_checkpoint_of_stop(scene: Scene) -> None:
    """Kills during the checkpoint at the end of a clean stop."""
    scene.pause(0.3, 0.9)
    watch = FolderWatch(scene.house.store.parent, events=MODIFY)
    workers = _python_workers(scene.house.owner.workers())
    os.kill(scene.house.owner.pid, signal.SIGTERM)
    seen = watch.wait_for(scene.house.store.name, seconds=STOP_SECONDS)
    watch.close()
    time.sleep(scene.chance.uniform(0, 0.004))
    for worker in workers:
        if Path(f"/proc/{worker}").exists():
            os.kill(worker, signal.SIGKILL)
    scene.house.owner.kill()
    scene.said.append("hit" if seen else "missed")


def kill_in_retirement(scene: Scene) -> None:
    _kill_when(scene, scene.house.journal, DELETE, ".jsonl", 0.0005)


def kill_in_migration(scene: Scene) -> None:
    """Kills while the event store is created and hits wait for it."""
    house = scene.house
    house.owner.stop()
    for file in house.store.parent.glob(f"{house.store.name}*"):
        raise AssertionError(f"{file} is there before the first start")
    scene.accepts_again()
    watch = FolderWatch(house.store.parent, events=CREATE | MODIFY | MOVED_TO)
    house.owner.spawn()
    seen = watch.wait_for(house.store.name, f"{house.store.name}.wal", seconds=60)
    watch.close()
    time.sleep(scene.chance.uniform(0, 0.05))
    house.owner.kill()
    scene.said.append("hit" if seen else "missed")


def kill_in_upgrade(scene: Scene) -> None:
    """Kills while a large event store of an earlier version is migrated and hits wait for it."""
    house = scene.house
    house.owner.stop()
    version, content = scene.chance.choice(list(_earlier_stores()))
    house.store.write_bytes(content)
    with duckdb.connect(str(house.store)) as database:
        database.execute("DELETE FROM events WHERE pageviews = 0 OR site = 'late.fr'")
        database.execute(
            "INSERT INTO events SELECT * EXCLUDE (copy) REPLACE (xor(visit_id, copy) AS visit_id)"
            f" FROM events, range(1, {_COPIES}) copies(copy)"
        )
    scene.accepts_again()
    watch = FolderWatch(house.store.parent, events=CREATE | MODIFY)
    house.owner.spawn()
    seen = watch.wait_for(house.store.name, f"{house.store.name}.wal", seconds=60)
    watch.close()
    time.sleep(scene.chance.uniform(0, 0.5))
    # All processes at once: a worker deep in the engine would not see for a while that its parent is gone.
    os.killpg(house.owner.pid, signal.SIGKILL)
    house.owner.kill()
    scene.wait_for(lambda: _version_of(house.store) is not None)
    scene.said.append("hit" if seen and _version_of(house.store) == version else "missed")


def _earlier_stores() -> Iterator[tuple[int, bytes]]:
    """A store's file of each earlier version, by its number."""
    yield 1, gzip.decompress(_VERSION_1.read_bytes())
    with tarfile.open(_VERSION_2) as archive:
        file = archive.extractfile("data/events.duckdb")
        assert file is not None
        yield 2, file.read()


def _version_of(store: Path) -> int | None:
    """The store's version; None while a process that was killed is still ending."""
    try:
        with duckdb.connect(str(store), read_only=True) as database:
            return int(database.execute("SELECT version FROM schema_version").fetchall()[0][0])
    except duckdb.IOException:
        return None


def kill_in_replay(scene: Scene) -> None:
    """Kills while the quarantine is put back into the journal."""
    house = scene.house
    scene.wait_for(lambda: bool(house.quarantined()))
    watch = FolderWatch(house.journal, events=MOVED_TO)
    asking = threading.Thread(target=webleads, args=("quarantine", "replay"), kwargs={"data": house.data})
    asking.start()
    seen = watch.wait_for("-000001.jsonl", seconds=20)
    watch.close()
    time.sleep(scene.chance.uniform(0, 0.3))
    house.owner.kill()
    asking.join()
    scene.said.append("hit" if seen else "missed")


def tear_last_line(scene: Scene) -> None:
    """Leaves half a line at the end of a segment, as a crash during a write does."""
    scene.pause(0.05, 0.9)
    scene.house.owner.kill()
    segments = sorted(scene.house.journal.glob("*.jsonl"))
    if not segments:
        raise Skipped("there was no segment at that moment")
    with open(segments[-1], "ab") as file:
        file.write(
            b'{"received_at":"2026-11-16T09:00:00Z","ip":"198.51.0.1","event":{"n":"pagev'[
                : scene.chance.randint(1, 70)
            ]
        )


def cut_log(scene: Scene) -> None:
    """Cuts off the end of the event store's log."""
    log = _log_of_a_killed_service(scene)
    size = log.stat().st_size
    os.truncate(log, scene.chance.randint(0, max(size - 1, 0)))


def corrupt_log(scene: Scene) -> None:
    """Changes a few bytes of the event store's log."""
    log = _log_of_a_killed_service(scene)
    content = bytearray(log.read_bytes())
    for _ in range(scene.chance.randint(1, 4)):
        if content:
            content[scene.chance.randrange(len(content))] ^= 0xFF
    log.write_bytes(content)


def change_clock(scene: Scene) -> None:
    """Sets the service's clock an hour back, then forward, and then further forward."""
    clock = Path(scene.house.environment["FAKETIME_TIMESTAMP_FILE"])
    for offset in scene.chance.choice((("-3600", "+0"), ("+3600", "+0"), ("-3600", "+3600"))):
        scene.pause(0.2, 0.6)
        replacement = clock.with_suffix(".new")
        replacement.write_text(f"{offset}\n")
        replacement.replace(clock)
        time.sleep(1.1)  # the clock is read once a second
        scene.accepts_again()


def _kill_when(scene: Scene, folder: Path, events: int, ending: str, at_most: float) -> None:
    scene.pause(0.0, 0.5)
    watch = FolderWatch(folder, events=events)
    seen = watch.wait_for(ending, seconds=15)
    watch.close()
    time.sleep(scene.chance.uniform(0, at_most))
    scene.house.owner.kill()
    scene.said.append("hit" if seen else "missed")


def _log_of_a_killed_service(scene: Scene) -> Path:
    log = scene.house.store.with_name(f"{scene.house.store.name}.wal")
    scene.pause(0.3, 1.0)
    scene.wait_for(lambda: log.exists() and log.stat().st_size > 2000, seconds=10)
    scene.house.owner.kill()
    if not log.exists():
        raise Skipped("there was no log at that moment")
    return log


def _python_workers(pids: list[int]) -> list[int]:
    """The workers, without the helper process that multiprocessing may keep."""
    return [pid for pid in pids if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
