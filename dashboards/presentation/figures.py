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
class Change:
    """What became of a value, in words, None where there was none before; `before` is that value in words.

    `tone` is `up` for better, `down` for worse, `flat` for neither; `arrow` says which way the number went.
    """

    text: str | None
    arrow: str
    tone: str
    before: str


@dataclass(frozen=True)
class Figure:
    """One figure and its change; None where nothing is compared."""

    metric: str
    label: str
    meaning: str
    value: str
    change: Change | None


def word_value(language: str, metric: str, value: float | None, *, compact: bool = True) -> str:
    """Returns a metric's value as text, with its unit."""
    if value is None or pd.isna(value):
        return "–"
    unit = METRICS[metric].unit
    if unit is Unit.FRACTION:
        return numbers.percent(language, value)
    if unit is Unit.SECONDS:
        # Imported logs, and visitors without JavaScript, say nothing of the time: that is no time of zero.
        return duration(language, value) if value else "–"
    if unit is Unit.NUMBER:
        return numbers.decimal(language, value)
    return numbers.count(language, value, compact=compact)


def figures(language: str, now: Mapping[str, float], before: Mapping[str, float] | None) -> list[Figure]:
    """Returns the figures from the totals of the period and, for a comparison, of the period before."""
    return [_figure(language, metric, now.get(metric.name), before) for metric in FIGURES]


def _figure(language: str, metric: Metric, value: float | None, before: Mapping[str, float] | None) -> Figure:
    return Figure(
        metric=metric.name,
        label=translate(language, metric.label),
        meaning=translate(language, metric.meaning),
        value=word_value(language, metric.name, value),
        change=None if before is None else changed(language, metric.name, value, before.get(metric.name)),
    )


def changed(language: str, name: str, value: float | None, before: float | None) -> Change:
    """The change of a metric's value: of a fraction in points, else in per cent of what it was."""
    metric, text, way = METRICS[name], None, 0.0
    change = numbers.change(value, before)
    if change is not None and value is not None and before is not None:
        if metric.unit is Unit.FRACTION:
            way = round(value - before, 3)
            points = numbers.signed_points(language, way)
            text = translate_plural(language, "%(points)s pt", "%(points)s pts", int(abs(way) * 100), points=points)
        else:
            way = round(change, 2)
            text = numbers.signed_percent(language, change)
    elif value and before == 0 and metric.unit is Unit.COUNT:
        text, way = translate(language, "new"), 1.0
    better = -way if metric.less_is_better else way
    return Change(
        text=text,
        arrow="↑" if way > 0 else "↓" if way < 0 else "",
        tone="up" if better > 0 else "down" if better < 0 else "flat",
        before=word_value(language, name, before),
    )
