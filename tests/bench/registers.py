"""A made-up SIRENE as large as asked: how long its import takes, its memory and disk, and how long look-ups take.

The import is timed by the clock, look-ups by the processor, so that neighbours on the machine do not count.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figure import Figure
from tests.databases import new_app_database
from tests.made_register import RegisterMaker
from tracker.leads.registers.kept import kept_facts
from tracker.leads.registers.matching import Question, keep_matches
from tracker.reference.registers.matching import Asked, match
from tracker.reference.registers.registers import Registers, file_of
from tracker.reference.registers.store import RegisterStore
from tracker.sites.sites import add_site
from tracker.stats.dimensions import Dimension

_LEADS = 10_000
_FIRST = 900_000_000
_NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
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
    numbers = [str(_FIRST + 1 + number * (units // _LEADS)) for number in range(_LEADS)]
    begun = time.thread_time()
    entries = [store.entry(number) for number in numbers]
    yield Figure(f"{what}, look-up by number", (time.thread_time() - begun) / _LEADS * 1e6, "µs")
    # Every other lead has the name and town of a company of the register, which has namesakes; the others have one of their own.
    asked = [
        Asked(entry.name.title(), "FR", entry.seat.town.title())
        if entry and number % 2
        else Asked(f"{_NAMES[number % 6].format(_STEMS[number % 10])} {number}", "FR", "Nantes")
        for number, entry in enumerate(entries)
    ]
    times = []
    for one in asked:
        begun = time.thread_time()
        match(store, one)
        times.append(time.thread_time() - begun)
    yield Figure(f"{what}, matching a lead, 99th percentile", sorted(times)[int(_LEADS * 0.99)] * 1000, "ms", at_most=5)
    yield from _of_a_site(
        folder, data, what, {f"{one.name} {number}": Question(one) for number, one in enumerate(asked)}
    )


def _of_a_site(folder: Path, data: Path, what: str, asked: dict[str, Question]) -> Iterator[Figure]:
    """The same for a site of so many companies: all matches made and kept, read, filtered and searched."""
    database, registers = new_app_database(folder / "app.sqlite"), Registers(data / "registers")
    add_site(database, "blog.exemple.fr", now=_NOW)
    begun = time.thread_time()
    keep_matches(database, 1, registers, asked, now=_NOW)
    yield Figure(f"{what}, matching and keeping {_LEADS:,} leads", time.thread_time() - begun, "s", at_most=10)
    new = dict(asked) | {"Papillon": Question(Asked("Papillon", "FR", "Lyon"))}
    begun = time.thread_time()
    keep_matches(database, 1, registers, new, now=_NOW, only=["Papillon"])
    yield Figure(f"{what}, one more lead of a site that has them", (time.thread_time() - begun) * 1000, "ms")
    begun = time.thread_time()
    facts = kept_facts(database, 1)
    yield Figure(
        f"{what}, reading the facts of {len(facts.by_name):,} leads", (time.thread_time() - begun) * 1000, "ms"
    )
    begun = time.thread_time()
    facts.values(Dimension.COMPANY_SECTOR)
    yield Figure(f"{what}, filtering them by sector", (time.thread_time() - begun) * 1000, "ms")
    begun = time.thread_time()
    facts.found("informatique", "fr")
    yield Figure(f"{what}, searching them", (time.thread_time() - begun) * 1000, "ms", at_most=300)
    database.close()
