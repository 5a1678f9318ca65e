"""One running service on one data folder: its databases, journal, ingest thread and scheduler thread.

It opens them in order and closes them in reverse order. Closing twice is safe.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

from tracker import data_folder
from tracker.clock import utc_now
from tracker.service.context import Context
from tracker.service.databases import open_databases
from tracker.service.housekeeping import Housekeeping
from tracker.service.huge_pages import HugePages
from tracker.service.ingesting import build_ingest, open_name_queue
from tracker.service.joining import Joining
from tracker.service.memory import Memory
from tracker.service.registers import RegisterUpdates, RegisterWork
from tracker.service.removals import Removals
from tracker.service.sealing import Sealing
from tracker.settings import Settings
from tracker.store.errors import StoreUnavailable

log = logging.getLogger(__name__)

_STOP_SECONDS = 4.0
_FORGET_SECONDS = 120.0


class Service:
    """A service: `start` it, use `app_database` and `events` in the WSGI application, `stop` it.

    With `ingests` False another process ingests; the event store's engine must then allow several processes.
    `tell_backlog` is told now and then how many bytes of the journal wait to be stored.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        schedule: Callable[[Service], Mapping[str, Callable[[], None]]] | None = None,
        ingests: bool = True,
        tell_backlog: Callable[[int], None] = lambda _: None,
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
        self.names = open_name_queue(settings) if ingests else None
        if self.names is not None:
            self._stack.callback(self.names.close)
        self.ingest, identity = build_ingest(
            settings, self.app_database, self.events, keeps_geo=ingests, names=self.names
        )
        self._housekeeping = Housekeeping(settings, self.app_database, self.events, self.ingest, identity)
        self._joining = Joining(self.app_database, self.events, now=utc_now)
        self._removals = Removals(self.app_database, settings.journal_folder, self.forget_site, now=utc_now)
        self._sealing = Sealing(self.app_database, self.events, now=utc_now, lag_bytes=self.ingest.lag_bytes)
        context = Context(settings, self.app_database, self.events, utc_now)
        self._registers, self._register_updates = RegisterWork(context, self._stop), RegisterUpdates(context)
        self._stack.callback(self._register_updates.close)
        self._schedule = schedule
        self._tell_backlog = tell_backlog
        self._huge_pages = HugePages()

    def start(self) -> None:
        """Starts ingest with the sealing of days and, when the settings say so, what is done each minute."""
        if self.ingests:
            self._spawn("ingest", lambda: self.ingest.run(self._stop, housekeeping=self._before_a_batch))
            self._spawn("sealing", lambda: self._sealing.run(self._stop))
            self._spawn("joining", partial(self._run_every_minute, self._joining))
            self._spawn("registers", self._registers.run)
            self._spawn("register updates", partial(self._run_every_minute, self._register_updates))
            self._spawn("removals", partial(self._run_every_minute, self._removals))
        self._spawn("memory", partial(self._run_every_minute, Memory(self.events)))
        if self._schedule is not None and self.settings.scheduler:
            for name, tick in self._schedule(self).items():
                self._spawn(name, partial(self._run_every_minute, tick))

    def forget_site(self, stored_as: str) -> None:
        """Deletes a removed site's events; where this process ingests, between two batches. Raises StoreUnavailable."""
        if not self.ingest_is_alive():
            self.events.forget_site(stored_as)
        elif not self.ingest.forget_site(stored_as).wait(_FORGET_SECONDS):
            raise StoreUnavailable("ingest is busy; the site's events are deleted as soon as it goes on")

    @property
    def stopping(self) -> threading.Event:
        """Set once the service stops; what takes long ends early then."""
        return self._stop

    def ingest_is_alive(self) -> bool:
        return any(thread.name == "ingest" and thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Stores the last hits and closes everything within seconds. A long backlog stays in the journal."""
        self._stop.set()
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        self._threads.clear()
        self._stack.close()

    def _before_a_batch(self) -> None:
        waiting = self.ingest.lag_bytes()
        # Where nothing can be stored, resting would not help.
        self._tell_backlog(0 if self.ingest.problem else waiting)
        self._huge_pages(waiting)
        self._housekeeping()

    def _run_every_minute(self, tick: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                tick()
            except Exception:
                log.exception("what is done each minute failed; it is tried again in a minute")
            self._stop.wait(60)

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)
