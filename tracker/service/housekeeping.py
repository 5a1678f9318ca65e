"""The periodic tasks of a running service."""

from __future__ import annotations

import logging
import secrets
import time
from datetime import datetime, timedelta

from tracker.clock import utc_now
from tracker.db.copy_schedule import CopySchedule
from tracker.db.engine import AppDatabase
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.recovery import forget_set_aside
from tracker.ingest.visits.salts import Salts
from tracker.ingest.visits.visitor_ids import Identity
from tracker.ingest.worker import Ingest
from tracker.journal import list_segments, retirable, retire
from tracker.settings import Settings
from tracker.sites.trash import empty_trash
from tracker.store.errors import StoreUnavailable
from tracker.store.protocol import EventStore

log = logging.getLogger(__name__)

_HOUSEKEEPING_SECONDS = 10.0
_COMPACT_SECONDS = 600.0
_TRASH_SECONDS = 3600.0
# A salt is kept as long as events of its day may arrive: the greatest age of a counted event, and a day for time zones.
# The ids that clients gave their events are kept as long.
_SALT_MARGIN = timedelta(hours=26)


class Housekeeping:
    """The periodic tasks: retire journal segments, delete expired salts, empty the trash, copy and repair the app database."""

    def __init__(
        self, settings: Settings, app: AppDatabase, store: EventStore, ingest: Ingest, identity: Identity
    ) -> None:
        self._settings = settings
        self._app = app
        self._copies = CopySchedule(app, monotonic=time.monotonic)
        self._salts = Salts(app, now=utc_now, random_bytes=secrets.token_bytes)
        self._store = store
        self._ingest = ingest
        self._identity = identity
        self._next_at = 0.0
        self._compact_at = time.monotonic() + _COMPACT_SECONDS
        self._empty_trash_at = 0.0

    def __call__(self) -> None:
        """Runs the tasks when ten seconds have passed since the last run. A damaged app database is repaired at once."""
        if self._app.damage:
            self._app.repair(utc_now())
            self._identity.forget_salts()
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + _HOUSEKEEPING_SECONDS
        self._retire_segments()
        self._compact()
        self._ingest.forget_ips(ip_hours=self._settings.journal_retention_hours)
        try:
            self._delete_salts(utc_now() - timedelta(hours=self._settings.too_old_hours) - _SALT_MARGIN)
        except AppDatabaseUnavailable as problem:  # ingest goes on without it; the next run tries again
            log.warning("salts are not deleted now: %s", problem)
        self._empty_trash()
        self._app.look()
        self._copies(utc_now())

    def _compact(self) -> None:
        """Merges rows of what is not counted, of which each batch adds some, and lets go of the ids of old events."""
        if time.monotonic() >= self._compact_at:
            self._compact_at = time.monotonic() + _COMPACT_SECONDS
            self._store.compact_not_counted()
            self._store.forget_event_ids(timedelta(hours=self._settings.too_old_hours) + _SALT_MARGIN)

    def _empty_trash(self) -> None:
        if time.monotonic() < self._empty_trash_at:
            return
        try:
            empty_trash(self._app, now=utc_now())
        except AppDatabaseUnavailable as problem:  # the next run tries again
            log.warning("the trash is not emptied now: %s", problem)
        else:
            self._empty_trash_at = time.monotonic() + _TRASH_SECONDS

    def _delete_salts(self, made_before: datetime) -> None:
        self._salts.delete_made_before(made_before)
        self._identity.forget_salts()
        if self._app.file is not None:
            forget_set_aside(self._app.file, made_before)

    def _retire_segments(self) -> None:
        """Deletes stored segments, but only after a checkpoint: if the store's log is lost, the journal still has its hits."""
        folder = self._settings.journal_folder
        consumed = {name: position.offset_bytes for name, position in self._ingest.positions.items()}
        older_than = utc_now() - timedelta(hours=self._settings.journal_retention_hours)
        names = retirable(folder, consumed, older_than)
        gone = set(consumed) - {segment.name for segment in list_segments(folder)}
        if names:
            try:
                self._store.checkpoint()
            except StoreUnavailable as problem:
                log.warning("no journal segment is retired now: %s", problem)
                names = []
        if forgotten := {*gone, *retire(folder, names, consumed)}:
            self._ingest.forget(forgotten)
