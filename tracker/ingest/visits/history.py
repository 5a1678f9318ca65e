"""Loads visitors' stored events, in the form from which visits continue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from tracker.enrichment.agent import Agent
from tracker.enrichment.company.identified import Company
from tracker.enrichment.event import FACT_GROUPS, VISIT_FACTS, VisitFacts, Whereabouts
from tracker.enrichment.source.attribution import Attribution
from tracker.hit import EPOCH
from tracker.ingest.visits.assign import MOST_EVENT_IDS, PastEvent
from tracker.ingest.visits.behaviour import is_scripted
from tracker.store.protocol import EventStore
from tracker.store.schema import event_ids, events

_COLUMNS = (
    events.c.visitor_id,
    events.c.visit_id,
    events.c.name,
    events.c.occurred_at,
    events.c.has_event_id,
    events.c.bounces,
    events.c.engaged_ms,
    events.c.screen_width,
    events.c.title,
    events.c.language,
    events.c.visit_age_seconds,
    *(events.c[name] for name in VISIT_FACTS),
)
_GROUPS: dict[str, Callable[..., Any]] = {
    "source": Attribution,
    "whereabouts": Whereabouts,
    "company": Company,
    "agent": Agent,
}
_IDS_A_QUERY = 1000
# Of a visit's rows, those that tell its beginning and whose ids memory would hold (tracker.ingest.visits.assign).
_FIRST_ROWS = 20
_LAST_ROWS = MOST_EVENT_IDS


class StoredEvent(NamedTuple):
    """One stored event of a visit; `occurred_at` in µs since 1970."""

    visit_id: int
    site: str
    occurred_at: int
    pageviews: int


class StoredVisits:
    """Loads visitors' stored events."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def __call__(self, visitor_ids: Collection[int], from_us: int, to_us: int) -> Iterator[PastEvent]:
        """The rows of `visitor_ids` between two moments (µs since 1970, inclusive), oldest first."""
        ids = list(visitor_ids)
        for start in range(0, len(ids), _IDS_A_QUERY):
            yield from self._rows_of(ids[start : start + _IDS_A_QUERY], from_us, to_us)

    def events_of(self, visit_ids: Collection[int]) -> Iterator[StoredEvent]:
        """The events of visits, with the columns that a retraction needs."""
        ids = list(visit_ids)
        columns = (events.c.visit_id, events.c.site, events.c.occurred_at, events.c.pageviews)
        for start in range(0, len(ids), _IDS_A_QUERY):
            statement = select(*columns).where(events.c.visit_id.in_(ids[start : start + _IDS_A_QUERY]))
            for visit_id, site, occurred_at, pageviews in self._store.rows(statement):
                yield StoredEvent(visit_id, site, _microseconds(occurred_at), pageviews)

    def latest_us(self) -> int:
        """The time of the latest stored event; 0 when the store is empty."""
        latest = self._store.rows(select(func.max(events.c.occurred_at)))[0][0]
        return 0 if latest is None else _microseconds(latest)

    def _rows_of(self, ids: list[int], from_us: int, to_us: int) -> Iterator[PastEvent]:
        place = func.row_number().over(partition_by=events.c.visit_id, order_by=events.c.occurred_at)
        from_end = func.row_number().over(partition_by=events.c.visit_id, order_by=events.c.occurred_at.desc())
        numbered = (
            select(*_COLUMNS, place.label("place"), from_end.label("from_end"))
            .where(
                events.c.occurred_at.between(_moment(from_us), _moment(to_us)),
                events.c.visitor_id.in_(ids),
            )
            .subquery()
        )
        statement = (
            select(*(numbered.c[column.name] for column in _COLUMNS))
            .where(or_(numbered.c.place <= _FIRST_ROWS, numbered.c.from_end <= _LAST_ROWS))
            .order_by(numbered.c.occurred_at)
        )
        rows = self._store.rows(statement)
        given = self._event_ids({row.visit_id for row in rows if row.has_event_id}, from_us, to_us)
        for row in rows:
            same = given.get((row.visit_id, row.occurred_at)) if row.has_event_id else None
            yield PastEvent(
                visitor_id=row.visitor_id,
                visit_id=row.visit_id,
                name=row.name,
                occurred_at=_microseconds(row.occurred_at),
                event_id=same.pop() if same else None,
                bounces=row.bounces,
                facts=visit_facts(row._asdict()),
                engaged_ms=row.engaged_ms,
                scripted=is_scripted(row.screen_width, row.title, row.language, has_event_id=bool(row.has_event_id)),
                visit_age_seconds=row.visit_age_seconds,
            )

    def _event_ids(self, visit_ids: Collection[int], from_us: int, to_us: int) -> dict[tuple[int, datetime], list[str]]:
        """The ids that clients gave the events of visits at each moment, as far as they are still kept."""
        found: dict[tuple[int, datetime], list[str]] = {}
        columns = (event_ids.c.visit_id, event_ids.c.occurred_at, event_ids.c.event_id)
        within = event_ids.c.occurred_at.between(_moment(from_us), _moment(to_us))
        if visit_ids:
            for visit_id, occurred_at, event_id in self._store.rows(
                select(*columns).where(within, event_ids.c.visit_id.in_(sorted(visit_ids)))
            ):
                found.setdefault((visit_id, occurred_at), []).append(event_id)
        return found


def visit_facts(row: Mapping[str, Any]) -> VisitFacts:
    """The facts of a visit out of the columns VISIT_FACTS of one of its rows, by their names."""
    groups = {group.name: _GROUPS[group.name](**group.out_of(row)) for group in FACT_GROUPS}
    company = groups.pop("company")
    return VisitFacts(company=company if company.name else None, entry_page=row["entry_page"], **groups)


def _moment(microseconds: int) -> datetime:
    return (EPOCH + timedelta(microseconds=microseconds)).replace(tzinfo=None)


def _microseconds(moment: datetime) -> int:
    return (moment.replace(tzinfo=EPOCH.tzinfo) - EPOCH) // timedelta(microseconds=1)
