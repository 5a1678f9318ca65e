"""The context that pages, operations and deliveries share: the settings, both databases and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from tracker.db.engine import AppDatabase
from tracker.leads.corrections.changes import rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.settings import Settings
from tracker.stats.rollups.moment import Moment
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class Context:
    """The settings, both databases and the clock; `now` returns an aware UTC datetime.

    Whoever reads the event store here reads it with the corrections to companies (tracker.leads.corrections), and so does
    a moment of it (tracker.stats.rollups.moment), which is one of a store that is read so.

    A function that needs more than these four takes it as a further parameter.
    """

    settings: Settings
    app_db: AppDatabase
    event_store: EventStore
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        if not isinstance(self.event_store, CorrectedStore | Moment):
            corrected = CorrectedStore(self.event_store, partial(rules_now, self.app_db))
            object.__setattr__(self, "event_store", corrected)
