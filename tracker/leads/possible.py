"""Possible companies of a scope, ranked by what their visitors do: as people at work do, or as a provider's customers.

Office hours are those of the site's time zone. Each company has its evidence as numbers; what it says is
dashboards.web.corrections.possible_shown.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from tracker.stats.companies.tiers import is_possible
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

OFFICE_HOURS = (8, 19)
COLUMNS = (
    "company", "company_domain", "organisation", "asn", "country", "visits", "visitors", "days", "in_office_hours", "on_desktops",
    "last_seen", "points",
)  # fmt: skip

# From so many visits on what they say counts in full.
_ENOUGH = 10
# More different visitors than these on a day are a provider's customers rather than one site's readers at a company.
_MANY_VISITORS = 25


def possible_companies(store: EventStore, scope: Scope, *, confirmed: Collection[str] = ()) -> pd.DataFrame:
    """Returns the possible companies, those that look most like companies first; the columns are COLUMNS.

    `in_office_hours` and `on_desktops` are numbers of visits. `points` are −100 to 100: below 0 a provider's customers are
    the likelier explanation. `last_seen` is in UTC without a zone.
    """
    named = ("company", "company_domain", "organisation", "asn", "country", "device")
    statement = (
        select(
            events.c.visit_id,
            *(functions.any_value(events.c[name]).label(name) for name in named),
            functions.any_value(events.c.visitor_id).label("visitor_id"),
            func.min(events.c.occurred_at).label("started_at"),
        )
        .where(scope.where(), is_possible(), events.c.company.is_not(None))
        .group_by(events.c.visit_id)
    )
    visits = store.frame(scope.asked(statement))
    visits = visits[~visits["company"].isin(list(confirmed))]
    if visits.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    local = pd.to_datetime(visits["started_at"]).dt.tz_localize("UTC").dt.tz_convert(str(scope.period.time_zone))
    first, end = OFFICE_HOURS
    visits = visits.assign(
        day=local.dt.date,
        in_office_hours=(local.dt.day_of_week < 5) & (local.dt.hour >= first) & (local.dt.hour < end),
        on_desktops=visits["device"] == "desktop",
    )
    found = visits.groupby("company").agg(
        company_domain=("company_domain", "first"),
        organisation=("organisation", "first"),
        asn=("asn", "first"),
        country=("country", "first"),
        visits=("visit_id", "size"),
        visitors=("visitor_id", "nunique"),
        days=("day", "nunique"),
        in_office_hours=("in_office_hours", "sum"),
        on_desktops=("on_desktops", "sum"),
        last_seen=("started_at", "max"),
    )
    found["points"] = _points(found)
    ordered = found.reset_index().sort_values(
        ["points", "visits", "company"], ascending=[False, False, True], kind="stable"
    )
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _points(found: pd.DataFrame) -> Any:
    """Returns how much the visits speak for a company: shares of office hours and desktops, days, and not too many people."""
    sure = (found["visits"] / _ENOUGH).clip(upper=1)
    office, desktops = (found[name] / found["visits"] for name in ("in_office_hours", "on_desktops"))
    crowd = ((found["visitors"] / found["days"]) / _MANY_VISITORS).clip(upper=1)
    comes_again = ((found["days"] - 1) / 5).clip(0, 1)
    points = sure * (60 * (2 * office - 1) + 30 * (2 * desktops - 1)) + 10 * comes_again - 60 * crowd.pow(2)
    return points.round().clip(-100, 100).astype("int64")
