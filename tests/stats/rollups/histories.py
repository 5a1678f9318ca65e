"""Random histories of sites: visits in the order in which they came, with what came late and what was taken back."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.stats.conftest import EMPTY
from tracker.store.batch import Batch
from tracker.store.schema import EVENT_COLUMNS

ZONES = ["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Australia/Lord_Howe", "UTC"]
# Around both changes of Paris' clocks, those of Auckland and Lord Howe, and over the end of a month and of a year.
STARTS = [
    date(2026, 3, 27),
    date(2026, 10, 23),
    date(2026, 4, 3),
    date(2026, 9, 25),
    date(2026, 12, 29),
    date(2026, 6, 29),
]
DAYS = 3
# The days from one history of a chain to the next.
APART = 7
_PATHS = ["/a", "/b", "/c", None]
_NAMES = ["pageview", "pageview", "pageview", "engagement", "engagement", "Signup"]


@dataclass
class History:
    """A site's batches one after another, and the days that they are of."""

    seed: int
    site: str
    zone: ZoneInfo
    first: date
    batches: list[Batch]
    # Whether each event says if its visitor's id lasts, as all do since version 3.
    tells: bool = True


def history(seed: int, *, among: Chain | None = None) -> History:
    """The history that a seed stands for, on a site of its own or as the next one of a chain."""
    chance = random.Random(seed)
    one = History(seed, f"site-{seed}.example", ZoneInfo(chance.choice(ZONES)), chance.choice(STARTS), [])
    one.tells = chance.random() < 0.5
    if among is not None:
        one.site, one.zone, one.tells = among.site, among.zone, among.tells
        one.first = among.first + timedelta(days=len(among.histories) * APART)
    visits = [_visit(chance, one, number) for number in range(chance.randint(1, 14))]
    # A visit's events come in the order in which they were counted, its first one first.
    rows = [
        row for _, row in sorted(((at, row) for visit in visits for at, row in _arrivals(chance, visit)), key=_first)
    ]
    cuts = sorted(chance.randint(0, len(rows)) for _ in range(chance.randint(0, 2)))
    gone: set[int] = set()
    for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        taken_back = [chance.choice(visits)[0]["visit_id"]] if start and chance.random() < 0.3 else []
        gone.update(taken_back)
        kept = [row for row in rows[start:end] if row["visit_id"] not in gone]
        columns = {name: [row[name] for row in kept] for name in EVENT_COLUMNS} if kept else {}
        one.batches.append(Batch(columns, retracted=taken_back))
    return one


@dataclass
class Chain:
    """Histories of one site, a week apart, so that the days of all of them are counted together.

    Each step adds the batches of that number of all of them, as one.
    """

    site: str
    zone: ZoneInfo
    first: date
    tells: bool
    histories: list[History] = field(default_factory=list)

    @property
    def steps(self) -> list[Batch]:
        longest = max(len(one.batches) for one in self.histories)
        return [
            _together([one.batches[step] for one in self.histories if step < len(one.batches)])
            for step in range(longest)
        ]

    @property
    def end(self) -> date:
        """The day after the last one that may have events."""
        return self.histories[-1].first + timedelta(days=DAYS + 1)


def chain(first: int, number: int) -> Chain:
    """The histories of so many seeds on one site. Its zone's clock changes within them, or a year ends, or a month does."""
    chance = random.Random(f"chain {first}")
    start = chance.choice(STARTS) - timedelta(days=APART * chance.randrange(number))
    one = Chain(f"chain-{first}.example", ZoneInfo(chance.choice(ZONES)), start, tells=chance.random() < 0.8)
    for seed in range(first, first + number):
        one.histories.append(history(seed, among=one))
    return one


def _together(batches: Sequence[Batch]) -> Batch:
    added = [batch.columns for batch in batches if batch.columns]
    columns = {name: [value for one in added for value in one[name]] for name in EVENT_COLUMNS} if added else {}
    return Batch(columns, retracted=[visit for batch in batches for visit in batch.retracted])


def _arrivals(chance: random.Random, visit: list[dict[str, Any]]) -> list[tuple[float, dict[str, Any]]]:
    return list(zip(sorted(chance.random() for _ in visit), visit, strict=True))


def _first(pair: tuple[float, Any]) -> float:
    return pair[0]


def _visit(chance: random.Random, of: History, number: int) -> list[dict[str, Any]]:
    """One visit's rows with the amounts that ingest gives them; each visit's facts may differ from row to row, as a title."""
    begun = datetime.combine(of.first, datetime.min.time(), of.zone).astimezone(UTC)
    begun += timedelta(
        seconds=chance.choice([chance.randint(0, DAYS * 86_400), chance.randint(0, DAYS) * 86_400 - 600])
    )
    consented = chance.choice([False, False, True, False if of.tells else None])
    person = chance.randint(1, 3)
    # An id that lasts, or one of the local day on which the visit began; of old rows nobody knows which it is.
    lasts = consented is True or (consented is None and chance.random() < 0.5)
    day = begun.astimezone(of.zone).date()
    visitor = person if lasts else person * 10**7 + day.toordinal()
    facts = {
        "site": of.site,
        "visitor_id": visitor + of.seed * 10**10,
        "visit_id": number + 1 + of.seed * 100,
        "consented": consented,
        "source": chance.choice([None, "Google", "LinkedIn"]),
        "country": chance.choice(["FR", "BE"]),
        "device": chance.choice(["desktop", "mobile", None]),
        "network_kind": chance.choice(["business", "isp"]),
        "entry_page": "/a",
    }
    company = chance.choice([None, None, "Alpha", "Beta"])
    rows: list[dict[str, Any]] = []
    age, first, last, pages = 0, 0, 0, 0
    for step in range(chance.randint(1, 7)):
        longest = 40_000 if lasts and chance.random() < 0.1 else 1_790
        age += 0 if step == 0 else chance.choice([0, chance.randint(1, longest)])
        if step == 1 and chance.random() < 0.1:
            age = -chance.randint(1, 1_700)
        name = "pageview" if step == 0 and chance.random() < 0.8 else chance.choice(_NAMES)
        if chance.random() < 0.15:
            company = chance.choice(["Beta", "Gamma"])
        row = (
            EMPTY
            | facts
            | {
                "name": name,
                "occurred_at": int((begun + timedelta(seconds=age)).timestamp()) * 1_000_000
                + chance.choice([0, 250_000]),
                "path": chance.choice(_PATHS[: 2 + chance.randint(0, 2)]),
                "company": company,
                "visits": int(step == 0),
                "visit_seconds": max(0, age - last, first - age),
                "visit_age_seconds": age,
            }
        )
        first, last = min(first, age), max(last, age)
        if name == "pageview":
            pages += 1
            row |= {"pageviews": 1, "bounces": {1: 1, 2: -1}.get(pages, 0)}
        elif name == "engagement":
            row |= {
                "engaged_ms": chance.randint(0, 9_000),
                "scroll_depth": chance.choice([None, chance.randint(0, 100)]),
            }
        rows.append(row)
    return rows
