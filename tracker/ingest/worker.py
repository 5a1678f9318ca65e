"""The loop from the journal to the event store: each accepted hit is counted exactly once.

A batch of hits and the journal positions behind them go into the store in one transaction. Whatever is killed, the
next start reads on from the stored positions. When the store refuses a batch, nothing is remembered of it: the
visits in memory are dropped, to be loaded from the store, and the same lines are read again.

No line stops the loop. What cannot be read, enriched or stored is counted with a reason and kept in the quarantine
(tracker.ingest.quarantine); where it is not known which line a batch fails on, the batch is halved until it is. A store
that fails for a reason of its own, as a full disk, is waited for.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from threading import Event as Signal
from time import monotonic
from typing import Any, NamedTuple

from msgspec.structs import replace

from tracker.enrichment.pipeline import Enricher
from tracker.hit.plain import AnyHit
from tracker.ingest.arrivals import Arrivals, Failure
from tracker.ingest.columns import columns_of_batch
from tracker.ingest.details import Details
from tracker.ingest.journal_reader import Line, Piece, in_order, next_pieces
from tracker.ingest.kept import Kept
from tracker.ingest.quarantine import Quarantine
from tracker.ingest.site_rules import SiteDirectory
from tracker.ingest.visits.assign import Visits
from tracker.ingest.visits.history import StoredVisits
from tracker.ingest.visits.retractions import Counted, Judged, SegmentTally
from tracker.ingest.visits.visitor_ids import Identity
from tracker.journal import list_segments
from tracker.store.batch import Batch, NotCounted, SegmentPosition
from tracker.store.errors import blames_the_data
from tracker.store.protocol import EventStore

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.25
# A batch costs some 12 ms whatever is in it, so the next one waits for more, unless this one left a backlog behind.
_BACKLOG_LINES = 5_000
_RETRY_SECONDS = 2.0
_LOOK_AHEAD_SECONDS = 0.25
# After so many turns without a hit, when the start is over, it loads what the first one needs.
_IDLE_TURNS = 4
_LOOK_AHEAD_LINES = 1_000
# At a stop what just came is still stored; a long backlog stays in the journal for the next start.
_LAST_SECONDS = 1.0


class Progress(NamedTuple):
    """What one batch did: journal lines read, events stored, hits not counted by reason."""

    lines: int
    events: int
    dropped: Counter[str]


class Made(NamedTuple):
    """What a run of lines comes to: the batch for the store, and the lines for the quarantine."""

    batch: Batch
    events: int
    kept: list[Kept]


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
        self._arrivals = Arrivals(sites, identity, enricher)
        self.quarantine = Quarantine(journal_folder)
        self._details = Details(store.details_of)
        self._history = StoredVisits(store)
        self._positions = store.positions()
        self.quarantine.settle(store.offsets)
        self._visits: Visits | None = None
        self._removed: deque[tuple[str, Signal]] = deque()
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

    def forget_site(self, stored_as: str) -> Signal:
        """Has a removed site's events deleted before the next batch, by the thread that ingests; the signal is set then.

        No batch that still knew the site can then be stored after.
        """
        done = Signal()
        self._removed.append((stored_as, done))
        return done

    def _forget_removed(self) -> None:
        if self._removed:
            self._sites.reread()
            self._visits = None  # they may go on in what the store no longer has
        while self._removed:
            site, done = self._removed[0]
            self._store.forget_site(site)
            self._removed.popleft()
            done.set()

    def lag_bytes(self) -> int:
        """Journal bytes that are not stored yet."""
        return sum(max(0, segment.size - self._offset(segment.name)) for segment in list_segments(self._journal_folder))

    def run(self, stop: Signal, *, housekeeping: Callable[[], None] = lambda: None) -> None:
        """Ingests until `stop` is set, then what came last, for a second at most."""
        idle = 0
        while not stop.is_set():
            try:
                housekeeping()
                progress = self.run_once(before=lambda pieces: self._look_ahead(pieces, stop))
                self.problem = None
                idle += not progress.lines
                if idle == _IDLE_TURNS and not progress.lines:
                    self._enricher.warm_up()
            except Exception as problem:
                said = f"hits stay in the journal: {_first_line(problem)}"
                if said != self.problem:  # once, and not every two seconds for as long as it lasts
                    log.exception("ingest failed; the hits stay in the journal and are tried again")
                self.problem = said
                self._recover_from(problem)
                stop.wait(_RETRY_SECONDS)
                continue
            if progress.lines < _BACKLOG_LINES:
                stop.wait(_PAUSE_SECONDS)
        deadline = monotonic() + _LAST_SECONDS
        while monotonic() < deadline and self.run_once().lines:
            pass

    def _recover_from(self, problem: Exception) -> None:
        """What became of a batch is unknown when its answer was lost, so the store is asked where to read on."""
        self._store.recover_from(problem)
        with suppress(Exception):  # asked again after the next failure; no batch that begins elsewhere is taken
            self._positions = self._store.positions()

    def _look_ahead(self, pieces: list[Piece], stop: Signal) -> None:
        """Starts the reverse DNS look-ups of new IP addresses shortly before their hits are read.

        The moment is the same whether the resolver answers or not, and none is taken when hits queue up.
        """
        lines = [line for piece in pieces for line in piece.lines]
        try:
            unknown = self._enricher.prefetch(hit.ip for line in lines for hit in line.hits)
        except Exception:  # a failed look-up must not stop ingest
            log.exception("the look-ups of reverse names failed")
            return
        if unknown and len(lines) < _LOOK_AHEAD_LINES:
            stop.wait(_LOOK_AHEAD_SECONDS)

    def run_once(self, *, before: Callable[[list[Piece]], None] = lambda _: None) -> Progress:
        """Stores one batch: a piece of each writer's journal, as far as all have come in time.

        `before` sees what was read before anything is made of it.
        """
        self._sites.refresh()
        self._forget_removed()
        if self._enricher.refresh_databases():
            self._identity.senders.forget()
        pieces = next_pieces(self._journal_folder, self._offset, self._identity.senders)
        if not pieces:
            return Progress(0, 0, Counter())
        before(pieces)
        return self._store_lines(in_order(pieces))

    def forget_ips(self, *, ip_hours: float) -> None:
        """Deletes what the quarantine must not keep any longer."""
        self.quarantine.forget(self._arrivals.known_of, ip_hours=ip_hours)

    def _store_lines(self, lines: Sequence[Line]) -> Progress:
        """Stores lines in one batch, or in several around those that cannot be stored."""
        try:
            return self._store_at_once(lines)
        except Exception as problem:
            if not blames_the_data(problem):
                raise
            log.warning("a batch of %d lines cannot be stored: %s", len(lines), _first_line(problem))
            if len(lines) == 1:
                return self._store_alone(lines[0], problem)
        middle = len(lines) // 2
        first, second = self._store_lines(lines[:middle]), self._store_lines(lines[middle:])
        return Progress(first.lines + second.lines, first.events + second.events, first.dropped + second.dropped)

    def _store_alone(self, line: Line, problem: Exception) -> Progress:
        """Stores a line without those of its hits that cannot be stored; they go into the quarantine."""
        log.error("a hit cannot be stored and is kept in the quarantine", exc_info=problem)
        good = [hit for hit in line.hits if self._can_be_stored(line, hit)] if len(line.hits) > 1 else []
        try:
            return self._store_at_once([_without(line, good, problem)])
        except Exception as other:
            if not good or not blames_the_data(other):
                raise
            return self._store_at_once([_without(line, [], problem)])

    def _can_be_stored(self, line: Line, hit: AnyHit) -> bool:
        try:
            self._store.rehearse(self._make([replace(line, hits=[hit], unread=())]).batch)
        except Exception as problem:
            if not blames_the_data(problem):
                raise
            return False
        finally:
            self._visits = None
        return True

    def _store_at_once(self, lines: Sequence[Line]) -> Progress:
        try:
            made = self._make(lines)
            with self.quarantine.keeping(made.kept):
                self._store.append(made.batch)
        except BaseException:
            self._visits = None
            raise
        self._positions.update({position.segment: position for position in made.batch.positions})
        self.events_stored += made.events
        reasons: Counter[str] = Counter()
        for row in made.batch.not_counted:
            reasons[row.reason] += row.hits
        return Progress(len(lines), made.events, reasons)

    def _make(self, lines: Sequence[Line]) -> Made:
        """Takes lines up as far as the store: their visits are in memory then, and must go when it refuses them."""
        tallies: defaultdict[str, SegmentTally] = defaultdict(SegmentTally)
        ends = {line.segment: line.end for line in lines}
        counted, failures = self._process(lines, tallies)
        counted, retracted = self._take_back(counted, tallies[lines[-1].segment])
        events = [one.event for one in counted]
        positions = [self._advanced(segment, end, tallies[segment]) for segment, end in ends.items()]
        drops: Counter[tuple[str, date, str, str]] = Counter()
        for tally in tallies.values():
            drops.update(tally.drops)
        missed = [NotCounted(*key, n) for key, n in self._details.fold(drops).items() if n]
        kept = [failure.to_keep(datetime.now(UTC)) for failure in failures]
        starts = {segment: self._offset(segment) for segment in ends}
        return Made(Batch(columns_of_batch(events), missed, positions, retracted, starts), len(events), kept)

    def _process(
        self, lines: Sequence[Line], tallies: defaultdict[str, SegmentTally]
    ) -> tuple[list[Counted], list[Failure]]:
        arrivals, origins, failures = self._arrivals.of(lines, tallies)
        counted: list[Counted] = []
        for arrival, (site, tally), drop in zip(arrivals, origins, self._known_visits().assign(arrivals), strict=True):
            if drop is None:
                event = arrival.event
                counted.append(Counted(event, tally))
                tally.events += 1
                tally.pageviews += event.pageviews
            else:
                tally.drop(site.domain, self._identity.local_day(site.time_zone, arrival.event.occurred_at), drop)
        return counted, failures

    def _take_back(self, counted: list[Counted], into: SegmentTally) -> tuple[list[Counted], list[int]]:
        """What is still counted, once the visits are known whose behaviour is a bot's, and those that the store forgets."""
        visits = self._known_visits().take_judged()
        if not visits:
            return counted, []
        return Judged(visits, self._day_at).take_back(counted, self._history.events_of(visits), into)

    def _day_at(self, site: str, timestamp_us: int) -> date:
        rules = self._sites.find(site)
        return self._identity.local_day(rules.time_zone if rules else "UTC", timestamp_us)

    def _advanced(self, segment: str, end: int, tally: SegmentTally) -> SegmentPosition:
        before = self._positions.get(segment) or SegmentPosition(segment, 0, 0, 0, {})
        dropped = Counter(before.dropped)
        for (_, _, reason, _), hits in tally.drops.items():
            dropped[reason] += hits
        events, pageviews = before.events + tally.events, before.pageviews + tally.pageviews
        return SegmentPosition(segment, end, events, pageviews, dict(dropped))

    def _offset(self, segment: str) -> int:
        position = self._positions.get(segment)
        return position.offset_bytes if position else 0

    def _known_visits(self) -> Visits:
        if self._visits is None:
            self._visits = Visits(self._history, stored_until_us=self._history.latest_us())
        return self._visits


def _without(line: Line, good: list[AnyHit], problem: Exception) -> Line:
    refused = [(hit, type(problem).__name__) for hit in line.hits if hit not in good]
    return replace(line, hits=good, refused=refused)


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0] or repr(problem)
