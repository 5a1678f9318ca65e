"""The loop from the journal to the event store: each accepted hit is counted exactly once.

A batch of hits and the journal positions behind them go into the store in one transaction. Whatever is killed, the
next start reads on from the stored positions. When the store refuses a batch, nothing is remembered of it: the
visits in memory are dropped, to be recalled from the store, and the same lines are read again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from threading import Event as Signal
from typing import Any, NamedTuple

import msgspec

from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import Event
from tracker.enrichment.pipeline import Enricher, SiteRules
from tracker.hit import EPOCH, Hit, decode_line
from tracker.ingest.identity import Identity
from tracker.ingest.recall import StoredVisits
from tracker.ingest.sites import SiteDirectory
from tracker.ingest.visits import Arrival, Visits
from tracker.journal import list_segments, read_lines
from tracker.store.engines import Batch, EventStore, NotCounted, SegmentPosition
from tracker.store.schema import EVENT_COLUMNS

log = logging.getLogger(__name__)

BATCH_BYTES = 4 * 1024 * 1024
_PAUSE_SECONDS = 0.25
_RETRY_SECONDS = 2.0

_as_row = attrgetter(*EVENT_COLUMNS)


class Progress(NamedTuple):
    """What one batch did: journal lines read, events stored, hits not counted by reason."""

    lines: int
    events: int
    dropped: Counter[str]


class _Tally:
    """What became of the lines of one segment in one batch."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.drops: Counter[tuple[str, date, str, str]] = Counter()

    def drop(self, site: str, day: date, drop: Drop) -> None:
        self.drops[(site, day, drop.reason, drop.detail)] += 1


class Ingest:
    """Reads the journal, enriches, assigns visits, stores. One at a time may run on a data directory."""

    def __init__(
        self,
        *,
        journal_folder: Any,
        store: EventStore,
        sites: SiteDirectory,
        identity: Identity,
        enricher: Enricher,
    ) -> None:
        self._journal_folder = journal_folder
        self._store = store
        self._sites = sites
        self._identity = identity
        self._enricher = enricher
        self._recall = StoredVisits(store)
        self._positions = store.positions()
        self._visits: Visits | None = None
        self.events_stored = 0
        self.problem: str | None = None

    @property
    def positions(self) -> dict[str, SegmentPosition]:
        """How far each segment is stored."""
        return dict(self._positions)

    def forget(self, segments: Collection[str]) -> None:
        """Drops the positions of segments that were retired."""
        self._store.forget_positions(list(segments))
        for segment in segments:
            self._positions.pop(segment, None)

    def lag_bytes(self) -> int:
        """Journal bytes that are not stored yet."""
        return sum(max(0, segment.size - self._offset(segment.name)) for segment in list_segments(self._journal_folder))

    def run(self, stop: Signal, *, housekeeping: Callable[[], None] = lambda: None) -> None:
        """Ingests until `stop` is set, then once more until the journal is drained."""
        while not stop.is_set():
            try:
                housekeeping()
                busy = self.run_once().lines > 0
                self.problem = None
            except Exception as problem:
                self.problem = (
                    f"hits stay in the journal: {str(problem).splitlines()[0] if str(problem) else problem!r}"
                )
                log.exception("ingest failed; the hits stay in the journal and are tried again")
                stop.wait(_RETRY_SECONDS)
                continue
            if not busy:
                stop.wait(_PAUSE_SECONDS)
        self.drain()

    def drain(self, on_progress: Callable[[Progress], None] = lambda progress: None) -> None:
        """Ingests until nothing is left."""
        while (progress := self.run_once()).lines:
            on_progress(progress)

    def run_once(self) -> Progress:
        """Stores one batch from each segment that has something new."""
        self._sites.refresh()
        self._enricher.refresh_databases()
        events: list[Event] = []
        positions: list[SegmentPosition] = []
        drops: Counter[tuple[str, date, str, str]] = Counter()
        lines_read = 0
        try:
            for segment in list_segments(self._journal_folder):
                if segment.size <= self._offset(segment.name):
                    continue
                lines, offset = read_lines(segment.path, self._offset(segment.name), BATCH_BYTES)
                if not lines:
                    continue
                tally = self._process(lines)
                lines_read += len(lines)
                events += tally.events
                drops += tally.drops
                positions.append(self._advanced(segment.name, offset, tally))
                if lines_read >= 20_000:
                    break
            if lines_read:
                self._store.append(
                    Batch(_columns(events), [NotCounted(*key, n) for key, n in drops.items()], positions)
                )
        except BaseException:
            self._visits = None
            raise
        self._positions.update({position.segment: position for position in positions})
        self.events_stored += len(events)
        reasons: Counter[str] = Counter()
        for (_, _, reason, _), hits in drops.items():
            reasons[reason] += hits
        return Progress(lines_read, len(events), reasons)

    def _process(self, lines: Iterable[bytes]) -> _Tally:
        tally = _Tally()
        arrivals: list[Arrival] = []
        rules: list[SiteRules] = []
        for line in lines:
            try:
                hits = decode_line(line)
            except msgspec.MsgspecError as problem:
                tally.drop("", datetime.now(UTC).date(), Drop(DropReason.INVALID_HIT, str(problem)[:100]))
                continue
            for hit in hits:
                self._arrive(hit, tally, arrivals, rules)
        for arrival, site, drop in zip(arrivals, rules, self._known_visits().assign(arrivals), strict=True):
            if drop is None:
                tally.events.append(arrival.event)
            else:
                tally.drop(site.domain, self._identity.local_day(site.time_zone, arrival.event.occurred_at), drop)
        return tally

    def _arrive(self, hit: Hit, tally: _Tally, arrivals: list[Arrival], rules: list[SiteRules]) -> None:
        domain = claimed_domain(hit)
        site = self._sites.find(domain)
        moment_us = hit.occurred_at_us
        if site is None:
            day = (EPOCH + timedelta(microseconds=moment_us)).date()
            tally.drop("", day, Drop(DropReason.UNKNOWN_SITE, domain[:253]))
            return
        try:
            event = self._enricher.enrich(hit, site)
        except Exception as problem:  # one hit that no step foresaw must not keep all later ones from being counted
            log.exception("a hit could not be enriched and is not counted")
            event = Drop(DropReason.INVALID_HIT, type(problem).__name__)
        if isinstance(event, Drop):
            tally.drop(site.domain, self._identity.local_day(site.time_zone, moment_us), event)
            return
        arrivals.append(self._identity.arrival(event, hit, site.time_zone))
        rules.append(site)

    def _advanced(self, segment: str, offset: int, tally: _Tally) -> SegmentPosition:
        before = self._positions.get(segment) or SegmentPosition(segment, 0, 0, 0, {})
        dropped = Counter(before.dropped)
        for (_, _, reason, _), hits in tally.drops.items():
            dropped[reason] += hits
        pageviews = before.pageviews + sum(event.pageviews for event in tally.events)
        return SegmentPosition(segment, offset, before.events + len(tally.events), pageviews, dict(dropped))

    def _offset(self, segment: str) -> int:
        position = self._positions.get(segment)
        return position.offset_bytes if position else 0

    def _known_visits(self) -> Visits:
        if self._visits is None:
            self._visits = Visits(self._recall, stored_until_us=self._recall.latest_us())
        return self._visits


def claimed_domain(hit: Hit) -> str:
    """The site that a hit says it is of: its domain, else the host of its URL."""
    domain = hit.event.site_domain
    if domain:
        return domain.strip().lower()
    url = hit.event.page_url or ""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return host.partition("?")[0].partition("#")[0].partition(":")[0].lower()


def _columns(events: list[Event]) -> dict[str, list[Any]]:
    if not events:
        return {}
    return dict(zip(EVENT_COLUMNS, map(list, zip(*map(_as_row, events), strict=True)), strict=True))
