"""Fetches geo databases when somebody asks for it, in a thread of its own, and says how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker.data_folder import FolderInUse
from tracker.phrase import Phrase, message
from tracker.reference.geo.download import Progress
from tracker.reference.geo.providers import NotConfigured
from tracker.reference.geo.update import UpdateOutcome, update
from tracker.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fetching:
    """How far it is: the file that comes now with its bytes, those that are done, and what kept all from being fetched.

    `announced` is 0 where the server does not say how many bytes there are.
    """

    is_running: bool = False
    name: str = ""
    received: int = 0
    announced: int = 0
    outcomes: tuple[UpdateOutcome, ...] = field(default=())
    problem: str | None = None


def provider_of(settings: Settings) -> str:
    """Whose databases are fetched: those of the settings, else GeoLite2 where its key is set, else DB-IP Lite."""
    if settings.geo_update != "off":
        return settings.geo_update
    return "geolite2" if settings.maxmind_license_key else "dbip"


class GeoFetch:
    """Safe to use from several threads. `run` fetches, as `update` does."""

    def __init__(
        self, settings: Settings, now: Callable[[], datetime], run: Callable[..., Iterable[UpdateOutcome]] = update
    ) -> None:
        self._settings = settings
        self._now = now
        self._run = run
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.state = Fetching()

    def start(self) -> None:
        """Begins, unless a fetch is under way."""
        with self._lock:
            if self.state.is_running:
                return
            self.state = Fetching(is_running=True)
            self._thread = threading.Thread(target=self._fetch, name="geo-fetch", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Waits for a fetch that is under way."""
        if self._thread is not None:
            self._thread.join()

    def _fetch(self) -> None:
        problem: str | None = None
        try:
            for outcome in self._run(
                self._settings, provider_of(self._settings), now=self._now(), report=self._report_of
            ):
                self.state = replace(self.state, outcomes=(*self.state.outcomes, outcome))
        except NotConfigured as refused:
            problem = refused.args[0]
        except FolderInUse:
            problem = Phrase(message("another process is fetching databases; wait until it has ended"))
        except Exception as failed:
            log.exception("geo databases could not be fetched")
            problem = str(failed).partition("\n")[0] or type(failed).__name__
        self.state = replace(self.state, is_running=False, name="", problem=problem)

    def _report_of(self, name: str) -> Progress:
        self.state = replace(self.state, name=name, received=0, announced=0)

        def progress(received: int, announced: int) -> None:
            self.state = replace(self.state, received=received, announced=announced)

        return progress
