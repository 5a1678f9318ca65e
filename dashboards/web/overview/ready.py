"""What an overview says of a period, asked and drawn again in the background once figures were counted (tracker.stats.rollups.ready).

An overview that somebody looked at lately is ready that way before the next hit's figures are seen. Owns what is asked of them;
first leads note themselves (tracker.leads.listing.first_rows).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Flask

from dashboards.web.goals.panels import first_actions
from dashboards.web.overview.drawn import Reader
from dashboards.web.overview.excluded import excluded_panel
from dashboards.web.overview.parts import overview_parts
from dashboards.web.panels import first_values, open_tabs
from dashboards.web.site.selection import Selection, comparing
from tracker.db.engine import AppDatabase
from tracker.service.context import Context
from tracker.settings import Settings
from tracker.stats import traffic
from tracker.stats.companies.identified import identified
from tracker.stats.goals import goals_of
from tracker.stats.goals.figures import goal_figures
from tracker.stats.rollups.ready import Place, asked
from tracker.store.protocol import EventStore


def note_overview(app: Flask, context: Context, selection: Selection, reader: Reader) -> None:
    """Notes that somebody looks at an overview. What is filtered is read from the events, and for nobody in advance."""
    scope = selection.scope
    if not scope.filters:
        again = _Again(app, context.settings, context.app_db, context.now, selection, reader, context.app_db.version())
        shown = (selection.period_text, selection.against, selection.metric, selection.asked_interval, selection.tabs)
        asked(context.event_store, scope.site, ("overview", scope, shown, reader), again, place=Place.OVERVIEW)


@dataclass(frozen=True)
class _Again:
    """An overview that somebody looks at: its site is as it was in a version of the app database, and is drawn of no other."""

    app: Flask
    settings: Settings
    app_db: AppDatabase
    now: Callable[[], datetime]
    selection: Selection
    reader: Reader
    version: Hashable

    def __call__(self, store: EventStore) -> None:
        scope, context = self.selection.scope, Context(self.settings, self.app_db, store, self.now)
        if self.version is not None and self.version == context.app_db.version():
            own = comparing(context, replace(self.selection, compared=None, uncounted=None))
            overview_parts(self.app, context, own, self.reader)
            excluded_panel(self.app, context, own, self.reader)
            traffic.live_visitors_of_page(store, self.selection.site, self.now())
            return
        identified(store, scope)
        totals, _ = traffic.course(store, scope, self.selection.interval)
        first_values(store, scope, open_tabs(self.selection), everybody=int(totals["visitors"].iloc[0]))
        goal_figures(store, scope, goals_of(self.selection.site))
        first_actions(store, scope)
