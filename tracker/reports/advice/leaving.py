"""The page that companies leave from: on which their visits end more often than the order of its pages explains.

A visit may have ended on any of the pages that it viewed after the first: were the order of these views chance, each
would be the last one equally often.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import func, select

from tracker.leads.certainty import is_sure
from tracker.reports.advice.chance import bar, steady_z, wilson
from tracker.reports.advice.window import week_of
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.local_time import local_moment
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# A page is looked at if so many visits of companies went on to it, and is advice if so many companies left from it.
LEAST_VISITS, LEAST_COMPANIES = 20, 5
# Of the views after the first, the last tells something only where there are several.
_FEWEST_VIEWS = 3


@dataclass(frozen=True)
class Leaving:
    """A page: of the `visits` of companies that went on to it, how many ended there, and how many would have by chance."""

    path: str
    visits: int
    ended: int
    companies: int
    expected: float
    passes: bool


def leaving(views: pd.DataFrame, weeks: int) -> list[Leaving]:
    """Returns the pages that companies go on to, of a frame of `views_of_companies`, those first that most leave from."""
    after_first = views[views["place"] > 0]
    number = after_first.groupby("visit_id")["place"].transform("size")
    last = after_first.groupby("visit_id")["place"].transform("max")
    parts = after_first.assign(expected=1 / number, ended=(after_first["place"] == last).astype(float))
    parts = parts[number > 1]
    of_visits = parts.groupby(["path", "company", "week", "visit_id"], as_index=False)[["expected", "ended"]].sum()
    sizes = of_visits.groupby("path").size()
    looked_at = sorted(str(path) for path in sizes.index[sizes >= LEAST_VISITS])
    found = [_judged(path, of_visits[of_visits["path"] == path], weeks, bar(len(looked_at))) for path in looked_at]
    return sorted(found, key=lambda one: (-(one.ended - one.expected), one.path))


def views_of_companies(store: EventStore, scope: Scope, confirmed: Collection[str] = ()) -> pd.DataFrame:
    """Returns the page views of the companies that are certain: `company`, `visit_id`, `path`, `week` and `place` in the visit.

    `week` is that of the visit, from 0. Visits of one or two views, in which nobody chose where to leave, are not among them.
    """
    at = local_moment(scope.period).label("at")
    place = (func.row_number().over(partition_by=events.c.visit_id, order_by=events.c.occurred_at) - 1).label("place")
    with company_rows(store, scope) as did:
        views = func.sum(did.c.pageviews)
        went_on = select(did.c.visit_id).where(is_sure(confirmed, did.c)).group_by(did.c.visit_id)
        statement = select(events.c.company, events.c.visit_id, events.c.path, at, place).where(
            scope.where(),
            events.c.visit_id.in_(went_on.having(views >= _FEWEST_VIEWS)),
            events.c.company.is_not(None),
            is_sure(confirmed),
            events.c.pageviews > 0,
            events.c.path.is_not(None),
        )
        found = did.frame(statement)
    began = pd.to_datetime(found["at"]).groupby(found["visit_id"]).transform("min")
    found["week"] = week_of(began, scope)
    return found.drop(columns="at").astype({"place": "int64"})


def _judged(path: str, visits: pd.DataFrame, weeks: int, least: float) -> Leaving:
    spread = visits["expected"] * (1 - visits["expected"])
    deviations = visits.assign(deviation=visits["ended"] - visits["expected"], spread=spread)
    by_week = deviations.groupby("week")[["deviation", "spread"]].sum().reindex(range(weeks), fill_value=0)
    by_company = deviations.groupby("company")[["deviation", "spread"]].sum()
    score = min(steady_z(one["deviation"].to_numpy(), one["spread"].to_numpy()) for one in (by_week, by_company))
    ended, expected = float(visits["ended"].sum()), float(visits["expected"].sum())
    companies = int(visits[visits["ended"] > 0]["company"].nunique())
    is_more = wilson(ended, len(visits), least)[0] > expected / len(visits)
    passes = is_more and score >= least and companies >= LEAST_COMPANIES
    return Leaving(path, len(visits), int(ended), companies, expected, passes)
