"""A store in memory, and visits written as a person would tell them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.databases import new_event_store
from tracker.db.models import Site
from tracker.stats.filters import Filter
from tracker.stats.periods import Period, parse_period
from tracker.stats.scope import Scope
from tracker.store.batch import Batch
from tracker.store.protocol import EventStore
from tracker.store.schema import EVENT_COLUMNS, events

SITE = "blog.exemple.fr"
PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 24)
EMPTY = {column.name: None if column.nullable else 0 for column in events.columns}

# (seconds since the visit began, path) a page view; (seconds, path, ms engaged) a report of time; other names as text.
Step = tuple[Any, ...]


class Blog:
    """Stores visits with the deltas that ingest gives them."""

    def __init__(self, store: EventStore) -> None:
        self.store = store
        self._visits = 0
        self._gathered: list[dict[str, Any]] | None = None

    def visit(self, began_at: str, *steps: Step, visitor: int | None = None, **facts: Any) -> int:
        """One visit from `began_at` (ISO, with an offset); gives its id."""
        self._visits += 1
        start = datetime.fromisoformat(began_at).astimezone(UTC)
        entry = next((step[1] for step in steps if len(step) == 2), steps[0][1])
        rows, pages, first, last = [], 0, 0, 0
        for index, step in enumerate(steps):
            row = EMPTY | {
                "site": SITE,
                "name": "pageview" if len(step) == 2 else "engagement",
                "occurred_at": int((start + timedelta(seconds=step[0])).timestamp() * 1_000_000),
                "visitor_id": visitor or self._visits,
                "visit_id": self._visits,
                "hostname": SITE,
                "path": step[1],
                "title": None if step[1] is None else f"Titre de {step[1]}",
                "entry_page": entry,
                "visits": int(index == 0),
                "visit_seconds": max(0, step[0] - last, first - step[0]),
                "visit_age_seconds": step[0],
            }
            first, last = min(first, step[0]), max(last, step[0])
            if len(step) == 2:
                pages += 1
                row |= {"pageviews": 1, "bounces": {1: 1, 2: -1}.get(pages, 0)}
            elif isinstance(step[2], str):
                row |= {"name": step[2], "bounces": -1 if pages == 1 else 0}
                pages += 1
            else:
                row |= {"engaged_ms": step[2], "scroll_depth": step[3] if len(step) > 3 else None}
            rows.append(row | facts)
        self.add(rows)
        return self._visits

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Stores the visits of the block as one batch in the end: what a store does for each batch takes longer than its rows."""
        self._gathered = []
        yield
        rows, self._gathered = self._gathered, None
        if rows:
            self.add(rows)

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        if self._gathered is not None:
            self._gathered += rows
            return
        self.store.append(Batch({name: [row[name] for row in rows] for name in EVENT_COLUMNS}))


@pytest.fixture
def store() -> Iterator[EventStore]:
    with new_event_store() as opened:
        yield opened


@pytest.fixture
def blog(store: EventStore) -> Blog:
    return Blog(store)


@pytest.fixture
def site() -> Site:
    return Site(
        domain=SITE,
        stored_as=SITE,
        time_zone="Europe/Paris",
        language="fr",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def period(text: str, zone: str = "Europe/Paris") -> Period:
    return parse_period(text, today=TODAY, time_zone=ZoneInfo(zone))


def scope(text: str, *filters: Filter, zone: str = "Europe/Paris") -> Scope:
    return Scope(SITE, period(text, zone), filters)
