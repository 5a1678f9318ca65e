"""All the advice that a site's last thirteen weeks support."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tracker.db.models import Site
from tracker.leads.confirmations import confirmed_names
from tracker.reports.advice.bringing import LEAST_COMPANIES, LEAST_VISITS, Bringing, bringing, enough
from tracker.reports.advice.findings import Finding, Need
from tracker.reports.advice.leaving import Leaving, leaving, views_of_companies
from tracker.reports.advice.networks import Network, Verdict, networks
from tracker.reports.advice.rereading import Reread, reread
from tracker.reports.advice.rhythm import (
    LEAST_HOURS_OF_COMPANIES,
    Rhythm,
    hours_by_network,
    hours_of_companies,
    hours_of_visits,
    rhythm,
)
from tracker.reports.advice.rhythm import (
    LEAST_VISITS as LEAST_VISITS_OF_RHYTHM,
)
from tracker.reports.advice.window import WEEKS, visits_by_week, visits_of_companies, window
from tracker.stats.breakdowns import titles
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Filter
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_MOST_OF_A_KIND = 2
# A network with fewer visits has no rhythm of its own, and no more of them have one.
_LEAST_OF_NETWORK, _MOST_NETWORKS = 100, 8


@dataclass(frozen=True)
class Rhythms:
    """When visits begin: those of all visitors, those of companies (once an hour each), and those from single networks."""

    visitors: Rhythm
    companies: Rhythm
    networks: Mapping[str, Rhythm]


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
    networks: list[Network]
    rhythms: Rhythms

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
    theirs = visits_of_companies(store, scope, confirmed)
    by_source = visits_by_week(store, scope, Dimension.SOURCE)
    judges = enough(theirs)
    sources = bringing(by_source, theirs, "source") if judges else []
    articles = bringing(visits_by_week(store, scope, Dimension.ENTRY_PAGE), theirs, "entry_page") if judges else []
    again = reread(store, scope)
    left = leaving(views_of_companies(store, scope, confirmed), WEEKS) if judges else []
    seen, when = networks(by_source, sources), _rhythms(store, scope, theirs)
    pages = [one.value for one in articles if one.passes] + [one.path for one in again]
    named = titles(store, scope, [*pages, *(one.path for one in left if one.passes)])
    findings = [
        *_first(_brought("source", one, one.value) for one in sources if one.passes),
        *_first(_brought("article", one, named.get(one.value) or one.value) for one in articles if one.passes),
        *_of_rhythms(when),
        *_first(_left(one, named.get(one.path) or one.path) for one in left if one.passes),
        *_first(_reread(one, named.get(one.path) or one.path) for one in again),
        *_first(_of_network(one) for one in seen if one.verdict in (Verdict.LEAVE, Verdict.TRY)),
    ]
    return Advice(scope.period, findings, _needs(theirs, when), sources, articles, seen, when)


def _rhythms(store: EventStore, scope: Scope, theirs: pd.DataFrame) -> Rhythms:
    by_network, of_all = hours_by_network(store, scope), hours_of_visits(store, scope)
    sizes = by_network.groupby("network")["visits"].sum().sort_values(ascending=False, kind="stable")
    named = [str(name) for name in sizes.index[sizes >= _LEAST_OF_NETWORK][:_MOST_NETWORKS]]
    number = 2 + len(named)

    def of_network(name: str) -> Rhythm:
        own = by_network[by_network["network"] == name]
        return rhythm(own, WEEKS, rhythms=number, least=_LEAST_OF_NETWORK, of_all=of_all)

    return Rhythms(
        rhythm(of_all, WEEKS, rhythms=number),
        rhythm(hours_of_companies(theirs), WEEKS, rhythms=number, least=LEAST_HOURS_OF_COMPANIES),
        {name: of_network(name) for name in named},
    )


def _needs(theirs: pd.DataFrame, when: Rhythms) -> list[Need]:
    companies, visits = theirs["company"].nunique(), when.visitors.visits
    asked = [
        Need("companies", companies, LEAST_COMPANIES),
        Need("visits_of_companies", len(theirs), LEAST_VISITS),
        Need("visits", visits, LEAST_VISITS_OF_RHYTHM),
    ]
    return [one for one in asked if one.has < one.needed]


def _first(found: Iterator[Finding]) -> list[Finding]:
    return [one for _, one in zip(range(_MOST_OF_A_KIND), found, strict=False)]


def _brought(code: str, one: Bringing, name: str) -> Finding:
    facts = {"name": name, "value": one.value, "share": one.share, "expected_share": one.expected_share}
    return Finding(code, one.of_all, facts | {"companies": one.companies, "interval": one.interval})


def _of_rhythms(when: Rhythms) -> Iterator[Finding]:
    """What stands out in the rhythms."""
    yield from _of_rhythm("visitors", "", when.visitors)
    yield from _of_rhythm("companies", "", when.companies)
    for name, one in when.networks.items():
        yield from _of_rhythm("network", name, one)


def _of_rhythm(whose: str, name: str, one: Rhythm) -> Iterator[Finding]:
    for what, found in (("days", one.days), ("hours", one.hours)):
        if found is not None:
            facts = {"name": name, "slots": list(found.slots), "share": found.share, "expected_share": found.expected}
            yield Finding(f"{what}_of_{whose}", one.visits, facts)


def _left(one: Leaving, name: str) -> Finding:
    facts = {"name": name, "value": one.path, "ended": one.ended, "expected": one.expected, "companies": one.companies}
    return Finding("leaving", one.visits, facts)


def _reread(one: Reread, name: str) -> Finding:
    return Finding("reread", one.visits, {"name": name, "value": one.path, "expected": one.expected})


def _of_network(one: Network) -> Finding:
    facts = {"name": one.name, "kind": one.kind.value, "expected": one.expected}
    return Finding(one.verdict.value, one.visits, facts)
