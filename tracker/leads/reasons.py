"""Why some companies have their scores: what a salesperson would say of each, as codes and values (tracker.leads.scoring).

`dashboards.presentation` words them. Days are local ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.leads.activity import ScoredDay, buying_pages, conversions
from tracker.leads.certainty import is_listed, is_sure
from tracker.leads.scoring import CODES, Reason, reasons
from tracker.stats.companies.visit_rows import company_rows, page_rows
from tracker.store import functions
from tracker.store.protocol import EventStore

_PAGES_IN_A_REASON = 3
# For more companies than these, all are read in one pass instead of comparing each.
_MOST_LISTED = 500
# By company and certainty: the goals it reached, the buying pages it viewed, or the day on which most of its people came.
_Key = tuple[str, bool]
_Found = dict[_Key, list[dict[str, Any]]]


def reasons_of(store: EventStore, of: ScoredDay, rows: pd.DataFrame) -> dict[str, tuple[Reason, ...]]:
    """Returns the reasons by company. `rows` are some of `tracker.leads.activity.scores`."""
    if rows.empty:
        return {}
    goals = _goals(store, of) if rows["goals_reached"].any() else {}
    pages = _buying_pages(store, of, rows) if rows["buying_weight"].any() else {}
    busiest = _busiest_days(store, of, rows) if (rows["people"] > 1).any() else {}
    return {
        row["company"]: reasons(
            {code: row[code] for code in CODES},
            _values(row, of.day) | _special(goals, pages, busiest, (row["company"], row["sure"])),
        )
        for row in rows.to_dict("records")
    }


def _special(goals: _Found, pages: _Found, busiest: _Found, key: _Key) -> dict[str, dict[str, Any]]:
    views = pages.get(key, [])
    found: dict[str, dict[str, Any]] = {
        "goals": {"goals": goals.get(key, [])},
        "buying_pages": {
            "pages": [one["title"] or one["path"] for one in views[:_PAGES_IN_A_REASON]],
            "paths": [one["path"] for one in views[:_PAGES_IN_A_REASON]],
            "views": sum(one["views"] for one in views),
        },
    }
    if key in busiest:
        found["several_visitors"] = busiest[key][0]
    return found


def _values(row: Mapping[Any, Any], day: date) -> dict[str, dict[str, Any]]:
    last_day = row["last_day"].date()
    return {
        "return_visits": {"visits": int(row["visits"]), "days": int(row["days"])},
        "engaged_time": {"engaged_seconds": float(row["engaged_seconds"])},
        "pages_read": {"pages": int(row["pageviews"])},
        "recency": {"last_day": last_day.isoformat(), "days": max(0, (day - last_day).days)},
    }


def _whose(of: ScoredDay, rows: pd.DataFrame, own: Any) -> ColumnElement[bool]:
    if len(rows) > _MOST_LISTED:
        return is_listed(of.confirmed, own)
    certain, others = (sorted(rows.loc[rows["sure"] == sure, "company"]) for sure in (True, False))
    return or_(
        and_(functions.is_one_of(own.company, certain), is_sure(of.confirmed, own)),
        functions.is_one_of(own.company, others),
    )


def _by_key(rows: Iterable[Any]) -> _Found:
    found: _Found = {}
    for row in rows:
        values = row._asdict()
        found.setdefault((values.pop("company"), bool(values.pop("sure"))), []).append(values)
    return found


def _goals(store: EventStore, of: ScoredDay) -> _Found:
    """Returns the goals of each company, that of most points first: `key` and `name`, the last `day` of it, how many `times`."""
    goals = {goal.key: goal for goal in of.rules.goals}
    found: _Found = {}
    for row in conversions(store, of).to_dict("records"):
        day = row["last_at"].tz_localize("UTC").tz_convert(of.time_zone).date()
        goal = goals[row["goal"]]
        said = {"key": goal.key, "name": goal.name, "day": day.isoformat(), "times": int(row["conversions"])}
        found.setdefault((row["company"], bool(row["sure"])), []).append(said)
    for reached in found.values():
        reached.sort(key=lambda one: one["key"])
        reached.sort(key=lambda one: (goals[one["key"]].points, one["day"]), reverse=True)
    return found


def _buying_pages(store: EventStore, of: ScoredDay, rows: pd.DataFrame) -> _Found:
    """Returns the buying pages of each company, the most viewed first: `path`, `title` and `views`."""
    weights = buying_pages(store, of)
    with page_rows(store, of.scope) as did:
        sure, views = is_sure(of.confirmed, did.c).label("sure"), func.sum(did.c.views)
        title = func.max(did.c.title).label("title")
        statement = (
            select(did.c.company, sure, did.c.path, title, views.label("views"))
            .where(_whose(of, rows, did.c), did.c.path.in_(sorted(weights)))
            .group_by(did.c.company, sure, did.c.path)
            .order_by(did.c.company, views.desc(), did.c.path)
        )
        return _by_key(did.rows(statement))


def _busiest_days(store: EventStore, of: ScoredDay, rows: pd.DataFrame) -> _Found:
    """Returns for each company first the day on which most of its people came, the latest of several: `visitors`, `day`."""
    with company_rows(store, of.scope) as did:
        sure, visitors = is_sure(of.confirmed, did.c).label("sure"), func.count(did.c.visitor_id.distinct())
        statement = (
            select(did.c.company, sure, visitors.label("visitors"), did.c.day)
            .where(_whose(of, rows, did.c))
            .group_by(did.c.company, sure, did.c.day)
            .order_by(did.c.company, visitors.desc(), did.c.day.desc())
        )
        found = _by_key(did.rows(statement))
    return {key: [{"visitors": days[0]["visitors"], "day": days[0]["day"].isoformat()}] for key, days in found.items()}
