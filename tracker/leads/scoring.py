"""A lead's score: 0–100 points for what a company did, with the reasons that make it up.

Pure. It rewards engagement and nothing else: how well a company is documented earns no point. The parts add up to
100, so a score is the sum of its reasons' points. The reasons are codes; pages and emails word them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

INTENT = 30
RETURN_VISITS = 20
PAGES_READ = 15
ENGAGED_TIME = 15
SEVERAL_VISITORS = 10
RECENCY = 10

# Pages that somebody opens who thinks of buying, in French and English.
_INTENT_PAGE = re.compile(
    r"contact|tarif|prix|devis|demo|démo|essai|rendez-vous|rdv|accompagnement|services?(?:/|$)|prestation|offre"
    r"|pricing|price|quote|trial|book-a|get-started|references?(?:/|$)",
    re.IGNORECASE,
)


class Reason(NamedTuple):
    """Why a company has points: a code, the points, and what a sentence about it needs."""

    code: str
    points: int
    values: Mapping[str, Any]


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
    intent = [path for path in activity.paths if _INTENT_PAGE.search(path)]
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
