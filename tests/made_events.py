"""Events as enrichment makes them, with whatever columns a test cares about."""

from __future__ import annotations

from typing import Any

from tracker.enrichment.event import VISIT_FACTS, Event
from tracker.ingest.visits.history import visit_facts


def new_event(name: str, occurred_at: int, **columns: Any) -> Event:
    """An event of `a.fr`; `columns` by their names in the event store."""
    facts = visit_facts({column: columns.pop(column, None) for column in VISIT_FACTS})
    given = {"site": "a.fr", "event_id": None, "visitor_id": 0, "visit_id": 0, "hostname": None, "path": None}
    given |= {"title": None, "language": None, "screen_width": None}
    return Event(**given | columns, name=name, occurred_at=occurred_at, facts=facts)
