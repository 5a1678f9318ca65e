"""Joins the companies of all sites whose names can only mean the same one, while the service runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from tracker.db.engine import AppDatabase
from tracker.leads.companies.known import known_companies
from tracker.leads.corrections.changes import rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.leads.corrections.joining import join_companies
from tracker.sites.sites import list_sites
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 900.0
_DAYS = 30


class Joining:
    """Looks at the companies of the last days, each time that it is called and enough time has passed."""

    def __init__(
        self,
        app: AppDatabase,
        store: EventStore,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._store = store
        self._now = now
        self._monotonic = monotonic
        self._next_at = 0.0

    def __call__(self) -> None:
        if self._monotonic() < self._next_at:
            return
        self._next_at = self._monotonic() + _AGAIN_SECONDS
        store = cast("EventStore", CorrectedStore(self._store, lambda: rules_now(self._app)))
        for site in list_sites(self._app):
            zone = ZoneInfo(site.time_zone)
            end = self._now().astimezone(zone).date() + timedelta(days=1)
            scope = Scope(site.stored_as, Period(end - timedelta(days=_DAYS), end, zone, "joined"))
            companies = known_companies(store, scope, confirmed=site.confirmed_names)
            for name, into in join_companies(self._app, site.id, companies, now=self._now()):
                log.info("%s: visits of %s count for %s", site.domain, name, into)
