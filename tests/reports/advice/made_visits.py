"""Thirteen weeks of visits in which LinkedIn brings companies and Google brings others, stored in one batch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.stats.conftest import Blog
from tracker.store.protocol import EventStore

SURE = {"company_confidence": 1.0, "company_method": "own_list", "network_kind": "business", "country": "FR"}


class ManyVisits(Blog):
    """Visits that are stored together."""

    def __init__(self, store: EventStore) -> None:
        super().__init__(store)
        self._rows: list[dict[str, object]] = []

    def add(self, rows: list[dict[str, object]]) -> None:  # type: ignore[override]
        self._rows += rows

    def store_all(self) -> None:
        super().add(self._rows)
        self._rows = []


def store_thirteen_weeks(store: EventStore, end: datetime) -> None:
    """The weeks before a moment. Each has by LinkedIn 8 of 24 companies, on /a, and 10 others; by Google 3 of 9 and 60, on /b."""
    made = ManyVisits(store)
    for week in range(13):
        day = end.astimezone(UTC) - timedelta(days=7 * week + 3)
        for source, path, companies, others in (("LinkedIn", "/a", 8, 10), ("Google", "/b", 3, 60)):
            for number in range(companies + others):
                facts = (
                    {"company": f"{source} {(week * companies + number) % (3 * companies)}", **SURE}
                    if number < companies
                    else {}
                )
                at = day + timedelta(minutes=3 * number)
                made.visit(at.isoformat(), (0, path), source=source, channel="Organic Social", **facts)
    made.store_all()
