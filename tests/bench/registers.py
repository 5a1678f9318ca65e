"""A made-up SIRENE as large as asked: how long its import takes, its memory and disk, and how long look-ups take."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.made_register import RegisterMaker
from tracker.reference.registers.matching import Asked, match
from tracker.reference.registers.registers import file_of
from tracker.reference.registers.store import RegisterStore

_LEADS = 10_000
_NAMES = ("Atelier {} Services", "{} SAS", "Groupe {}", "Transports {}", "Commune de {}", "{}")
_STEMS = ("Martin", "Dubois", "Alpha", "Papillon", "Orion", "Horizon", "du Lac", "Azur", "Saint Michel", "Mercier")


def figures(folder: Path, units: int) -> Iterator[Figure]:
    """Returns the figures of a register of so many legal units, with 1.4 establishments each."""
    paths = RegisterMaker().make(folder / "published", units)
    data = folder / "data"
    begun = time.monotonic()
    # A process of its own, not a fork of the tests', so that its memory is its own.
    command = [
        sys.executable,
        "-m",
        "tracker.cli",
        "registers",
        "import",
        "sirene",
        *map(str, paths),
        "--data",
        str(data),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    assert done.returncode == 0, done.stderr
    target = file_of(data / "registers", "sirene")
    what = f"register of {units:,} companies"
    yield Figure(f"{what}, import", seconds, "s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    yield Figure(f"{what}, memory of the import at its peak", peak, "MB", at_most=1000)
    yield Figure(f"{what}, size on disk", target.stat().st_size / 1e6, "MB")
    store = RegisterStore("sirene", target)
    edition = store.edition()
    assert edition is not None
    yield Figure(f"{what}, establishments", edition.places, "")
    for path in paths:  # of a register ten times as large they take the disk that is needed for what follows
        path.unlink()
    begun = time.perf_counter()
    for number in range(_LEADS):
        store.entry(str(900_000_001 + number * 7))
    yield Figure(f"{what}, look-up by number", (time.perf_counter() - begun) / _LEADS * 1e6, "µs")
    asked = [
        Asked(
            f"{_NAMES[number % len(_NAMES)].format(_STEMS[number % len(_STEMS)])} {number // 60 or ''}", "FR", "Nantes"
        )
        for number in range(_LEADS)
    ]
    times = []
    for one in asked:
        begun = time.perf_counter()
        match(store, one)
        times.append(time.perf_counter() - begun)
    yield Figure(f"{what}, matching {_LEADS:,} leads", sum(times), "s", at_most=10)
    yield Figure(f"{what}, matching a lead, 99th percentile", sorted(times)[int(_LEADS * 0.99)] * 1000, "ms", at_most=5)
