"""The course of a company's score as its page draws it: a line, the same in words, and the day on which goals changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from dashboards.presentation.dates import day
from dashboards.translations import translate_plural
from tracker.db.models import Site
from tracker.leads.over_time.trend import ScoreOfDay


@dataclass(frozen=True)
class TrendShown:
    """`points` are those of an SVG line over `width` by 100; `changed_on` is the last day within it on which a goal was added."""

    width: int
    points: str
    words: str
    changed_on: date | None


def trend_shown(language: str, trend: Sequence[ScoreOfDay], site: Site) -> TrendShown:
    """Draws the scores of some days, the earliest first."""
    first, last = trend[0], trend[-1]
    highest = max(trend, key=lambda one: (one.score, one.day))
    words = translate_plural(
        language,
        "Score over %(num)s week: %(first)s at first, %(last)s now (highest: %(highest)s, %(day)s)",
        "Score over %(num)s weeks: %(first)s at first, %(last)s now (highest: %(highest)s, %(day)s)",
        len(trend) // 7,
        first=first.score,
        last=last.score,
        highest=highest.score,
        day=day(language, highest.day),
    )
    zone = ZoneInfo(site.time_zone)
    changes = [goal.created_at.astimezone(zone).date() for goal in site.goals]
    within = [one for one in changes if first.day <= one <= last.day]
    points = " ".join(f"{number},{100 - one.score}" for number, one in enumerate(trend))
    return TrendShown(len(trend) - 1, points, words, max(within, default=None))
