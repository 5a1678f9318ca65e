"""What every part that asks is given: the settings, both databases and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.db.engine import AppDatabase
from tracker.settings import Settings
from tracker.store.engines import EventStore


@dataclass(frozen=True)
class Operator:
    """What operations work with."""

    settings: Settings
    app_database: AppDatabase
    store: EventStore
    now: Callable[[], datetime]
    # Deletes the events of a removed site; the store's own way where nothing ingests meanwhile.
    forget_site: Callable[[str], None] | None = None
