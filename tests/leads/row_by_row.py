"""The score worked out company by company, in plain Python: what the columns of tracker.leads.scoring must agree with."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from tracker.leads.score_rules import DEFAULT_RULES
from tracker.leads.scoring import (
    BUYING_PAGES,
    ENGAGED_TIME,
    GOALS,
    PAGES_READ,
    RECENCY,
    RETURN_VISITS,
    SCORED_DAYS,
    SEVERAL_VISITORS,
)


@dataclass(frozen=True)
class Activity:
    """What a company did in the scored days. `people` are the most visitors of one of the `days`."""

    visits: int
    days: int
    people: int
    pageviews: int
    engaged_seconds: float
    last_day: date
    goals: Sequence[int] = ()  # the points of each different one
    buying_weight: float = 0.0


def points(activity: Activity, *, day: date) -> dict[str, int]:
    """The points of each part that has some."""
    days_ago = max(0, (day - activity.last_day).days)
    parts = {
        "goals": min(GOALS, max(activity.goals) + 5 * (len(activity.goals) - 1)) if activity.goals else 0,
        "buying_pages": _part(BUYING_PAGES, activity.buying_weight, 2),
        "several_visitors": _part(SEVERAL_VISITORS, activity.people - 1, 3),
        "return_visits": _part(RETURN_VISITS, activity.days - 1, 4),
        "engaged_time": _part(ENGAGED_TIME, activity.engaged_seconds / 60, 30),
        "pages_read": _part(PAGES_READ, activity.pageviews - 1, 20),
        "recency": round(RECENCY * 0.5 ** (days_ago / 7)),
    }
    return {code: amount for code, amount in parts.items() if amount}


def _part(most: int, amount: float, enough: float) -> int:
    """Points for an amount: the first steps count most, and `enough` earns them all."""
    if amount <= 0:
        return 0
    return min(most, round(most * math.log1p(amount) / math.log1p(enough)))


def points_by_company(rows: Sequence[Any], day: date, zone: Any) -> dict[str, dict[str, int]]:
    """The points of each company, from a site's events one by one; those of companies that are not certain as well."""

    def local(row: Any) -> date:
        return row.occurred_at.replace(tzinfo=UTC).astimezone(zone).date()  # type: ignore[no-any-return]

    def sure(row: Any) -> bool:
        return row.company_confidence is None or row.company_confidence >= 0.5

    known = [row for row in rows if row.company is not None and local(row) <= day]
    certain = {row.company for row in known if sure(row)}
    counted = defaultdict(list)
    for row in known:
        if local(row) > day - timedelta(days=SCORED_DAYS) and (sure(row) or row.company not in certain):
            counted[row.company].append(row)
    return {company: points(_activity(own, local), day=day) for company, own in counted.items()}


def _activity(own: list[Any], local: Any) -> Activity:
    by_day = defaultdict(list)
    for row in own:
        by_day[local(row)].append(row)
    viewed = {row.path for row in own if row.pageviews and row.path is not None}
    names = {row.name for row in own}
    return Activity(
        visits=sum(len({row.visit_id for row in day}) for day in by_day.values()),
        days=len(by_day),
        people=max(len({row.visitor_id for row in day}) for day in by_day.values()),
        pageviews=sum(row.pageviews for row in own),
        engaged_seconds=sum(row.engaged_ms for row in own) / 1000,
        last_day=max(by_day),
        goals=[points for name, points in (("Form: Submission", 30), ("File Download", 20)) if name in names],
        buying_weight=sum(DEFAULT_RULES.buying_pages.of(viewed).values()),
    )
