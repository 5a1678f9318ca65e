"""A list that somebody looks at is ready when a hit's figures are: nobody waits for it, and nobody sees half of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from tests.databases import new_app_database
from tests.stats.conftest import SITE, Blog, scope
from tracker.db.engine import AppDatabase
from tracker.leads.corrections.changes import rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.leads.listing.first_rows import countries, first_leads, note_list
from tracker.leads.ranking import rank
from tracker.leads.score_rules import DEFAULT_RULES
from tracker.service.sealing import Sealing
from tracker.sites.sites import add_site
from tracker.stats.rollups.moment import moment
from tracker.store.answering.store import AnsweringStore
from tracker.store.protocol import EventStore

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
SCOPE = scope("2026-11-01,2026-11-18")
ACME = {"company": "Acme", "company_domain": "acme.example", "company_confidence": 0.9, "network_kind": "business"}


class Counted:
    """An event store that counts what its snapshots are asked about companies."""

    def __init__(self, inner: EventStore) -> None:
        self.inner, self.asked = inner, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        with self.inner.snapshot() as snapshot:
            yield CountedSnapshot(self, snapshot)


class CountedSnapshot:
    def __init__(self, of: Counted, inner: Any) -> None:
        self.of, self.inner = of, inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def rows(self, statement: Any) -> Any:
        self.of.asked += 1
        return self.inner.rows(statement)

    def frame(self, statement: Any) -> Any:
        self.of.asked += 1
        return self.inner.frame(statement)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, SITE, now=NOW)
    yield opened
    opened.close()


def test_a_list_that_is_looked_at_is_ready_with_the_figures_of_the_next_hit(app: AppDatabase, blog: Blog) -> None:
    counted = Counted(blog.store)
    answering = cast(EventStore, AnsweringStore(cast(EventStore, counted)))
    pages = cast(EventStore, CorrectedStore(answering, lambda: rules_now(app)))
    blog.store = answering
    sealing = Sealing(
        app, answering, now=lambda: NOW, lag_bytes=lambda: 0, monotonic=iter(range(0, 10_000, 10)).__next__
    )

    def looked_at() -> tuple[list[int], list[int]]:
        """The visits of the companies of the list, whose countries are asked too, and of the first leads."""
        asked: dict[str, Any] = {"now": NOW, "confirmed": frozenset(), "rules": DEFAULT_RULES}
        with moment(pages) as page:
            listed = rank(page, SCOPE, **asked)
            note_list(page, SCOPE, **asked)
            countries(page, SCOPE)
            return list(listed.rows["visits"]), list(first_leads(page, SCOPE, **asked, number=5)["visits"])

    blog.visit("2026-11-18T10:00:00+01:00", (0, "/a"), **ACME)
    sealing.step(threading.Event())
    assert looked_at() == ([1], [1])
    blog.visit("2026-11-18T10:05:00+01:00", (0, "/a"), **ACME)
    asked = counted.asked
    assert looked_at() == ([1], [1])
    # Which days have figures, and whether all events are on one.
    assert counted.asked - asked == 2
    sealing.step(threading.Event())
    asked = counted.asked
    assert looked_at() == ([2], [2])
    # That all events are on days with figures was found out with these.
    assert counted.asked == asked
