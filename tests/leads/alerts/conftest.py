"""A site with an app database, a clock, and visits of companies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from tests.databases import new_app_database
from tests.stats.conftest import SITE, Blog
from tracker.db.alert_models import Alert, AlertRule, OutgoingMessage
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.rules import NewRule, add_rule
from tracker.leads.alerts.rules_vocabulary import Channel, Trigger
from tracker.leads.alerts.watching import Watching
from tracker.leads.corrections.changes import rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.sites.sites import add_site, find_site
from tracker.store.protocol import EventStore

KNOWN = {"company_method": "as_organisation", "company_confidence": 0.9, "network_kind": "business", "country": "FR"}


class Clock:
    """A Monday, 10:00 in Paris, until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Told:
    """A site under watch: rules are added, companies come, and it is looked at."""

    def __init__(self, database: AppDatabase, store: EventStore, clock: Clock) -> None:
        self.database, self.blog, self.clock = database, Blog(store), clock
        add_site(database, SITE, now=clock() - timedelta(days=90))
        self.store = cast("EventStore", CorrectedStore(store, partial(rules_now, database)))
        self.lag = 0
        self.restart()

    @property
    def site(self) -> Site:
        found = find_site(self.database, SITE)
        assert found is not None
        return found

    def restart(self) -> None:
        self._watching = Watching(
            self.database, self.store, late=timedelta(hours=24), lag_bytes=lambda: self.lag, now=self.clock
        )

    def rule(self, trigger: Trigger = Trigger.VISIT, **values: Any) -> AlertRule:
        values = {"channel": Channel.WEBHOOK, "target": "https://hooks.exemple.fr/", "name": trigger.value} | values
        return add_rule(
            self.database, self.site.id, NewRule(trigger=trigger, **values), by="lea@exemple.fr", now=self.clock()
        )

    def visit(self, company: str, *steps: tuple[Any, ...], at: str | None = None, **facts: Any) -> None:
        began_at = at or self.clock().isoformat()
        self.blog.visit(began_at, *(steps or ((0, "/"),)), company=company, **KNOWN | facts)

    def look(self, *, later: timedelta = timedelta(minutes=1)) -> list[str]:
        """Looks once, a minute later. Returns the keys of what was raised."""
        before = {one.id for one in self.alerts()}
        self.clock.now += later
        self._watching()
        return [one.key for one in self.alerts() if one.id not in before]

    def alerts(self) -> list[Alert]:
        with self.database.transaction() as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    def messages(self) -> list[Any]:
        with self.database.transaction() as session:
            return [
                json.loads(one.payload) for one in session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id))
            ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told(tmp_path: Path, store: EventStore, clock: Clock) -> Iterator[Told]:
    database = new_app_database(tmp_path / "app.sqlite")
    yield Told(database, store, clock)
    database.close()
