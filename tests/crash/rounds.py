"""Runs rounds: an installation, traffic, one fault, recovery, and the count of what was lost or doubled."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.crash import disks, faults, kept_days
from tests.crash.faults import Scene, Skipped, Strike
from tests.crash.hostile import BODIES, Vandal
from tests.crash.installation import Installation, copy_template, make_template
from tests.crash.late import Latecomers
from tests.crash.traffic import Ledger, Traffic

_FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Kind(NamedTuple):
    """A kind of fault. `disk` mounts its disk under the data folder; `fresh` starts with a new data folder."""

    strike: Strike
    layout: str = "one"
    disk: Callable[[Path], AbstractContextManager[object]] | None = None
    fresh: bool = False
    environment: Callable[[Path], dict[str, str]] = lambda data: {}
    owner_runs: bool = True
    stops_in_time: bool = True  # with libfaketime, processes sometimes do not end


def _small(name: str, megabytes: int) -> Callable[[Path], AbstractContextManager[object]]:
    return lambda data: disks.small_disk(data / name, megabytes)


def _store_apart(data: Path) -> dict[str, str]:
    return {"WEBLEADS_EVENT_STORE_URL": f"duckdb:///{data}/store/events.duckdb"}


def _stepped_clock(data: Path) -> dict[str, str]:
    if not _FAKETIME:
        raise Skipped("libfaketime is not installed (Debian: apt-get install libfaketime)")
    clock = data.parent / f"{data.name}.clock"
    clock.write_text("+0\n")
    return {
        "LD_PRELOAD": str(_FAKETIME[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


KINDS: dict[str, Kind] = {
    "server killed": Kind(faults.kill_server),
    "worker killed": Kind(faults.kill_worker),
    "collector killed": Kind(faults.kill_collector, "pair"),
    "ingest killed": Kind(faults.kill_server, "split"),
    "clean stop": Kind(faults.stop_cleanly),
    "serve upgraded under load": Kind(faults.stop_and_start_under_load, "pair"),
    "killed in a rotation": Kind(faults.kill_in_rotation),
    "killed in a commit": Kind(faults.kill_in_commit),
    "killed in a checkpoint": Kind(faults.kill_in_checkpoint),
    "killed in the last checkpoint": Kind(faults.kill_in_checkpoint_of_stop),
    "killed in a retirement": Kind(faults.kill_in_retirement),
    "killed in a migration": Kind(faults.kill_in_migration, "pair", fresh=True, owner_runs=False),
    "killed in an upgrade": Kind(faults.kill_in_upgrade, "pair", fresh=True, owner_runs=False),
    "killed in a replay": Kind(faults.kill_in_replay),
    "torn last line": Kind(faults.tear_last_line),
    "store's log cut": Kind(faults.cut_log),
    "store's log corrupted": Kind(faults.corrupt_log),
    "clock stepped": Kind(faults.change_clock, fresh=True, environment=_stepped_clock, stops_in_time=False),
    "journal's disk full": Kind(disks.full_journal, disk=_small("journal", 8), fresh=True),
    "store's disk full": Kind(disks.full_store, disk=_small("store", 8), fresh=True, environment=_store_apart),
    "whole disk full": Kind(disks.full_disk, disk=_small(".", 16), fresh=True),
    "files may not grow": Kind(disks.limited_files, fresh=True),
    "folder read-only": Kind(disks.read_only, fresh=True),
}


@dataclass
class Outcome:
    """The result of a round. `skipped` is why there was no round; `failure` is any other failure.

    `sealed` days were compared with their events; `unequal` says of which the figures that are kept are others.
    """

    kind: str
    accepted: int = 0
    refused: int = 0
    unsure: int = 0
    unreadable: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    made_up: list[str] = field(default_factory=list)
    sealed: int = 0
    unequal: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    skipped: str = ""
    failure: str = ""

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.made_up or self.unequal or self.failure)


class Campaign:
    """Rounds on one growing data folder, or on a new one for faults that need it. Reproducible, except for timing."""

    def __init__(self, folder: Path, seed: int, kinds: list[str] | None = None) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._kinds = kinds or list(KINDS)
        self._template = make_template(folder / "template")
        self._kept = folder / "kept"
        copy_template(self._template, self._kept)
        self._everything = Ledger()
        self._unreadable: set[str] = set()

    def rounds(self, number: int) -> Iterator[Outcome]:
        """Runs every kind once, in random order, then every kind again in another order, and so on."""
        order: list[str] = []
        for turn in range(number):
            if not order:
                order = self._chance.sample(self._kinds, len(self._kinds))
            yield self._round(turn, order.pop())

    def last_look(self) -> Outcome:
        """Counts the hits of all rounds on the growing data folder once more."""
        outcome = Outcome("all rounds together")
        house = Installation(self._kept)
        house.drain()
        house.replay()
        house.seal()
        _judge(outcome, house, self._everything, self._unreadable, "r")
        return outcome

    def _round(self, turn: int, name: str) -> Outcome:
        kind, outcome = KINDS[name], Outcome(name)
        chance = random.Random(self._chance.getrandbits(64))
        prefix = f"r{turn:04d}"
        try:
            with self._house(turn, kind) as house:
                ledger, unreadable = _run(kind, house, chance, prefix, outcome)
                _judge(outcome, house, ledger, unreadable, prefix)
                if not kind.fresh:
                    self._everything.add(ledger)
                    self._unreadable |= unreadable
        except Skipped as reason:
            outcome.skipped = str(reason)
        except AssertionError as problem:
            outcome.failure = str(problem)
        return outcome

    @contextmanager
    def _house(self, turn: int, kind: Kind) -> Iterator[Installation]:
        data = self._folder / f"fresh{turn:04d}" if kind.fresh else self._kept
        with kind.disk(data) if kind.disk else nullcontext():
            if kind.fresh:
                copy_template(self._template, data)
            house = Installation(data, kind.layout, **kind.environment(data))
            try:
                yield house
            finally:
                house.kill()


def _run(
    kind: Kind, house: Installation, chance: random.Random, prefix: str, outcome: Outcome
) -> tuple[Ledger, set[str]]:
    """Traffic over fault and recovery; gives what became of the hits, and which lines were unreadable, once all is still."""
    if kind.owner_runs:
        house.start()
    else:
        assert house.collect is not None
        house.collect.start()
    traffic, vandal = Traffic(house.port, prefix, hostile=BODIES), Vandal(house.journal, prefix)
    late = Latecomers(house.journal, prefix, random.Random(chance.getrandbits(64)))
    vandal.start()
    late.start()
    scene = Scene(house, chance, traffic)
    try:
        scene.accepts_again()
        kind.strike(scene)
        house.start()
        scene.accepts_again()
        time.sleep(chance.uniform(0, 0.3))
    finally:
        vandal.finish()
        late.finish()
        ledger = traffic.finish()
    ledger.add(vandal.ledger)
    ledger.add(late.ledger)
    seconds = house.stop()
    outcome.said += scene.said
    if seconds > faults.STOP_SECONDS and kind.stops_in_time:
        outcome.failure = f"a clean stop took {seconds:.1f} s"
    return ledger, vandal.unreadable


def _judge(outcome: Outcome, house: Installation, ledger: Ledger, unreadable: set[str], prefix: str) -> None:
    stored, kept = house.stored(prefix), house.quarantined(prefix)
    if any(stored[path] == 0 for path in ledger.accepted) or unreadable - kept.keys():
        house.drain()
        stored, kept = house.stored(prefix), house.quarantined(prefix)
    outcome.unreadable = len(unreadable)
    outcome.lost = sorted(unreadable - kept.keys())
    outcome.doubled = sorted(words for words, times in kept.items() if times > 1)
    outcome.accepted, outcome.refused, outcome.unsure = map(len, (ledger.accepted, ledger.refused, ledger.unsure))
    outcome.lost += sorted(path for path in ledger.accepted if stored[path] == 0)
    outcome.doubled += sorted(path for path, times in stored.items() if times > 1)
    outcome.made_up = sorted(stored.keys() - ledger.accepted - ledger.unsure)
    outcome.sealed, outcome.unequal = kept_days.compare(house.store)
    if wrong := house.disagreements():
        outcome.failure = "; ".join(wrong)


def table(outcomes: list[Outcome]) -> str:
    """Rounds by kind of fault, with what was accepted, lost and doubled."""
    lines = [
        f"{'fault':<30}{'rounds':>7}{'accepted':>10}{'refused':>9}{'lost':>6}{'doubled':>9}{'made up':>9}{'days':>7}{'unequal':>9}  notes"
    ]
    row = partial("{:<30}{:>7}{:>10}{:>9}{:>6}{:>9}{:>9}{:>7}{:>9}  {}".format)
    for name in dict.fromkeys(outcome.kind for outcome in outcomes):
        of_kind = [outcome for outcome in outcomes if outcome.kind == name]
        said = Counter(
            words for one in of_kind for words in (*one.said, one.skipped and f"skipped: {one.skipped}") if words
        )
        failed = sum(bool(one.failure) for one in of_kind)
        notes = ([f"{failed} FAILED"] if failed else []) + [f"{words} ×{times}" for words, times in said.most_common(3)]
        counts = [sum(len(getattr(one, what)) for one in of_kind) for what in ("lost", "doubled", "made_up", "unequal")]
        counts.insert(3, sum(one.sealed for one in of_kind))
        accepted, refused = sum(one.accepted for one in of_kind), sum(one.refused for one in of_kind)
        lines.append(row(name, len(of_kind), accepted, refused, *counts, ", ".join(notes)))
    return "\n".join(lines)
