"""Looks at all sites that have alert rules, again and again, and raises what their rules find.

A hit may arrive late, so each look goes back by as much as a hit may be late, from the moment up to which all that had
arrived was looked at. That moment is kept with the rule, so that nothing is missed over a stop of the service, and what
was raised is kept by its key, so that nothing is raised twice (tracker.leads.alerts.raising).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from tracker.db.alert_models import AlertRule
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.raising import raise_alerts, tell_digest
from tracker.leads.alerts.rule_changes import begin_anew
from tracker.sites.sites import list_sites
from tracker.stats.rollups.moment import present
from tracker.store.protocol import EventStore

if TYPE_CHECKING:
    from tracker.store.batch import SegmentPosition

log = logging.getLogger(__name__)

# A hit is told within a minute. So many seconds of it are for looks and the rests between them, the others for storing and
# sending.
LOOKED_AT_WITHIN = 50.0
_LEAST_REST = 2.0
# It rests so many times as long as it looked, so that it takes a tenth of a core at most.
_REST = 10.0
# A visit's beginning counts as late as its last hit does.
_SLACK = timedelta(hours=1)
# After a longer stop, what happened before is no news.
_LONGEST = timedelta(days=31)


class _Done(NamedTuple):
    """When a site was last looked at, and what companies had done on it by then."""

    at: datetime
    visits: tuple[int, datetime | None]


def rest_after(took: float) -> float:
    """How many seconds to rest after a look that took so many.

    A hit that came just after the look began waits for its end, the rest and the next look.
    """
    return max(_LEAST_REST, min(_REST * took, LOOKED_AT_WITHIN - 2 * took))


def anyway_after(took: float) -> timedelta:
    """How soon after the beginning of a look that took so many seconds to look without a new hit of a company.

    Other hits, what is set by hand and the clock change what rules find as well.
    """
    return timedelta(seconds=max(0.0, LOOKED_AT_WITHIN - _LEAST_REST - took))


class Watching:
    """Looks at the sites each time that it is called; where nothing new is stored it does little.

    `took` is how many seconds the last look took at which rules were evaluated, `rest` how many to wait before the next.
    """

    def __init__(
        self,
        app: AppDatabase,
        store: EventStore,
        *,
        late: timedelta,
        lag_bytes: Callable[[], int],
        now: Callable[[], datetime],
    ) -> None:
        """`store` is read with its corrections. `late` is how late a hit may arrive and still count."""
        self._app = app
        self._store = store
        self._back = late + _SLACK
        self._lag_bytes = lag_bytes
        self._now = now
        self._done: dict[int, _Done] = {}
        self._seen: Mapping[str, SegmentPosition] | None = None
        self._looked_at: datetime | None = None
        self.took = 0.0
        self.rest = _LEAST_REST

    def __call__(self) -> int:
        """Looks once. Returns how many alerts were raised."""
        begun = monotonic()
        try:
            return self._look_at_all(self._now())
        finally:
            self.rest = rest_after(monotonic() - begun)

    def _look_at_all(self, now: datetime) -> int:
        begun = monotonic()
        # Asked before the events are read: what arrives meanwhile is looked at the next time.
        is_caught_up = self._lag_bytes() == 0
        positions = self._store.positions()
        if positions == self._seen and self._looked_at is not None and self._is_enough(self._looked_at, now):
            return 0
        rules = self._rules(now)
        sites = [site for site in (list_sites(self._app) if rules else ()) if site.id in rules]
        found = [self._look(site, rules[site.id], now, is_caught_up=is_caught_up) for site in sites]
        self._seen, self._looked_at = positions, now
        if any(raised is not None for raised in found):
            self._note(monotonic() - begun)
        return sum(filter(None, found))

    def _is_enough(self, looked_at: datetime, now: datetime) -> bool:
        """Whether a look at that moment will do where no company did anything since; not if the clock was set back."""
        return timedelta() <= now - looked_at < anyway_after(self.took)

    def _note(self, took: float) -> None:
        is_slow, was_slow = (2 * one > LOOKED_AT_WITHIN for one in (took, self.took))
        if is_slow and not was_slow:
            log.warning("a look for alerts took %.0f s, so that they come later than within a minute", took)
        self.took = took

    def _look(self, site: Site, rules: Sequence[AlertRule], now: datetime, *, is_caught_up: bool) -> int | None:
        """Returns how many alerts were raised; None where nothing happened that rules are evaluated for."""
        # The clock may have been set back since.
        looked_at = min(now, *(rule.looked_at or rule.made_at for rule in rules))
        since = max(looked_at - self._back, now - _LONGEST)
        raised = 0
        # Scores, ids and standings are worked out once for all rules.
        with present(self._store) as store:
            look = Look(self._app, store, site, since, now, is_caught_up)
            done = self._done.get(site.id)
            if done is not None and done.visits == look.activity and self._is_enough(done.at, now):
                return None
            for rule in rules:
                try:
                    raised += raise_alerts(look, rule)
                    tell_digest(look, rule)
                except Exception:
                    # One rule stops no other; it is looked at again, from where it was.
                    log.exception("the alert %s of %s could not be evaluated", rule.name, site.domain)
            self._done[site.id] = _Done(now, look.activity)
        return raised

    def _rules(self, now: datetime) -> Mapping[int, Sequence[AlertRule]]:
        found: dict[int, list[AlertRule]] = {}
        with self._app.transaction() as session:
            for rule in session.scalars(select(AlertRule).where(AlertRule.paused_at.is_(None)).order_by(AlertRule.id)):
                if rule.made_at > now:  # by a clock that was ahead, it would tell nothing until then
                    begin_anew(session, rule, now)
                found.setdefault(rule.site_id, []).append(rule)
        return found
