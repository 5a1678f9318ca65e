"""The context that pages, operations and deliveries share: the settings, both databases and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.db.engine import AppDatabase
from tracker.settings import Settings
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class Context:
    """The settings, both databases and the clock; `now` returns an aware UTC datetime.

    A function that needs more than these four takes it as a further parameter.
    """

    settings: Settings
    app_db: AppDatabase
    event_store: EventStore
    now: Callable[[], datetime]
