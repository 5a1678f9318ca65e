"""What every part that asks is given: the settings, both databases and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.db.engine import AppDatabase
from tracker.settings import Settings
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class Context:
    """What pages, operations and deliveries work with; `now` returns an aware UTC datetime.

    What one of them needs beyond these four is passed beside.
    """

    settings: Settings
    app_db: AppDatabase
    event_store: EventStore
    now: Callable[[], datetime]
