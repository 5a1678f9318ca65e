"""Keeps the figures of all sites' days while the service runs, beside ingest and never in its way.

Days whose events change are counted again soon, so that a page shows what came up to two seconds before it. Between two
such counts days that are not sealed are, some at a time and the newest first, and so are months: also of sites whose events
change all the time. Then what reached the sites' goals is kept of the sealed days.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

from tracker.db.engine import AppDatabase
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.models import Site
from tracker.leads.corrections.changes import rules_now
from tracker.leads.corrections.corrected_store import CorrectedStore
from tracker.sites.sites import list_sites
from tracker.stats.goals import goals_of
from tracker.stats.goals.keeping import forget_other_goals, keep_goals
from tracker.stats.rollups.keeping import Keeper
from tracker.stats.rollups.ready import Left, find_out_coverage, make_ready, seen_last
from tracker.store.protocol import EventStore, Snapshot

log = logging.getLogger(__name__)

_LEAST_PAUSE_SECONDS = 0.25
# It rests three times as long as it worked, so that it takes a quarter of a core at most; as long as it worked for pages that
# somebody looks at.
_REST = 3.0
# A site's open days are counted no more often than this, and while hits queue up even less. Where nobody looks at the site it is
# then soon enough for a first look, which takes figures of half a minute before and counts all events where they are older.
_REFRESH_SECONDS = 1.0
_BUSY_REFRESH_SECONDS = 10.0
_UNSEEN_REFRESH_SECONDS = 25.0
# How often it looks for new sites, other time zones and the next day.
_LOOK_SECONDS = 5.0
# A day that goes on changing is sealed again for its own sake no sooner than this.
_AGAIN_SECONDS = 60.0
_AFTER_A_FAILURE_SECONDS = 60.0
# With more in the journal than this, ingest has all of the machine, and for a moment after: under load less waits only just
# after a batch was stored.
_BACKLOG_BYTES = 1_000_000
_BACKLOG_SECONDS = 1.5


class Sealing:
    """Counts what changed, and seals what is not sealed, the newest days first."""

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
        self._store = store
        self._keeper = Keeper(store, self._make_ready)
        self._now = now
        self._lag_bytes = lag_bytes
        self._monotonic = monotonic
        self._sealed_at: dict[tuple[str, date], float] = {}
        self._refreshed_at: dict[str, float] = {}
        # The day, the time zone and the goals for which nothing of a site was left to do.
        self._done: dict[str, tuple[date, str, frozenset[str]]] = {}
        self._nothing_left_at: dict[str, float] = {}
        self._looked_at = -_LOOK_SECONDS
        self._backlog_at = -_BACKLOG_SECONDS
        self._turn = 0
        self._refreshed_last = False
        self._has_worked_off = False
        self._ready_seconds = 0.0
        self._left: Left | None = None

    def run(self, stop: threading.Event) -> None:
        """Counts and seals until `stop` is set."""
        while not stop.is_set():
            begun, self._ready_seconds = self._monotonic(), 0.0
            try:
                self.step(stop)
                worked = self._monotonic() - begun - self._ready_seconds
                pause = max(_LEAST_PAUSE_SECONDS, _REST * worked + self._ready_seconds)
            except AppDatabaseUnavailable as problem:
                log.warning("no days are sealed now: %s", problem)
                pause = _AFTER_A_FAILURE_SECONDS
            except Exception:
                if stop.is_set():
                    return
                log.exception("a day could not be sealed; its figures are counted from the events meanwhile")
                pause = _AFTER_A_FAILURE_SECONDS
            self._rest(stop, pause)

    def _rest(self, stop: threading.Event, seconds: float) -> None:
        """Rests, and less after work that nobody waits for when events have changed."""
        until = self._monotonic() + seconds
        while not stop.is_set() and (left := until - self._monotonic()) > 0:
            stop.wait(min(left, _LEAST_PAUSE_SECONDS))
            if not self._refreshed_last and any(self._store.lags().values()):
                return

    def step(self, stop: threading.Event) -> bool:
        """Counts the open days of each site whose events changed, or else seals some days of one; whether any had some."""
        lags = self._store.lags()
        if not any(lags.values()) and self._monotonic() - self._looked_at < _LOOK_SECONDS:
            return False
        is_busy = self._is_ingest_busy()
        sites = list_sites(self._app)
        seen = seen_last(self._store)
        changed = [one for one in sites if lags.get(one.stored_as) and self._is_due(one, seen, is_busy=is_busy)]
        changed.sort(key=partial(_place, seen))
        is_turn_of_others, self._refreshed_last = self._refreshed_last or not changed, False
        if is_turn_of_others and not is_busy and self._work_off_some(sites, lags):
            return True
        for site in changed:
            if not stop.is_set():
                self._refresh(site)
        return bool(changed)

    def _work_off_some(self, sites: Sequence[Site], lags: Mapping[str, float]) -> bool:
        """Does a piece of what one of the sites has left, each in its turn."""
        for number in range(len(sites)):
            site = sites[(self._turn + number) % len(sites)]
            name = site.stored_as
            if self._work_off(site, is_new=name not in lags, changes=bool(lags.get(name))):
                self._turn += number + 1
                self._has_worked_off = True
                return True
        self._looked_at = self._monotonic()
        if self._has_worked_off:
            self._has_worked_off = not self._store.give_back_memory()
        return False

    def _is_ingest_busy(self) -> bool:
        now = self._monotonic()
        if self._lag_bytes() > _BACKLOG_BYTES:
            self._backlog_at = now
        return now - self._backlog_at < _BACKLOG_SECONDS

    def _is_due(self, site: Site, seen: Collection[str], *, is_busy: bool) -> bool:
        pause = _REFRESH_SECONDS
        if is_busy:
            pause = _BUSY_REFRESH_SECONDS if site.stored_as in seen else _UNSEEN_REFRESH_SECONDS
        return self._monotonic() - self._refreshed_at.get(site.stored_as, -pause) >= pause

    def _refresh(self, site: Site) -> None:
        zone = ZoneInfo(site.time_zone)
        self._done.pop(site.stored_as, None)
        today = self._now().astimezone(zone).date()
        self._keeper.refresh(site.stored_as, zone, today=today)
        self._find_out_coverage(site)
        self._refreshed_at[site.stored_as] = self._monotonic()
        self._refreshed_last = True
        left, self._left = self._left, None
        if left is not None:
            with self._measuring_ready():
                left.ask(lambda: not any(self._store.lags().values()))

    def _find_out_coverage(self, site: Site) -> None:
        find_out_coverage(self._store, site.stored_as, ZoneInfo(site.time_zone), self._as_pages_read)

    def _make_ready(self, site: str, snapshot: Snapshot) -> None:
        """Answers again what pages asked lately about the site, the last questions first; some after its figures are seen."""
        with self._measuring_ready():
            self._left = make_ready(self._store, snapshot, site, self._as_pages_read)

    @contextmanager
    def _measuring_ready(self) -> Iterator[None]:
        begun = self._monotonic()
        yield
        self._ready_seconds += self._monotonic() - begun

    def _as_pages_read(self, store: EventStore) -> EventStore:
        return cast("EventStore", CorrectedStore(store, partial(rules_now, self._app)))

    def _work_off(self, site: Site, *, is_new: bool, changes: bool) -> bool:
        """Does a piece of what a site has left to count; False where nothing is. While its events change, today is not sealed."""
        zone, name = ZoneInfo(site.time_zone), site.stored_as
        today = self._now().astimezone(zone).date()
        if is_new:
            self._refresh(site)
            return True
        goals = goals_of(site)
        state = today, zone.key, frozenset(goal.meant for goal in goals)
        if self._done.get(name) == state or (changes and self._nothing_left_a_moment_ago(name)):
            return False
        leaving = self._just_sealed(name) | ({today} if changes else set())
        days = self._keeper.seal_some(name, zone, today=today, leaving=leaving)
        if days:
            self._find_out_coverage(site)
        self._sealed_at |= {(name, day): self._monotonic() for day in days}
        if days or self._keeper.make_month(name, zone, today=today) is not None:
            return True
        if keep_goals(self._store, name, zone, goals):
            return True
        self._nothing_left_at[name] = self._monotonic()
        if not changes and not self._just_sealed(name):
            forget_other_goals(self._store, name, goals)
            self._done[name] = state
        return False

    def _nothing_left_a_moment_ago(self, site: str) -> bool:
        return self._monotonic() - self._nothing_left_at.get(site, -_LOOK_SECONDS) < _LOOK_SECONDS

    def _just_sealed(self, site: str) -> set[date]:
        """The site's days that were sealed a moment ago; older notes are dropped."""
        since = self._monotonic() - _AGAIN_SECONDS
        self._sealed_at = {key: at for key, at in self._sealed_at.items() if at > since}
        return {day for one, day in self._sealed_at if one == site}


def _place(seen: Sequence[str], site: Site) -> int:
    """Sites that somebody looks at come first, as they were looked at last."""
    return seen.index(site.stored_as) if site.stored_as in seen else len(seen)
