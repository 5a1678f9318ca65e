"""The strip of figures: each metric's name, value and change against the period before, as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboards.presentation import numbers
from dashboards.presentation.dates import duration
from dashboards.translations import translate, translate_plural
from tracker.stats.metrics import FIGURES, METRICS, Metric, Unit


@dataclass(frozen=True)
class Figure:
    """One figure. `tone` is `up` for better, `down` for worse, `flat` for neither; `arrow` is the direction of the change."""

    metric: str
    label: str
    meaning: str
    value: str
    change: str | None
    arrow: str
    tone: str
    before: str | None


def word_value(language: str, metric: str, value: float | None, *, compact: bool = True) -> str:
    """Returns a metric's value as text, with its unit."""
    if value is None or pd.isna(value):
        return "–"
    unit = METRICS[metric].unit
    if unit is Unit.FRACTION:
        return numbers.percent(language, value)
    if unit is Unit.SECONDS:
        return duration(language, value)
    if unit is Unit.NUMBER:
        return numbers.decimal(language, value)
    return numbers.count(language, value, compact=compact)


def figures(language: str, now: Mapping[str, float], before: Mapping[str, float] | None) -> list[Figure]:
    """Returns the figures from the totals of the period and, for a comparison, of the period before."""
    return [_figure(language, metric, now.get(metric.name), before) for metric in FIGURES]


def _figure(language: str, metric: Metric, value: float | None, before: Mapping[str, float] | None) -> Figure:
    earlier = before.get(metric.name) if before else None
    change = numbers.change(value, earlier)
    text, way = None, 0.0
    if change is not None and value is not None and earlier is not None:
        in_points = metric.unit is Unit.FRACTION
        way = round(value - earlier, 3) if in_points else round(change, 2)
        points = numbers.signed_points(language, way)
        text = (
            translate_plural(language, "%(points)s pt", "%(points)s pts", int(abs(way) * 100), points=points)
            if in_points
            else (numbers.signed_percent(language, change))
        )
    better = -way if metric.less_is_better else way
    return Figure(
        metric=metric.name,
        label=translate(language, metric.label),
        meaning=translate(language, metric.meaning),
        value=word_value(language, metric.name, value),
        change=text,
        arrow="↑" if way > 0 else "↓" if way < 0 else "",
        tone="up" if better > 0 else "down" if better < 0 else "flat",
        before=None if before is None else word_value(language, metric.name, earlier),
    )
