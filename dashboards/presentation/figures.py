"""The strip of six figures: each metric's name, value and change against the period before, as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards.presentation import numbers
from dashboards.presentation.dates import duration
from dashboards.translations import message, translate

LABELS = {
    "visitors": message("Visitors"),
    "visits": message("Visits"),
    "pageviews": message("Page views"),
    "bounce_rate": message("Bounce rate"),
    "visit_duration_seconds": message("Visit duration"),
    "engaged_seconds": message("Reading time"),
}
MEANINGS = {
    "visitors": message("Different people, by browser and day, or by their own id if they agreed"),
    "visits": message("Readings with less than 30 minutes between two pages"),
    "pageviews": message("Pages opened"),
    "bounce_rate": message("Visits of one page with nothing done on it"),
    "visit_duration_seconds": message("From a visit’s first event to its last, on average"),
    "engaged_seconds": message("Time with the page in front, per visit on average"),
}


@dataclass(frozen=True)
class Figure:
    """`tone` is `up` for better, `down` for worse, `flat` for neither; `arrow` says which way the number went."""

    metric: str
    label: str
    meaning: str
    value: str
    change: str | None
    arrow: str
    tone: str
    before: str | None


def word_value(language: str, metric: str, value: float | None, *, compact: bool = True) -> str:
    """A metric's value as text, with its unit."""
    if value is None or pd.isna(value):
        return "–"
    if metric == "bounce_rate":
        return numbers.percent(language, value)
    if metric.endswith("_seconds"):
        return duration(language, value)
    return numbers.count(language, value, compact=compact)


def figures(language: str, now: Mapping[str, float], before: Mapping[str, float] | None) -> list[Figure]:
    """The six figures from the totals of the period and, when compared, of the one before."""
    return [_figure(language, metric, now.get(metric), before) for metric in LABELS]


def _figure(language: str, metric: str, value: float | None, before: Mapping[str, float] | None) -> Figure:
    earlier = before.get(metric) if before else None
    change = numbers.change(value, earlier)
    text, way = None, 0.0
    if change is not None and value is not None and earlier is not None:
        way = round(value - earlier, 3) if metric == "bounce_rate" else round(change, 2)
        points = numbers.signed_points(language, way)
        text = (
            translate(language, "%(points)s pts", points=points)
            if metric == "bounce_rate"
            else (numbers.signed_percent(language, change))
        )
    better = -way if metric == "bounce_rate" else way
    return Figure(
        metric=metric,
        label=translate(language, LABELS[metric]),
        meaning=translate(language, MEANINGS[metric]),
        value=word_value(language, metric, value),
        change=text,
        arrow="↑" if way > 0 else "↓" if way < 0 else "",
        tone="up" if better > 0 else "down" if better < 0 else "flat",
        before=None if before is None else word_value(language, metric, earlier),
    )
