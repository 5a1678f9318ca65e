"""What `include.comparisons` of a Stats API v2 query asks for, and the rows that it adds to the results.

As in Plausible: `{"mode": "previous_period" or "year_over_year"}`, or `{"mode": "custom", "date_range": [FIRST, LAST]}`, with
`match_day_of_week`, which is true unless it is said. The rules are those of the dashboard (tracker/stats/comparisons.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tracker.stats.comparisons import Against, Mode
from tracker.stats.metrics import Metric, Unit
from tracker.stats.periods import Period
from tracker.stats.query.names import QueryError

_MODES = {"previous_period": Mode.PREVIOUS, "year_over_year": Mode.YEAR, "custom": Mode.CUSTOM}
_KEYS = ("mode", "date_range", "match_day_of_week")


def read_comparison(value: Any, parse: Callable[[Any], Period]) -> Against:
    """What is compared with. `parse` parses a `date_range`. Raises QueryError."""
    if (
        not isinstance(value, Mapping)
        or value.get("mode") not in tuple(_MODES)
        or any(key not in _KEYS for key in value)
    ):
        raise QueryError(f"`include.comparisons` must be an object with `mode`, one of {', '.join(_MODES)}")
    mode, matches = _MODES[value["mode"]], value.get("match_day_of_week", True)
    if not isinstance(matches, bool):
        raise QueryError("`include.comparisons.match_day_of_week` is true or false")
    if (mode is Mode.CUSTOM) != ("date_range" in value):
        raise QueryError("`include.comparisons` takes `date_range` with the mode custom, and only with it")
    if mode is not Mode.CUSTOM:
        return Against(mode, matches)
    if not isinstance(value["date_range"], list):
        raise QueryError('`include.comparisons.date_range` must be two days such as ["2026-11-01", "2026-11-15"]')
    days = parse(value["date_range"])
    if days.moments is not None:
        raise QueryError("`include.comparisons.date_range` must be two days")
    return Against(mode, matches, (days.start, days.end))


def changes(metrics: list[Metric], now: list[Any], before: list[Any]) -> list[float | None]:
    """By how much each figure changed: in points for what is in per cent already, else in whole per cent."""
    return [_change(metric, *pair) for metric, *pair in zip(metrics, now, before, strict=True)]


def _change(metric: Metric, now: float | None, before: float | None) -> float | None:
    if now is None or before is None:
        return None
    if metric.unit in (Unit.FRACTION, Unit.SHARE):
        return round(now - before, metric.decimals)
    if before == 0:
        return 100 if now else 0
    return round(100 * (now - before) / before)


def as_written(moment: datetime, interval: str) -> str:
    """The start of an interval as the answer has it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S" if interval in ("minute", "hour") else "%Y-%m-%d")
