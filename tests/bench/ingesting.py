"""Ingest alone, by step: from journal lines to rows in DuckDB. 5,000 IPs, 50 agents, real-size geo databases."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.figure import Figure
from tests.bench.geo import provide_geo
from tests.bench.hits import SITE, distinct_hits, make_hits
from tracker import data_folder
from tracker.clock import utc_now
from tracker.enrichment.drops import Drop
from tracker.enrichment.event import Event
from tracker.enrichment.geo.databases import Databases
from tracker.enrichment.pipeline import Enricher
from tracker.enrichment.site_rules import SiteRules
from tracker.hit import Hit, encode_line
from tracker.hit.plain import AnyHit
from tracker.ingest.columns import columns_of_batch
from tracker.ingest.gc_tuning import collect_less_often
from tracker.ingest.journal_line import read_lines
from tracker.ingest.visits.assign import Arrival, Visits
from tracker.ingest.visits.visitor_ids import Identity
from tracker.journal import Journal
from tracker.service.databases import open_databases
from tracker.service.huge_pages import HugePages
from tracker.service.ingesting import build_ingest
from tracker.settings import load_settings
from tracker.sites.sites import add_site
from tracker.store.batch import Batch
from tracker.store.engines import open_event_store

_EVENTS = 200_000
_BATCH = 20_000
_AT_ONCE = 500
_DISTINCT = 100_000


class Taken(NamedTuple):
    """How long something took, in seconds: of wall-clock time, and of the whole process's CPU time."""

    wall: float
    cpu: float

    def __add__(self, other: Taken) -> Taken:  # type: ignore[override]
        return Taken(self.wall + other.wall, self.cpu + other.cpu)

    def figures(self, what: str, times: int, unit: str, *, at_most: float | None = None) -> Iterator[Figure]:
        """Returns a row for each clock, in microseconds for each of `times`."""
        yield Figure(what, self.wall / times * 1e6, unit, at_most=at_most)
        yield Figure(f"{what}: CPU", self.cpu / times * 1e6, unit)


class Clocks:
    """Both clocks, started when it is created."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> Taken:
        return Taken(time.perf_counter() - self._wall, time.process_time() - self._cpu)


def figures(folder: Path) -> Iterator[Figure]:
    """Returns microseconds an event: of the whole loop, of each step, and of enriching distinct hits cold and warm.

    Each is also given as CPU time of all the process's threads, which a busy machine changes less.
    """
    provide_geo(folder / "geo")
    hits = make_hits(_EVENTS, people=5_000, kinds_of_agent=50)
    yield from _start(folder)
    yield from _whole(folder, hits)
    yield from _steps(folder, hits)
    yield from _distinct(folder)


def _start(folder: Path) -> Iterator[Figure]:
    """The lists that a process loads with its first hit, whatever number of hits then comes."""
    one, enricher = make_hits(1, people=1, kinds_of_agent=1)[0], Enricher(Databases.open(folder / "geo"))
    clocks = Clocks()
    enricher.enrich(one, SiteRules(SITE, hosts=frozenset({SITE})))
    yield Figure("enrichment's lists, once a process: CPU", clocks.read().cpu, "s")


def _whole(folder: Path, hits: list[Hit]) -> Iterator[Figure]:
    settings = load_settings(data=folder)
    data_folder.prepare(settings.data)
    databases = open_databases(settings)
    add_site(databases.app, SITE, now=utc_now())
    journal = Journal(settings.journal_folder)
    for hit in hits:
        journal.append(encode_line([hit]))
    journal.close()
    ingest = build_ingest(settings, databases.app, databases.events, keeps_geo=True)[0]
    clocks = Clocks()
    pages = HugePages()  # as the service does before each batch
    while ingest.run_once().lines:
        pages(ingest.lag_bytes())
    taken = clocks.read()
    stored = ingest.events_stored
    databases.events.close()
    databases.app.close()
    yield from taken.figures("ingest alone, all steps", _EVENTS, "us/event", at_most=15)
    yield Figure("of these hits stored (the rest is dropped with a reason)", stored / _EVENTS, "share")


def _steps(folder: Path, hits: list[Hit]) -> Iterator[Figure]:
    rules = SiteRules(SITE, hosts=frozenset({SITE}))
    enricher, identity = Enricher(Databases.open(folder / "geo")), Identity(lambda _: b"0123456789abcdef")
    visits = Visits(lambda *_: (), stored_until_us=0)
    store = open_event_store(f"duckdb:///{folder}/steps.duckdb")
    lines = [encode_line([hit]) for hit in hits]
    spent = dict.fromkeys(("decode", "enrich", "identity", "visits", "columns", "store"), Taken(0.0, 0.0))

    def timed(step: str, work: Any) -> Any:
        clocks = Clocks()
        result = work()
        spent[step] += clocks.read()
        return result

    for start in range(0, len(lines), _BATCH):
        part = lines[start : start + _BATCH]
        decoded = timed("decode", lambda part=part: _decoded(part, identity))
        made = timed("enrich", lambda decoded=decoded: _enriched(enricher, decoded, rules))
        pairs = [(event, hit) for event, hit in zip(made, decoded, strict=True) if not isinstance(event, Drop)]
        arrivals = timed("identity", lambda pairs=pairs: _with_visitors(identity, pairs, rules))
        outcome = timed("visits", lambda arrivals=arrivals: visits.assign(arrivals))
        kept = [arrival.event for arrival, drop in zip(arrivals, outcome, strict=True) if drop is None]
        columns = timed("columns", lambda kept=kept: columns_of_batch(kept))
        timed("store", lambda columns=columns: store.append(Batch(columns)))
    store.close()
    for step, taken in spent.items():
        yield from taken.figures(f"ingest, step {step}", len(hits), "us/event")


def _decoded(lines: list[bytes], identity: Identity) -> list[AnyHit]:
    found = [content for part in _in_parts(lines, _AT_ONCE) for content in read_lines(list(part), identity.senders)]
    return [hit for content in found for hit in content.hits]


def _enriched(enricher: Enricher, hits: list[AnyHit], rules: SiteRules) -> list[Event | Drop]:
    return [one for part in _in_parts(hits, _AT_ONCE) for one in enricher.enrich_all(part, [rules] * len(part))]


def _with_visitors(identity: Identity, pairs: list[tuple[Event, AnyHit]], rules: SiteRules) -> list[Arrival]:
    arrivals: list[Arrival] = []
    for part in _in_parts(pairs, _AT_ONCE):
        events, hits = [event for event, _ in part], [hit for _, hit in part]
        arrivals += identity.arrivals(events, hits, [rules.time_zone] * len(part))
    return arrivals


def _in_parts(things: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), most):
        yield things[start : start + most]


def _distinct(folder: Path) -> Iterator[Figure]:
    rules = SiteRules(SITE, hosts=frozenset({SITE}))
    collect_less_often()
    hits = distinct_hits(_DISTINCT)
    enricher = Enricher(Databases.open(folder / "geo"))
    enricher.enrich(make_hits(1, people=1, kinds_of_agent=1)[0], rules)  # loads the lists
    clocks = Clocks()
    _enriched(enricher, [*hits], rules)
    yield from clocks.read().figures("enrichment, 100,000 distinct hits, cold", len(hits), "us/hit", at_most=60)
    few: list[AnyHit] = [*hits[:5_000]]
    _enriched(enricher, few, rules)
    clocks = Clocks()
    for _ in range(10):
        _enriched(enricher, few, rules)
    yield from clocks.read().figures("enrichment, 5,000 hits seen before, warm", len(few) * 10, "us/hit", at_most=15)
