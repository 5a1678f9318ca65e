"""The course of a company's score: of each day of the last twelve weeks, by today's rules.

A score is made from the sums of days, so that those of earlier days are worked out from one company's days when they are
asked for: nothing is kept that a new goal, weight or correction would make wrong (docs/adr/0021).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select, true

from tracker.leads import scoring
from tracker.leads.activity import ScoredDay
from tracker.leads.certainty import is_sure
from tracker.stats.companies.visit_rows import company_rows, page_rows
from tracker.stats.goals.conversions import reached_by_visits
from tracker.stats.local_time import truncated
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

DAYS = 84


class ScoreOfDay(NamedTuple):
    """A company's score on a local day."""

    day: date
    score: int


@dataclass
class _Course:
    """What a company did day by day: its sums, the goals that it reached and the buying pages that it viewed."""

    sums: Mapping[date, Any]
    goals: Mapping[date, set[str]]
    pages: Mapping[date, set[str]]


def score_trend(store: EventStore, of: ScoredDay, company: str, *, sure: bool, days: int = DAYS) -> list[ScoreOfDay]:
    """Returns the scores of the `days` up to the day, the earliest first; `sure` is whether its certain events count alone."""
    first = of.day - timedelta(days=days - 1)
    read = Period(first - timedelta(days=scoring.SCORED_DAYS - 1), of.day + timedelta(days=1), of.time_zone, "trend")
    scope = Scope(of.site, read)
    question = ("course", company, sure, *of.key)
    course = once_of_present(store, scope, question, lambda page: _course(page, of, scope, company, sure=sure))
    asked = [first + timedelta(days=number) for number in range(days)]
    frame = pd.DataFrame(list(_activities(of, course, asked)))
    frame = frame.astype({"last_day": "datetime64[us]"})
    points = scoring.parts(frame, day=pd.to_datetime(pd.Series(asked)))
    return [
        ScoreOfDay(day, int(score) if known else 0)
        for day, score, known in zip(asked, points.sum(axis=1), frame["days"] > 0, strict=True)
    ]


def _activities(of: ScoredDay, course: _Course, asked: list[date]) -> Iterator[dict[str, Any]]:
    """The activity of the scored days up to each day (scoring.ACTIVITY)."""
    worth = {goal.key: goal.points for goal in of.rules.goals}
    weights = of.rules.buying_pages.of(sorted(set().union(*course.pages.values())))
    for day in asked:
        window = [day - timedelta(days=number) for number in range(scoring.SCORED_DAYS)]
        rows = [course.sums[one] for one in window if one in course.sums]
        goals = set().union(*(course.goals.get(one, ()) for one in window))
        pages = set().union(*(course.pages.get(one, ()) for one in window))
        yield {
            "visits": sum(row.visits for row in rows),
            "days": len(rows),
            "people": max((row.visitors for row in rows), default=0),
            "pageviews": sum(row.pageviews for row in rows),
            "engaged_seconds": sum(row.engaged_ms for row in rows) / 1000,
            "last_day": max((pd.Timestamp(row.day) for row in rows), default=pd.Timestamp(day)),
            "goal_weight": float(max((worth[key] for key in goals), default=0)),
            "goals_reached": len(goals),
            "buying_weight": float(sum(weights.get(path, 0.0) for path in pages)),
        }


def _course(store: EventStore, of: ScoredDay, scope: Scope, company: str, *, sure: bool) -> _Course:
    with company_rows(store, scope) as did:
        sums = select(
            did.c.day,
            func.count(did.c.visitor_id.distinct()).label("visitors"),
            func.count(did.c.visit_id.distinct()).label("visits"),
            func.sum(did.c.pageviews).label("pageviews"),
            func.sum(did.c.engaged_ms).label("engaged_ms"),
        )
        rows = did.rows(sums.where(_of(did.c, of, company, sure=sure)).group_by(did.c.day))
    with page_rows(store, scope) as did:
        viewed = (_of(did.c, of, company, sure=sure), did.c.path.is_not(None))
        paths = did.rows(select(did.c.day, did.c.path).where(*viewed).distinct())
    return _Course({row.day: row for row in rows}, _goals(store, of, scope, company, sure=sure), _by_day(paths))


def _of(own: Any, of: ScoredDay, company: str, *, sure: bool) -> ColumnElement[bool]:
    return and_(own.company == company, is_sure(of.confirmed, own) if sure else true())


def _goals(store: EventStore, of: ScoredDay, scope: Scope, company: str, *, sure: bool) -> dict[date, set[str]]:
    """Returns the goals that the company's visits reached, by day."""
    if not of.rules.goals:
        return {}
    with reached_by_visits(store, scope, of.rules.goals, [of.sure]) as (rows, reached, whose):
        day = truncated(scope.period, "day", reached.c.occurred_at).label("day")
        own = select(whose.c.visit_id).where(whose.c.company == company, *([whose.c.sure] if sure else []))
        statement = select(day, reached.c.goal).where(reached.c.visit_id.in_(own)).group_by(day, reached.c.goal)
        return _by_day((row.day.date(), row.goal) for row in rows.rows(statement))


def _by_day(pairs: Iterable[Any]) -> dict[date, set[str]]:
    found: dict[date, set[str]] = {}
    for day, value in pairs:
        found.setdefault(day, set()).add(value)
    return found
