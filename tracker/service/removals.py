"""What a removed site leaves behind goes, once the days are over in which it can be taken back.

Killed at any moment it ends at the next start: the app database's row goes last, and until then says what is to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tracker.db.engine import AppDatabase
from tracker.ingest.quarantine import Quarantine
from tracker.sites.removal import RemovedSite, delete_site, removed_sites

log = logging.getLogger(__name__)


class Removals:
    """Each time that it is called, makes those sites go whose time is over. `forget_site` deletes a site's events."""

    def __init__(
        self,
        app: AppDatabase,
        journal_folder: Path,
        forget_site: Callable[[str], None],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._journal_folder = journal_folder
        self._forget_site = forget_site
        self._now = now

    def __call__(self) -> None:
        for site in removed_sites(self._app):
            if site.gone_at <= self._now():
                self.make_go(site)
                log.info("%s, which was removed on %s, is gone for good", site.domain, site.removed_at.date())

    def make_go(self, site: RemovedSite) -> None:
        """Deletes a removed site's events, its lines in quarantine and its rows. Raises StoreUnavailable.

        No event of the site comes meanwhile: whoever ingests does not know it, and reads the sites again before this.
        """
        self._forget_site(site.stored_as)
        Quarantine(self._journal_folder).forget_site(site.names)
        delete_site(self._app, site.id)
