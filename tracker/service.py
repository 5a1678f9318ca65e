"""One running service on one data folder: its databases, journal, ingest thread and scheduler thread.

Owns what lives as long as the process: opened in order, closed in reverse, safe to close twice.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import NamedTuple

from tracker import data_folder
from tracker.clock import utc_now
from tracker.db.copy_schedule import CopySchedule
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.recovery import forget_set_aside
from tracker.db.salts import Salts
from tracker.enrichment.network_list import NetworkList
from tracker.enrichment.pipeline import Enricher
from tracker.garbage import collect_less_often
from tracker.geo.shelf import open_databases as open_geo
from tracker.ingest.identity import Identity
from tracker.ingest.log_import import forget_imports
from tracker.ingest.sites import SiteDirectory
from tracker.ingest.worker import Ingest
from tracker.journal import list_segments, retirable, retire
from tracker.reverse_dns.desk import NameDesk
from tracker.reverse_dns.lookup import Lookup, Unanswered
from tracker.settings import Settings
from tracker.store.engines import EventStore, open_event_store
from tracker.store.errors import StoreUnavailable
from tracker.store.recovery import repairs

log = logging.getLogger(__name__)

_HOUSEKEEPING_SECONDS = 10.0
_COMPACT_SECONDS = 600.0
_STOP_SECONDS = 4.0
_FORGET_SECONDS = 120.0
# A salt outlives the last event that may arrive under it: the oldest that is still counted, and a day for the zones.
_SALT_MARGIN = timedelta(hours=26)


class OpenDatabases(NamedTuple):
    """Both databases of a data folder, open."""

    app: AppDatabase
    events: EventStore


def open_databases(settings: Settings, *, wait_seconds: float = 0.0) -> OpenDatabases:
    """Opens, and on first use makes, both databases. The caller holds the ingest lock."""
    app = open_app_database(settings.app_database)
    events = open_event_store(settings.event_store, wait_seconds=wait_seconds, memory_mb=settings.store_memory_mb)
    _forget_lost_imports(settings, app)
    return OpenDatabases(app, events)


def _forget_lost_imports(settings: Settings, app: AppDatabase) -> None:
    """Lets logs be imported again whose events went with a store file that was set aside."""
    lost_at = max((repair.at for repair in repairs(settings.event_store) if repair.part == "file"), default=None)
    if lost_at is not None:
        forget_imports(app, before=lost_at, journal_folder=settings.journal_folder)


def open_name_desk(settings: Settings) -> NameDesk | None:
    """Where ingest asks for the names of addresses; None when reverse DNS is off or there is no resolver."""
    if not settings.reverse_dns:
        return None
    try:
        return NameDesk(Lookup(settings.name_server), monotonic=time.monotonic)
    except Unanswered as problem:
        log.warning("reverse DNS is off: %s", problem)
        return None


def build_ingest(
    settings: Settings, app: AppDatabase, store: EventStore, *, keeps_geo: bool, names: NameDesk | None = None
) -> tuple[Ingest, Identity]:
    """The ingest of a data folder, and the identity whose salts its owner must let go of.

    `keeps_geo` for the one that holds the ingest lock: it takes over new geo databases.
    """
    collect_less_often()
    salts = Salts(app, now=utc_now, random_bytes=secrets.token_bytes)
    identity = Identity(salts.of)
    ingest = Ingest(
        journal_folder=settings.journal_folder,
        store=store,
        sites=SiteDirectory(app, monotonic=time.monotonic),
        identity=identity,
        enricher=Enricher(
            open_geo(settings, keeps=keeps_geo),
            too_old_ms=settings.too_old_hours * 3_600_000,
            names=names,
            network_list=NetworkList(settings.network_list_file),
        ),
    )
    return ingest, identity


class Housekeeping:
    """What must be done now and then: retire segments, delete salts that have had their day, copy and mend the app database."""

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

    def __call__(self) -> None:
        """Does it when ten seconds have passed since the last time; a damaged app database is mended at once."""
        if self._app.damage:
            self._app.mend(utc_now())
            self._identity.forget_salts()
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + _HOUSEKEEPING_SECONDS
        self._retire_segments()
        self._compact()
        self._ingest.forget_addresses(ip_hours=self._settings.journal_retention_hours)
        try:
            self._delete_salts(utc_now() - timedelta(hours=self._settings.too_old_hours) - _SALT_MARGIN)
        except AppDatabaseUnavailable as problem:  # no reason to count nothing; it is tried again
            log.warning("salts are not deleted now: %s", problem)
        self._app.look()
        self._copies(utc_now())

    def _compact(self) -> None:
        """Each batch adds rows of what is not counted; now and then those that say the same become one."""
        if time.monotonic() >= self._compact_at:
            self._compact_at = time.monotonic() + _COMPACT_SECONDS
            self._store.compact_not_counted()

    def _delete_salts(self, made_before: datetime) -> None:
        self._salts.delete_made_before(made_before)
        self._identity.forget_salts()
        if self._app.file is not None:
            forget_set_aside(self._app.file, made_before)

    def _retire_segments(self) -> None:
        """Lets go of what is stored: only once a checkpoint has covered it, so that a lost log can be rebuilt."""
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


class Service:
    """The worker's inside: start it, mount `app_database` and `events` in the WSGI application, stop it.

    With `ingests` False another process ingests; the event store must then be one that processes share.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        schedule: Callable[[Service], Callable[[], None]] | None = None,
        ingests: bool = True,
    ) -> None:
        self.settings = settings
        self.ingests = ingests
        self._stack = ExitStack()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        data_folder.prepare(settings.data)
        if ingests:
            self._stack.enter_context(data_folder.acquire(settings.data, data_folder.INGEST_LOCK, wait_seconds=10))
        self.app_database, self.events = open_databases(settings, wait_seconds=10)
        self._stack.callback(self.events.close)
        self._stack.callback(self.app_database.close)
        self.names = open_name_desk(settings) if ingests else None
        if self.names is not None:
            self._stack.callback(self.names.close)
        self.ingest, identity = build_ingest(
            settings, self.app_database, self.events, keeps_geo=ingests, names=self.names
        )
        self._housekeeping = Housekeeping(settings, self.app_database, self.events, self.ingest, identity)
        self._schedule = schedule

    def start(self) -> None:
        """Starts ingest and, when the settings say so, the scheduler."""
        if self.ingests:
            self._spawn("ingest", lambda: self.ingest.run(self._stop, housekeeping=self._housekeeping))
        if self._schedule is not None and self.settings.scheduler:
            tick = self._schedule(self)
            self._spawn("scheduler", lambda: self._run_every_minute(tick))

    def forget_site(self, stored_as: str) -> None:
        """Deletes a removed site's events, between two batches where this process ingests. Raises StoreUnavailable."""
        if not self.ingest_is_alive():
            self.events.forget_site(stored_as)
        elif not self.ingest.forget_site(stored_as).wait(_FORGET_SECONDS):
            raise StoreUnavailable("ingest is busy; the site's events are deleted as soon as it goes on")

    def ingest_is_alive(self) -> bool:
        return any(thread.name == "ingest" and thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Stores what came last and closes everything, within seconds; a long backlog stays in the journal."""
        self._stop.set()
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        self._threads.clear()
        self._stack.close()

    def _run_every_minute(self, tick: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                tick()
            except Exception:
                log.exception("the scheduler failed; it tries again in a minute")
            self._stop.wait(60)

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)
