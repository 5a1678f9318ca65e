"""When the service fetches geo databases: once a day, in its own thread, if the settings say so."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from tracker.data_folder import FolderInUse
from tracker.reference.geo.providers import NotConfigured
from tracker.reference.geo.update import UpdateOutcome, last_fetched_at, update
from tracker.settings import Settings

log = logging.getLogger(__name__)

_EVERY = timedelta(days=1)
# After a failure the provider is asked again sooner, but not so often that it would be a burden.
_AFTER_FAILURE = timedelta(hours=6)


class GeoUpdates:
    """Called by the scheduler; returns at once, since a download may take minutes. `run` fetches, as `update` does."""

    def __init__(
        self, settings: Settings, now: Callable[[], datetime], run: Callable[..., Iterable[UpdateOutcome]] = update
    ) -> None:
        self._settings = settings
        self._now = now
        self._run = run
        self._thread: threading.Thread | None = None
        fetched_at = last_fetched_at(settings.geo_folder)
        self._due_at = fetched_at + _EVERY if fetched_at else datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> None:
        if self._settings.geo_update == "off" or self._now() < self._due_at:
            return
        if self._thread is not None and self._thread.is_alive():
            return
        self._due_at = self._now() + _EVERY
        self._thread = threading.Thread(target=self._fetch, name="geo-update", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Waits for a fetch in progress."""
        if self._thread is not None:
            self._thread.join()

    def _fetch(self) -> None:
        try:
            outcomes = list(self._run(self._settings, self._settings.geo_update, now=self._now()))
        except (NotConfigured, FolderInUse) as problem:
            log.warning("geo databases were not fetched: %s", problem)
            self._due_at = self._now() + _AFTER_FAILURE
            return
        except Exception:
            log.exception("geo databases could not be fetched")
            self._due_at = self._now() + _AFTER_FAILURE
            return
        for outcome in outcomes:
            if outcome.state == "failed":
                log.warning("geo database %s was not updated: %s", outcome.name, outcome.words)
                self._due_at = self._now() + _AFTER_FAILURE
            elif outcome.state == "updated":
                log.info("geo database %s is updated: %s", outcome.name, outcome.words)
