"""Possible companies of a scope, ranked by what their visitors do: as people at work do, or as a provider's customers.

A name that is certain on the site already, or that its publisher has confirmed, is not asked for again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
from sqlalchemy import func, select

from tracker.enrichment.network.kind import is_of_private_person
from tracker.leads.certainty import is_sure
from tracker.leads.possible.evidence import CODES, points_of
from tracker.leads.possible.office_hours import in_office_hours
from tracker.stats.companies.tiers import is_possible
from tracker.stats.companies.visit_rows import company_rows, scope_of_all
from tracker.stats.goals import Goal
from tracker.stats.goals.conversions import conversions_by_company
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

COLUMNS = (
    "company", "company_domain", "organisation", "asn", "country", "visits", "visitors", "most_on_a_day", "days", "weeks",
    "in_office_hours", "on_desktops", "goals", "last_seen", "points", *(f"points_{code}" for code in CODES),
)  # fmt: skip


def possible_companies(
    store: EventStore, scope: Scope, *, confirmed: Collection[str] = (), goals: Sequence[Goal] = ()
) -> pd.DataFrame:
    """Returns the possible companies, those that look most like companies first; the columns are COLUMNS.

    `in_office_hours` (where the visitor is) and `on_desktops` are numbers of visits, `days` and `weeks` those of the site's
    time zone, `goals` those that were reached. `points` are −100 to 100, the sum of those of each evidence
    (tracker.leads.possible.evidence): below 0 a provider's customers are the likelier explanation. `last_seen` is in UTC
    without a zone.
    """
    visits = _without_persons(_visits(store, scope))
    visits = visits[~visits["company"].isin([*confirmed, *_certain(store, scope, visits)])]
    if visits.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    found = _by_company(visits, str(scope.period.time_zone))
    reached = _goals_reached(store, scope, goals)
    found["goals"] = pd.Series({company: reached.get(str(company), ()) for company in found.index}, dtype=object)
    found["goals_reached"] = found["goals"].map(len).astype("int64")
    points = points_of(found)
    found = found.join(points.add_prefix("points_")).assign(points=points.sum(axis=1).clip(-100, 100))
    ordered = found.reset_index().sort_values(
        ["points", "visits", "company"], ascending=[False, False, True], kind="stable"
    )
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _visits(store: EventStore, scope: Scope) -> pd.DataFrame:
    """The visits of possible companies, a row each."""
    named = ("company", "company_domain", "organisation", "asn", "country", "region", "device", "visitor_id")
    with company_rows(store, scope) as did:
        statement = (
            select(
                did.c.visit_id,
                *(functions.any_value(did.c[name]).label(name) for name in named),
                func.min(did.c.first_at).label("started_at"),
            )
            .where(is_possible(did.c))
            .group_by(did.c.visit_id)
        )
        return did.frame(statement)


def _without_persons(visits: pd.DataFrame) -> pd.DataFrame:
    """Those of networks that are not registered to a private person, as rows of earlier versions may be."""
    networks = visits[["organisation", "asn"]].astype(object)
    named = zip(networks["organisation"], networks["asn"], strict=True)
    persons = [
        isinstance(name, str) and is_of_private_person(name, None if pd.isna(asn) else int(asn)) for name, asn in named
    ]
    return visits[~pd.Series(persons, index=visits.index, dtype=bool)]


def _certain(store: EventStore, scope: Scope, visits: pd.DataFrame) -> list[str]:
    """The names among them that are certain elsewhere on the site."""
    names = sorted(set(visits["company"]))
    if not names:
        return []
    with company_rows(store, scope_of_all(store, scope.site)) as did:
        certain = select(did.c.company).where(did.c.company.in_(names), is_sure(own=did.c))
        return [name for (name,) in did.rows(certain.distinct())]


def _by_company(visits: pd.DataFrame, time_zone: str) -> pd.DataFrame:
    local = pd.to_datetime(visits["started_at"]).dt.tz_localize("UTC").dt.tz_convert(time_zone)
    visits = visits.assign(
        day=local.dt.date,
        week=local.dt.tz_localize(None).dt.to_period("W").astype(str),
        in_office_hours=in_office_hours(visits["started_at"], visits["country"], visits["region"], otherwise=time_zone),
        on_desktops=visits["device"] == "desktop",
    )
    of_day = visits.groupby(["company", "day"])["visitor_id"].nunique().groupby("company")
    found = visits.groupby("company").agg(
        company_domain=("company_domain", "first"),
        organisation=("organisation", "first"),
        asn=("asn", "first"),
        country=("country", "first"),
        visits=("visit_id", "size"),
        visitors=("visitor_id", "nunique"),
        days=("day", "nunique"),
        weeks=("week", "nunique"),
        in_office_hours=("in_office_hours", "sum"),
        on_desktops=("on_desktops", "sum"),
        last_seen=("started_at", "max"),
    )
    return found.assign(most_on_a_day=of_day.max(), visitors_a_day=of_day.mean())


def _goals_reached(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> dict[str, tuple[Goal, ...]]:
    """The goals that each company reached, those that weigh most first."""
    by_key = {goal.key: goal for goal in goals}
    reached = conversions_by_company(store, scope, goals)
    found: dict[str, list[Goal]] = {}
    for company, key in zip(reached["company"], reached["goal"], strict=True):
        found.setdefault(str(company), []).append(by_key[str(key)])
    return {company: tuple(sorted(own, key=lambda goal: (-goal.points, goal.key))) for company, own in found.items()}
