"""A site with a rule and messages to deliver."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.databases import new_app_database
from tests.webhook_server import Hooks, hook_server
from tracker.db.alert_models import AlertRule, OutgoingAttempt, OutgoingMessage
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.delivery.outbox.delivering import Outbox
from tracker.leads.alerts.raising import send_test
from tracker.leads.alerts.rules import NewRule, add_rule
from tracker.leads.alerts.rules_vocabulary import Channel, Trigger
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.sites.sites import add_site, find_site
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 16, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Posted:
    """Messages of a site, and the outbox that delivers them to `hooks`."""

    def __init__(
        self, database: AppDatabase, hooks: Hooks, clock: Clock, settings: Settings, store: EventStore
    ) -> None:
        self.database, self.hooks, self.clock = database, hooks, clock
        self.context = Context(settings, database, store, clock)
        add_site(database, "blog.exemple.fr", now=clock(), language="en")
        self.outbox = Outbox(self.context)

    @property
    def site(self) -> Site:
        found = find_site(self.database, "blog.exemple.fr")
        assert found is not None
        return found

    def rule(self, path: str = "/", channel: Channel = Channel.WEBHOOK, url: str | None = None) -> AlertRule:
        rule = NewRule("Anybody", Trigger.VISIT, channel, url or self.hooks.url + path)
        return add_rule(self.database, self.site.id, rule, by="lea@exemple.fr", now=self.clock())

    def message(self, rule: AlertRule) -> OutgoingMessage:
        send_test(self.database, self.site, rule, now=self.clock())
        return self.messages()[-1]

    def messages(self) -> list[OutgoingMessage]:
        with self.database.transaction() as session:
            return list(session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))

    def attempts(self) -> list[OutgoingAttempt]:
        with self.database.transaction() as session:
            return list(session.scalars(select(OutgoingAttempt).order_by(OutgoingAttempt.id)))

    def deliver(self, *, later: timedelta = timedelta()) -> list[str]:
        """Delivers what is due after some time. Returns where each message is then."""
        self.clock.now += later
        self.outbox.run_once()
        return [one.status for one in self.messages()]


@pytest.fixture(scope="session")
def store() -> Iterator[EventStore]:
    opened = open_event_store("duckdb:///:memory:")
    yield opened
    opened.close()


@pytest.fixture
def posted(tmp_path: Path, store: EventStore) -> Iterator[Posted]:
    database = new_app_database(tmp_path / "app.sqlite")
    settings = Settings(data=tmp_path, private_targets=(ip_network("127.0.0.1"),), base_url="https://stats.exemple.fr")
    with hook_server() as hooks:
        yield Posted(database, hooks, Clock(), settings, store)
    database.close()
