"""Opens both databases of a data folder, and creates them on first use."""

from __future__ import annotations

from typing import NamedTuple, cast

from tracker.db.engine import AppDatabase, open_app_database
from tracker.settings import Settings
from tracker.store.answering.store import AnsweringStore
from tracker.store.engines import open_event_store, repairs
from tracker.store.protocol import EventStore


class OpenDatabases(NamedTuple):
    """Both databases of a data folder, open."""

    app: AppDatabase
    events: EventStore


def open_databases(settings: Settings, *, wait_seconds: float = 0.0) -> OpenDatabases:
    """Opens both databases, and creates them on first use. The caller holds the ingest lock."""
    app = open_app_database(settings.app_database)
    opened = open_event_store(settings.event_store, wait_seconds=wait_seconds, memory_mb=settings.store_memory_mb)
    events = cast(EventStore, AnsweringStore(opened))  # the methods that it does not name are the opened store's
    _forget_lost_imports(settings, app)
    return OpenDatabases(app, events)


def _forget_lost_imports(settings: Settings, app: AppDatabase) -> None:
    """Forgets the imported logs whose events were lost with a damaged store file, so that they can be imported again."""
    lost_at = max((repair.at for repair in repairs(settings.event_store) if repair.part == "file"), default=None)
    if lost_at is not None:
        from tracker.imports.log_import import forget_imports  # with all that reads logs, which is seldom asked here

        forget_imports(app, before=lost_at, journal_folder=settings.journal_folder)
