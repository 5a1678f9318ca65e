"""Keeps the days of all sites sealed while the service runs: one day at a time, beside ingest and never in its way."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tracker.db.engine import AppDatabase
from tracker.db.errors import AppDatabaseUnavailable
from tracker.sites.sites import list_sites
from tracker.stats.rollups.keeping import Keeper
from tracker.store.protocol import EventStore

log = logging.getLogger(__name__)

_LEAST_PAUSE_SECONDS = 1.0
# It rests twice as long as it worked, so that it takes a third of a core at most.
_REST = 2.0
# A day that goes on changing is sealed again no sooner than this.
_AGAIN_SECONDS = 60.0
_AFTER_A_FAILURE_SECONDS = 60.0
# With more in the journal than this, ingest has all of the machine.
_BACKLOG_BYTES = 1_000_000


class Sealing:
    """Seals what is not sealed, the newest days first."""

    def __init__(
        self,
        app: AppDatabase,
        store: EventStore,
        *,
        now: Callable[[], datetime],
        lag_bytes: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._keeper = Keeper(store)
        self._now = now
        self._lag_bytes = lag_bytes
        self._monotonic = monotonic
        self._sealed_at: dict[tuple[str, date], float] = {}

    def run(self, stop: threading.Event) -> None:
        """Seals until `stop` is set."""
        while not stop.is_set():
            begun = self._monotonic()
            try:
                found = self.step(stop)
                rest = _REST * (self._monotonic() - begun)
                pause = rest if found else max(_LEAST_PAUSE_SECONDS, rest)
            except AppDatabaseUnavailable as problem:
                log.warning("no days are sealed now: %s", problem)
                pause = _AFTER_A_FAILURE_SECONDS
            except Exception:
                if stop.is_set():
                    return
                log.exception("a day could not be sealed; its figures are counted from the events meanwhile")
                pause = _AFTER_A_FAILURE_SECONDS
            stop.wait(pause)

    def step(self, stop: threading.Event) -> bool:
        """Seals one day of each site that has one to seal; whether any had."""
        found = False
        for site in list_sites(self._app):
            if stop.is_set() or self._lag_bytes() > _BACKLOG_BYTES:
                return False
            zone = ZoneInfo(site.time_zone)
            today = self._now().astimezone(zone).date()
            day = self._keeper.seal_next(site.stored_as, zone, today=today, leaving=self._just_sealed(site.stored_as))
            if day is not None:
                self._sealed_at[site.stored_as, day] = self._monotonic()
                found = True
        return found

    def _just_sealed(self, site: str) -> set[date]:
        """The site's days that were sealed a moment ago; older notes are dropped."""
        since = self._monotonic() - _AGAIN_SECONDS
        self._sealed_at = {key: at for key, at in self._sealed_at.items() if at > since}
        return {day for one, day in self._sealed_at if one == site}
