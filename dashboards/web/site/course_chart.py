"""The overview's chart from the course of a period and of the one that it is compared with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from dashboards.presentation import dates
from dashboards.presentation.figures import word_value
from dashboards.translations import message
from dashboards.web.chart import Chart, Point, draw
from dashboards.web.site.selection import Selection
from tracker.stats.comparisons import counterpart

INTERVAL_NAMES = {
    "minute": message("Minutes"),
    "hour": message("Hours"),
    "day": message("Days"),
    "week": message("Weeks"),
    "month": message("Months"),
}


def course_chart(
    moment: datetime, selection: Selection, language: str, series: pd.DataFrame, earlier: pd.DataFrame | None
) -> Chart:
    """The chart of a period's course at a moment; `earlier` is the course of what it is compared with."""
    interval, metric = selection.interval, selection.metric
    now = moment.astimezone(selection.zone).replace(tzinfo=None)
    starts = [as_time(start) for start in series["start"]]
    ends = [*starts[1:], as_time(selection.period.end)]
    befores = {} if earlier is None else dict(zip(map(as_time, earlier["start"]), earlier[metric], strict=True))
    points = []
    for start, end, value in zip(starts, ends, series[metric], strict=True):
        other = selection.compared and counterpart(selection.period, selection.compared, interval, start)
        before = befores.get(other) if other else None
        points.append(
            Point(
                label=_label(language, start, interval),
                value=None if start > now else float(value),
                before=None if before is None else 0.0 if pd.isna(before) else float(before),
                before_label=_label(language, other, interval) if other and before is not None else "",
                unfinished=start <= now < end,
            )
        )
    return draw(points, metric=metric, word=lambda value: word_value(language, metric, value))


def as_time(start: Any) -> datetime:
    """The local start of an interval, a date or a datetime in the report."""
    if isinstance(start, datetime):
        return start.replace(tzinfo=None)
    if isinstance(start, date):
        return datetime(start.year, start.month, start.day)  # noqa: DTZ001 - local, as every start of an interval
    return pd.Timestamp(start).to_pydatetime()


def _label(language: str, start: datetime, interval: str) -> str:
    if interval in ("minute", "hour"):
        return f"{dates.day(language, start.date())}, {start:%H:%M}"
    if interval == "week":
        return dates.span(language, start.date(), start.date() + timedelta(days=7))
    if interval == "month":
        return dates.month(language, start.date())
    return dates.day(language, start.date())
