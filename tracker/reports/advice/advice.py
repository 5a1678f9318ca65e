"""All the advice that a site's last thirteen weeks support."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tracker.db.models import Site
from tracker.leads.confirmations import confirmed_names
from tracker.reports.advice.bringing import LEAST_COMPANIES, LEAST_VISITS, Bringing, bringing, enough
from tracker.reports.advice.findings import Finding, Need
from tracker.reports.advice.window import visits_by_week, visits_of_companies, weeks_of, window
from tracker.stats.breakdowns import titles
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Filter
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_MOST_OF_A_KIND = 2


@dataclass(frozen=True)
class Advice:
    """What was found in a period, what would be needed to find more, and what was held against each other.

    `sources` and `articles` are what brought companies, the surest first, also those that are no advice.
    """

    period: Period
    findings: list[Finding]
    needs: list[Need]
    sources: list[Bringing]
    articles: list[Bringing]

    def as_json(self) -> dict[str, Any]:
        """Returns it as plain JSON values."""
        return {
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "found": [{"kind": one.code, "visits": one.visits, **one.facts} for one in self.findings],
            "needed": [asdict(one) for one in self.needs],
        }


def advice_of_site(store: EventStore, site: Site, end: date, *, counted: tuple[Filter, ...] = ()) -> Advice:
    """Returns the advice of the weeks before a day; `counted` leaves out whom the site's figures leave out."""
    scope = Scope(site.stored_as, window(end, ZoneInfo(site.time_zone)), counted)
    return advice_on(store, scope, confirmed_names(store, site))


def advice_on(store: EventStore, scope: Scope, confirmed: Collection[str] = ()) -> Advice:
    """Returns the advice of a scope, whose period is one of window.window."""
    weeks = weeks_of(scope)
    theirs = visits_of_companies(store, scope, confirmed)
    if not enough(theirs):
        return Advice(scope.period, [], _needs(theirs), [], [])
    sources = bringing(visits_by_week(store, weeks, Dimension.SOURCE), theirs, "source")
    articles = bringing(visits_by_week(store, weeks, Dimension.ENTRY_PAGE), theirs, "entry_page")
    named = titles(store, scope, [one.value for one in articles if one.passes][:_MOST_OF_A_KIND])
    by_source = [_brought("source", one, one.value) for one in sources if one.passes]
    by_article = [_brought("article", one, named.get(one.value) or one.value) for one in articles if one.passes]
    findings = [*by_source[:_MOST_OF_A_KIND], *by_article[:_MOST_OF_A_KIND]]
    return Advice(scope.period, findings, [], sources, articles)


def _needs(theirs: pd.DataFrame) -> list[Need]:
    companies = theirs["company"].nunique()
    few = [Need("companies", companies, LEAST_COMPANIES)] if companies < LEAST_COMPANIES else []
    return [*few, Need("visits_of_companies", len(theirs), LEAST_VISITS)] if len(theirs) < LEAST_VISITS else few


def _brought(code: str, one: Bringing, name: str) -> Finding:
    facts = {"name": name, "value": one.value, "share": one.share, "expected_share": one.expected_share}
    return Finding(code, one.of_all, facts | {"companies": one.companies, "interval": one.interval})
