"""Looks at all sites that have alert rules, again and again, and raises what their rules find.

A hit may arrive late, so each look goes back by as much as a hit may be late, from the moment up to which all that had
arrived was looked at. That moment is kept with the rule, so that nothing is missed over a stop of the service, and what
was raised is kept by its key, so that nothing is raised twice (tracker.leads.alerts.raising).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from tracker.db.alert_models import AlertRule
from tracker.db.engine import AppDatabase
from tracker.db.models import Site
from tracker.leads.alerts.look import Look
from tracker.leads.alerts.raising import raise_alerts, tell_digest
from tracker.sites.sites import list_sites
from tracker.stats.rollups.moment import present
from tracker.store.protocol import EventStore

if TYPE_CHECKING:
    from tracker.store.batch import SegmentPosition

log = logging.getLogger(__name__)

# What is set by hand, and the clock, change what rules find as well: so often it is looked without new hits.
_ANYWAY = timedelta(minutes=1)
# A visit's beginning counts as late as its last hit does.
_SLACK = timedelta(hours=1)
# After a longer stop, what happened before is no news.
_LONGEST = timedelta(days=31)


class _Done(NamedTuple):
    """When a site was last looked at, and what companies had done on it by then."""

    at: datetime
    visits: tuple[int, datetime | None]


class Watching:
    """Looks at the sites each time that it is called; where nothing new is stored it does little."""

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

    def __call__(self) -> int:
        """Looks once. Returns how many alerts were raised."""
        begun = self._now()
        # Asked before the events are read: what arrives meanwhile is looked at the next time.
        is_caught_up = self._lag_bytes() == 0
        positions = self._store.positions()
        if positions == self._seen and self._looked_at is not None and begun < self._looked_at + _ANYWAY:
            return 0
        rules = self._rules()
        raised = sum(
            self._look(site, rules[site.id], begun, is_caught_up=is_caught_up)
            for site in (list_sites(self._app) if rules else ())
            if site.id in rules
        )
        self._seen, self._looked_at = positions, begun
        return raised

    def _look(self, site: Site, rules: Sequence[AlertRule], now: datetime, *, is_caught_up: bool) -> int:
        since = max(min(rule.looked_at or rule.made_at for rule in rules) - self._back, now - _LONGEST)
        raised = 0
        # Scores, ids and standings are worked out once for all rules.
        with present(self._store) as store:
            look = Look(self._app, store, site, since, now, is_caught_up)
            done = self._done.get(site.id)
            if done is not None and done.visits == look.activity and now < done.at + _ANYWAY:
                return 0
            for rule in rules:
                try:
                    raised += raise_alerts(look, rule)
                    tell_digest(look, rule)
                except Exception:
                    # One rule stops no other; it is looked at again, from where it was.
                    log.exception("the alert %s of %s could not be evaluated", rule.name, site.domain)
            self._done[site.id] = _Done(now, look.activity)
        return raised

    def _rules(self) -> Mapping[int, Sequence[AlertRule]]:
        found: dict[int, list[AlertRule]] = {}
        with self._app.transaction() as session:
            for rule in session.scalars(select(AlertRule).where(AlertRule.paused_at.is_(None)).order_by(AlertRule.id)):
                found.setdefault(rule.site_id, []).append(rule)
        return found
