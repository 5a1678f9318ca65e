"""The rows of a list of leads that a page shows: asked by pages, and again in the background once figures were counted.

A list that somebody looked at lately is ready that way before the next hit's figures are seen (tracker.stats.rollups.ready).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import pandas as pd

from tracker.leads.ranking import rank, scored_day
from tracker.leads.report import described_once, leads
from tracker.leads.score_rules import Rules
from tracker.leads.workflow.names import known_names
from tracker.stats.breakdowns import breakdown
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.moment import once_of_site, reads_kept_rows
from tracker.stats.rollups.ready import Place, asked
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

PAGE = 100
"""So many companies a page of the list has."""

_COUNTRIES = 40


def note_list(
    store: EventStore, scope: Scope, *, now: datetime, confirmed: Collection[str], rules: Rules, page: int = 1
) -> None:
    """Notes that somebody looks at a page of a list, so that it is ready again when figures are counted."""
    if reads_kept_rows(scope.filters):
        again = partial(_ask, scope=scope, now=now, confirmed=confirmed, rules=rules, page=page)
        asked(store, scope.site, ("list", scope, page), again, place=Place.LIST)


def countries(store: EventStore, scope: Scope) -> Sequence[str | None]:
    """Returns the countries that most visitors of a period came from, whatever the filters are: those that a list can be narrowed to."""
    frame = breakdown(store, replace(scope, filters=()), Dimension.COUNTRY, limit=_COUNTRIES)
    return list(frame["value"])


def first_leads(
    store: EventStore, scope: Scope, *, now: datetime, confirmed: Collection[str], rules: Rules, number: int
) -> pd.DataFrame:
    """Returns the first leads of a scope (`tracker.leads.report.leads`), for a page from what another saw if nothing changed."""
    of_figures = scope.period if reads_kept_rows(scope.filters) else None

    def work(page: EventStore) -> pd.DataFrame:
        return once_of_site(
            page,
            scope.site,
            ("leads", scope, confirmed, rules, scored_day(scope.period, now), number),
            lambda: leads(page, scope, now=now, confirmed=confirmed, rules=rules, limit=number),
            of_figures=of_figures,
        )

    found = work(store)
    if of_figures is not None:
        asked(store, scope.site, ("first leads", scope, number), work, place=Place.OVERVIEW)
    return found


def _ask(
    store: EventStore, *, scope: Scope, now: datetime, confirmed: Collection[str], rules: Rules, page: int
) -> None:
    known_names(store, scope.site)  # what is set for companies is set for names
    countries(store, scope)
    ranking = rank(store, scope, now=now, confirmed=confirmed, rules=rules)
    described_once(store, scope, replace(ranking, rows=ranking.rows[(page - 1) * PAGE : page * PAGE]))
