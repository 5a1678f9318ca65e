"""Visits: one visitor's events with gaps under 30 minutes, in whatever order they arrive.

Owns the running visits in memory; the event store is the truth behind them. A visitor who is not in memory is
loaded from the store when a visit of theirs may be there (after a restart, an import of an old log, or once the
memory's bound pushed them out), so memory is bounded and a restart changes nothing.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from tracker.enrichment.bots import BotRule
from tracker.enrichment.drops import Drop, DropReason
from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW, SELF_IDENTIFIED, Event, VisitFacts
from tracker.ingest.visits.behaviour import BEHAVIOUR_NAMES, Behaviour, is_scripted
from tracker.ingest.visits.crowds import CrowdKey, Crowds
from tracker.ingest.visits.same_page import Opening, is_same_page
from tracker.store.deltas import SECOND_US, VisitSums

VISIT_GAP_US = 30 * 60 * SECOND_US

# How long a page may stay open and still report engaged time for the visit that opened it.
LONGEST_READ_US = 12 * 3600 * SECOND_US
_KEEP_IDLE_US = 2 * VISIT_GAP_US

# So many visitors are held in memory, about 1.5 KB each without what strangers can make long: the texts of their visits
# and the ids of their events, which have a bound of their own. Whoever is pushed out is loaded from the store.
MAX_VISITORS = 100_000
MAX_BYTES = 64 * 1024 * 1024
_FEW_EVENTS = 8
# A client sends an event again within minutes, so the ids of this many of a visit's latest events are kept.
MOST_EVENT_IDS = 500
_ID_BYTES = 80
_NO_IDS = array("q")
# Of a visitor with more visits than this, those that no event can join any more are dropped.
MANY_VISITS = 25


class Visit(VisitSums):
    """A visit so far. `facts` are those of its first event; times are µs since 1970."""

    __slots__ = ("behaviour", "crowd", "event_ids", "facts", "opening", "visit_id")

    def __init__(self, visit_id: int, first_us: int, last_us: int, facts: VisitFacts) -> None:
        super().__init__(first_us, last_us)
        self.visit_id = visit_id
        self.facts = facts
        self.event_ids: array[int] | dict[int, None] = _NO_IDS
        self.behaviour = Behaviour()
        self.crowd: CrowdKey | None = None
        self.opening: Opening | None = None  # of the page that is open

    def remember(self, key: int) -> int:
        """Keeps an event's id, as a hash of this process: ids are as long as clients make them. Returns how many more it has.

        Most visits have few events, and an array has them side by side where the processor reads them at once.
        """
        known = self.event_ids
        if not isinstance(known, dict):
            if not known:
                self.event_ids = array("q", (key,))
                return 1
            if len(known) < _FEW_EVENTS:
                known.append(key)
                return 1
            known = self.event_ids = dict.fromkeys(known)
        before = len(known)
        known[key] = None
        if len(known) > MOST_EVENT_IDS:
            del known[next(iter(known))]
        return len(known) - before

    def bytes(self) -> int:
        """The approximate memory of the visit's texts and event ids."""
        texts = "".join(filter(None, (*self.facts.source, self.facts.entry_page)))
        return len(texts) + _ID_BYTES * len(self.event_ids)

    def distance_us(self, begin_us: int, end_us: int) -> int:
        """The distance in time between an interval and the visit; 0 when they overlap."""
        return max(begin_us - self.last_us, self.first_us - end_us, 0)


class Visitor(list[Visit]):
    """The visits of one visitor that memory holds: all since `known_from_us`, of earlier ones the store may know more."""

    __slots__ = ("known_from_us",)

    def __init__(self, known_from_us: int) -> None:
        super().__init__()
        self.known_from_us = known_from_us


class Arrival(msgspec.Struct, gc=False):
    """An enriched event with who sent it: the visitor's id and, just after midnight, yesterday's id.

    `disabled_rules` are the rules of behaviour by which the event's site does not want its visitors judged; `opening`
    is what a page view opened, where that is known.
    """

    event: Event
    visitor_id: int
    yesterdays_id: int | None
    interactive: bool
    disabled_rules: frozenset[str] = frozenset()
    opening: Opening | None = None


class PastEvent(NamedTuple):
    """A stored event's row as far as visits need it."""

    visitor_id: int
    visit_id: int
    name: str
    occurred_at: int
    event_id: str | None
    bounces: int
    facts: VisitFacts
    engaged_ms: int = 0
    scripted: bool = False
    visit_age_seconds: int = 0


History = Callable[[Collection[int], int, int], Iterable[PastEvent]]


class Visits:
    """Assigns events to visits and sets the deltas that they add.

    `history(visitor_ids, from_us, to_us)` gives the stored rows of visitors in a span of time, oldest first;
    `stored_until_us` is the latest moment of which the store held events before this memory began.
    """

    def __init__(
        self, history: History, *, stored_until_us: int, max_visitors: int = MAX_VISITORS, max_bytes: int = MAX_BYTES
    ) -> None:
        self._history = history
        self._history_until_us = stored_until_us
        self._max_visitors = max_visitors
        self._max_bytes = max_bytes
        self._bytes = 0
        self._visitors: OrderedDict[int, Visitor] = OrderedDict()
        self._crowds = Crowds()
        self._bots: OrderedDict[int, BotRule] = OrderedDict()
        self._judged: dict[int, BotRule] = {}

    def take_judged(self) -> dict[int, BotRule]:
        """The visits that were found to be a bot's since the last call, each with its rule.

        Their events so far are no longer to be counted; those to come are dropped by `assign`.
        """
        judged, self._judged = self._judged, {}
        return judged

    def assign(self, arrivals: Sequence[Arrival]) -> list[Drop | None]:
        """Fills each event's visitor, visit and deltas; a Drop in its place when it is not counted.

        Events that arrive together are taken in the order in which they happened, whatever their order in `arrivals`.
        """
        self._load_missing(arrivals)
        outcome: list[Drop | None] = [None] * len(arrivals)
        moments = [arrival.event.occurred_at for arrival in arrivals]
        for index in sorted(range(len(arrivals)), key=moments.__getitem__):
            outcome[index] = self._assign_one(arrivals[index])
        if arrivals:
            self._forget_idle(max(moments))
        return outcome

    def _assign_one(self, arrival: Arrival) -> Drop | None:  # noqa: C901 - see below
        """Assigns one event. All that most events need is written out here: a call for each step takes a fifth more."""
        event, visitor_id, name = arrival.event, arrival.visitor_id, arrival.event.name
        visit = _running_visit(self._visitors.get(visitor_id), event)
        if visit is None and arrival.yesterdays_id is not None:
            visit = _running_visit(self._visitors.get(arrival.yesterdays_id), event)
            if visit is not None:
                visitor_id = arrival.yesterdays_id
                event.consented = False  # the visit began before they agreed, under the day's id
        key = None if event.event_id is None else hash(event.event_id)
        opening = arrival.opening
        if visit is None:
            if name == ENGAGEMENT:
                return Drop(DropReason.NO_VISIT)
            visit = self._begin(visitor_id, event)
            visit.opening = opening
        elif key in visit.event_ids:
            return Drop(DropReason.DUPLICATE)
        elif visit.visit_id in self._bots:
            visit.last_us = max(visit.last_us, event.occurred_at)
            return Drop(DropReason.BOT, BEHAVIOUR_NAMES[self._bots[visit.visit_id]])
        elif opening is not None:
            before, visit.opening = visit.opening, opening
            if before is not None and is_same_page(before, opening):
                return Drop(DropReason.SAME_PAGE)
        event.visitor_id, event.visit_id = visitor_id, visit.visit_id
        if event.facts.company is not visit.facts.company and _is_given(event.facts):
            visit.facts = replace(visit.facts, company=event.facts.company)
        event.facts = visit.facts
        visit.count(event, page_view=name == PAGEVIEW, interaction=arrival.interactive and name != ENGAGEMENT)
        if key is not None:
            self._bytes += _ID_BYTES * visit.remember(key)
        self._visitors.move_to_end(visitor_id)
        scripted = name != ENGAGEMENT and is_scripted(
            event.screen_width, event.title, event.language, has_event_id=key is not None
        )
        rule = visit.behaviour.see(name, event.occurred_at, event.engaged_ms, scripted=scripted)
        if rule is not None and rule not in arrival.disabled_rules:
            self._condemn([visit.visit_id], rule)
        if (event.visits or visit.crowd is not None) and BotRule.ONE_PAGE_MANY_IPS not in arrival.disabled_rules:
            self._count_in_crowd(visit, event, scripted=scripted)
        return None

    def _count_in_crowd(self, visit: Visit, event: Event, *, scripted: bool) -> None:
        if event.visits and scripted:
            visit.crowd, crowd = self._crowds.begin(event)
            if crowd:
                self._condemn(crowd, BotRule.ONE_PAGE_MANY_IPS)
        elif visit.crowd is not None:
            self._crowds.read_on(visit.crowd)
            visit.crowd = None

    def _condemn(self, visit_ids: Sequence[int], rule: BotRule) -> None:
        for visit_id in visit_ids:
            self._bots[visit_id] = self._judged[visit_id] = rule
        while len(self._bots) > self._max_visitors:
            self._bots.popitem(last=False)

    def _begin(self, visitor_id: int, event: Event) -> Visit:
        facts = replace(event.facts, entry_page=event.path)
        visit = Visit(_visit_id(visitor_id, event.occurred_at), event.occurred_at, event.occurred_at, facts)
        visit.begin(event)
        self._bytes += visit.bytes()
        visitor = self._visitor(visitor_id)
        visitor.append(visit)
        if len(visitor) > MANY_VISITS:
            self._forget_long_past(visitor, event.occurred_at - LONGEST_READ_US - VISIT_GAP_US)
        return visit

    def _forget_long_past(self, visitor: Visitor, before_us: int) -> None:
        """Forgets the visits that ended before a time. An event that comes so late loads them from the store."""
        for visit in [one for one in visitor if one.last_us < before_us]:
            visitor.remove(visit)
            self._bytes -= visit.bytes()
            visitor.known_from_us = max(visitor.known_from_us, visit.last_us + 1)
            self._history_until_us = max(self._history_until_us, visit.last_us)

    def _visitor(self, visitor_id: int) -> Visitor:
        visitor = self._visitors.get(visitor_id)
        if visitor is None:
            visitor = self._visitors[visitor_id] = Visitor(self._history_until_us)
        return visitor

    def _load_missing(self, arrivals: Sequence[Arrival]) -> None:
        """Recalls whoever may have stored events, near an arriving one, that memory does not hold."""
        missing: set[int] = set()
        earliest = latest = 0
        reach_us, long_reach_us = self._history_until_us + VISIT_GAP_US, self._history_until_us + LONGEST_READ_US
        for arrival in arrivals:
            event = arrival.event
            occurred_at = event.occurred_at
            if occurred_at > reach_us and (occurred_at > long_reach_us or event.name != ENGAGEMENT):
                continue
            begin_us = occurred_at - (LONGEST_READ_US if event.name == ENGAGEMENT else VISIT_GAP_US)
            for one in (arrival.visitor_id, arrival.yesterdays_id):
                if one is None:
                    continue
                known = self._visitors.get(one)
                if known is None or known.known_from_us > begin_us:
                    missing.add(one)
                    earliest = min(earliest or occurred_at, occurred_at)
                    latest = max(latest, occurred_at)
        if missing:
            # Up to the end of what was stored: an old event that comes first must not hide the visit that still runs.
            from_us = earliest - LONGEST_READ_US
            rows = self._history(missing, from_us, max(latest + VISIT_GAP_US, self._history_until_us))
            for one in missing:
                self._visitor(one).known_from_us = from_us
            self._restore(rows)

    def _restore(self, rows: Iterable[PastEvent]) -> None:
        loaded: dict[int, Visit] = {}
        for row in rows:
            visitor = self._visitor(row.visitor_id)
            visit = loaded.get(row.visit_id)
            if visit is None:
                visit = next((one for one in visitor if one.visit_id == row.visit_id), None)
                if visit is None:
                    visit = loaded[row.visit_id] = Visit(row.visit_id, row.occurred_at, row.occurred_at, row.facts)
                    visit.began_s -= row.visit_age_seconds
                    visitor.append(visit)
            visit.first_us = min(visit.first_us, row.occurred_at)
            visit.last_us = max(visit.last_us, row.occurred_at)
            if _is_given(row.facts):
                visit.facts = row.facts
            if row.event_id is not None and (key := hash(row.event_id)) not in visit.event_ids:
                more = visit.remember(key)
                if row.visit_id not in loaded:
                    self._bytes += _ID_BYTES * more
            if row.visit_id in loaded:
                visit.behaviour.see(row.name, row.occurred_at, row.engaged_ms, scripted=row.scripted)
            if row.name != ENGAGEMENT and row.visit_id in loaded:
                visit.restore(row.bounces)
        for visit in loaded.values():
            visit.end_restoring()
            self._bytes += visit.bytes()

    def _forget_idle(self, now_us: int) -> None:
        """Drops the visitors without events for the longest time: idle ones, and those over the limits."""
        while self._visitors:
            visitor_id, visits = next(iter(self._visitors.items()))
            last_us = max((visit.last_us for visit in visits), default=0)
            fits = len(self._visitors) <= self._max_visitors and self._bytes <= self._max_bytes
            if fits and last_us > now_us - _KEEP_IDLE_US:
                return
            del self._visitors[visitor_id]
            self._bytes -= sum(visit.bytes() for visit in visits)
            self._history_until_us = max(self._history_until_us, last_us)


def _running_visit(visits: list[Visit] | None, event: Event) -> Visit | None:
    """The visit that an event belongs to: the nearest one within the gap; engaged time also joins a visit long past."""
    if not visits:
        return None
    timestamp_us, nearest = event.occurred_at, visits[0]
    if len(visits) == 1 and nearest.first_us <= timestamp_us < nearest.last_us + VISIT_GAP_US:
        return nearest  # as nearly always
    begin_us = timestamp_us - event.engaged_ms * 1000
    if len(visits) > 1:
        nearest = min(visits, key=lambda visit: (visit.distance_us(begin_us, timestamp_us), visit.first_us))
    if nearest.distance_us(begin_us, timestamp_us) < VISIT_GAP_US:
        return nearest
    if event.name == ENGAGEMENT:
        earlier = [visit for visit in visits if visit.first_us <= event.occurred_at <= visit.last_us + LONGEST_READ_US]
        return max(earlier, key=attrgetter("last_us"), default=None)
    return None


def _is_given(facts: VisitFacts) -> bool:
    """Whether the visitor named the company, which is then the visit's from this event on."""
    return facts.company is not None and facts.company.method == SELF_IDENTIFIED


def _visit_id(visitor_id: int, first_us: int) -> int:
    digest = blake2b(b"%d %d" % (visitor_id, first_us), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
