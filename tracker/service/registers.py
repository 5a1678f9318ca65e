"""What a running service does with public registers, beside pages and ingest: finds companies in them, and keeps them fresh."""

from __future__ import annotations

import logging
import threading

from tracker.leads.registers.matching import match_companies
from tracker.reference.registers.registers import registers_of
from tracker.service.context import Context
from tracker.sites.sites import list_sites

log = logging.getLogger(__name__)

_REST_SECONDS = 0.05


class RegisterWork:
    """Matches the companies of all sites, each time that it is called; `stop` ends it early."""

    def __init__(self, context: Context, stop: threading.Event) -> None:
        self._context = context
        self._stop = stop

    def __call__(self) -> None:
        registers = registers_of(self._context.settings)
        for site in list_sites(self._context.app_db):
            if self._stop.is_set():
                return
            done = match_companies(
                self._context.app_db,
                self._context.event_store,
                site,
                registers,
                now=self._context.now(),
                pause=lambda: self._stop.wait(_REST_SECONDS),
            )
            if done:
                log.info("%s: %s companies looked up in the registers", site.domain, done)
