"""What every page works with: settings, both databases and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.db.engine import AppDatabase
from tracker.settings import Settings
from tracker.store.engines import EventStore


@dataclass(frozen=True)
class DashboardContext:
    """`now` gives an aware UTC datetime."""

    settings: Settings
    db: AppDatabase
    store: EventStore
    now: Callable[[], datetime]
