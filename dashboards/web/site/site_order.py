"""The sites with their week's figures, the busiest first: for their list, and for the switcher on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from tracker.service.context import Context
from tracker.sites.sites import ListedSite
from tracker.stats.periods import Period, parse_period
from tracker.stats.site_list import SiteFigures, figures_of_sites

_EXTENSION = "webleads site order"
# How old the switcher's order may be: it stands on every page, and need not be counted for each.
_FRESH = timedelta(minutes=1)


class SiteOrder:
    """Safe to use from several threads."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = Lock()
        self._visitors: Mapping[str, int] = {}
        self._counted_at: datetime | None = None

    def figures(self, sites: Sequence[ListedSite]) -> Mapping[str, SiteFigures]:
        """The figures of the last seven days of each site, by what its events are stored as."""
        periods: dict[str, Period] = {}
        for time_zone in {site.time_zone for site in sites}:
            zone = ZoneInfo(time_zone)
            today = self._context.now().astimezone(zone).date()
            periods[time_zone] = parse_period("7d", today=today, time_zone=zone)
        return figures_of_sites(self._context.event_store, {site.stored_as: periods[site.time_zone] for site in sites})

    def by_busyness(self, sites: Sequence[ListedSite]) -> list[ListedSite]:
        """The busiest first, as they were a minute ago at most; of equals by name. A new site has had no visitor."""
        now = self._context.now()
        with self._lock:
            if len(sites) > 1 and (self._counted_at is None or now - self._counted_at >= _FRESH):
                self._visitors = {name: one.visitors for name, one in self.figures(sites).items()}
                self._counted_at = now
            visitors = self._visitors
        return sorted(sites, key=lambda site: (-visitors.get(site.stored_as, 0), site.domain))


def register(app: Flask, context: Context) -> None:
    app.extensions[_EXTENSION] = SiteOrder(context)


def site_order() -> SiteOrder:
    """That of the application that answers."""
    order: SiteOrder = current_app.extensions[_EXTENSION]
    return order
