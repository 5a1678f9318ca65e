"""Why some companies have their scores: what a salesperson would say of each, as codes and values (tracker.leads.scoring).

`dashboards.presentation` words them. Days are local ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.leads.activity import ScoredDay, buying_pages, conversions
from tracker.leads.certainty import is_listed
from tracker.leads.scoring import CODES, Reason, reasons
from tracker.stats import metrics
from tracker.stats.local_time import truncated
from tracker.store.protocol import EventStore
from tracker.store.schema import events

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
    counted = and_(of.scope.where(), _whose(of, rows))
    goals = _goals(store, of) if rows["goals_reached"].any() else {}
    pages = _buying_pages(store, of, counted) if rows["buying_weight"].any() else {}
    busiest = _busiest_days(store, of, counted) if (rows["people"] > 1).any() else {}
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


def _whose(of: ScoredDay, rows: pd.DataFrame) -> ColumnElement[bool]:
    if len(rows) > _MOST_LISTED:
        return is_listed(of.confirmed)
    certain, others = (sorted(rows.loc[rows["sure"] == sure, "company"]) for sure in (True, False))
    return or_(and_(events.c.company.in_(certain), of.sure), events.c.company.in_(others))


def _by_key(store: EventStore, of: ScoredDay, statement: Any) -> _Found:
    found: _Found = {}
    for row in store.rows(of.scope.asked(statement)):
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


def _buying_pages(store: EventStore, of: ScoredDay, counted: ColumnElement[bool]) -> _Found:
    """Returns the buying pages of each company, the most viewed first: `path`, `title` and `views`."""
    weights = buying_pages(store, of)
    sure, views = of.sure, func.sum(events.c.pageviews)
    statement = (
        select(events.c.company, sure, events.c.path, func.max(events.c.title).label("title"), views.label("views"))
        .where(counted, events.c.pageviews > 0, events.c.path.in_(sorted(weights)))
        .group_by(events.c.company, sure, events.c.path)
        .order_by(events.c.company, views.desc(), events.c.path)
    )
    return _by_key(store, of, statement)


def _busiest_days(store: EventStore, of: ScoredDay, counted: ColumnElement[bool]) -> _Found:
    """Returns for each company first the day on which most of its people came, the latest of several: `visitors`, `day`."""
    sure, day = of.sure, truncated(of.scope.period, "day")
    statement = (
        select(events.c.company, sure, metrics.VISITORS.label("visitors"), day.label("day"))
        .where(counted)
        .group_by(events.c.company, sure, day)
        .order_by(events.c.company, metrics.VISITORS.desc(), day.desc())
    )
    found = _by_key(store, of, statement)
    return {
        key: [{"visitors": days[0]["visitors"], "day": days[0]["day"].date().isoformat()}]
        for key, days in found.items()
    }
