"""What an overview says of a period, asked again in the background once figures were counted (tracker.stats.rollups.ready).

An overview that somebody looked at lately is ready that way before the next hit's figures are seen. Owns which questions these
are; its first leads note themselves (tracker.leads.listing.first_rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from dashboards.web.goals.panels import first_actions
from dashboards.web.panels import first_values, open_tabs
from dashboards.web.site.selection import Selection
from tracker.stats import traffic
from tracker.stats.companies.identified import identified
from tracker.stats.dimensions import Dimension
from tracker.stats.goals import Goal, goals_of
from tracker.stats.goals.figures import goal_figures
from tracker.stats.rollups.ready import asked
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


def note_overview(store: EventStore, selection: Selection) -> None:
    """Notes that somebody looks at an overview. What is filtered is read from the events, and for nobody in advance."""
    scope = selection.scope
    if not scope.filters:
        tabs, goals = tuple(open_tabs(selection)), tuple(goals_of(selection.site))
        again = partial(_ask, scope=scope, interval=selection.interval, tabs=tabs, goals=goals)
        asked(store, scope.site, ("overview", scope, selection.interval, tabs), again)


def _ask(store: EventStore, *, scope: Scope, interval: str, tabs: Sequence[Dimension], goals: Sequence[Goal]) -> None:
    totals, _ = traffic.course(store, scope, interval)
    identified(store, scope)
    first_values(store, scope, tabs, everybody=int(totals["visitors"].iloc[0]))
    goal_figures(store, scope, goals)
    first_actions(store, scope)
