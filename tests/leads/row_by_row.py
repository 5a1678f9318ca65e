"""The score worked out company by company, in plain Python: what the columns of tracker.leads.scoring must agree with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tracker.leads.scoring import (
    ENGAGED_TIME,
    INTENT,
    PAGES_READ,
    RECENCY,
    RETURN_VISITS,
    SEVERAL_VISITORS,
    Reason,
    intent_pages,
)


class Score(NamedTuple):
    """The points in all, and the reasons, the strongest first."""

    points: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Activity:
    """What a company did in a period. `days` are the local days with a visit, `people` the most visitors of one day."""

    visits: int
    days: int
    people: int
    pageviews: int
    engaged_seconds: float
    last_seen: datetime
    paths: Sequence[str]


def score(activity: Activity, *, now: datetime) -> Score:
    """The score of an activity as seen at `now` (aware)."""
    intent = intent_pages(activity.paths)
    days_ago = max(0, (now - activity.last_seen).days)
    parts = (
        Reason("intent_pages", min(INTENT, 18 + 6 * (len(intent) - 1)) if intent else 0, {"pages": intent[:3]}),
        Reason(
            "return_visits",
            _part(RETURN_VISITS, activity.days - 1, 7),
            {"visits": activity.visits, "days": activity.days},
        ),
        Reason("pages_read", _part(PAGES_READ, activity.pageviews - 1, 40), {"pages": activity.pageviews}),
        Reason("engaged_time", _part(ENGAGED_TIME, activity.engaged_seconds / 60, 60), {"engaged_seconds": activity.engaged_seconds}),
        Reason("several_visitors", _part(SEVERAL_VISITORS, activity.people - 1, 6), {"visitors": activity.people}),
        Reason("recency", round(RECENCY * max(0.0, 1 - days_ago / 14)), {"days": days_ago}),
    )  # fmt: skip
    reasons = tuple(sorted((part for part in parts if part.points), key=lambda part: -part.points))
    return Score(sum(part.points for part in reasons), reasons)


def _part(most: int, amount: float, enough: float) -> int:
    """Points for an amount: the first steps count most, and `enough` earns them all."""
    if amount <= 0:
        return 0
    return min(most, round(most * math.log1p(amount) / math.log1p(enough)))
