"""Each metric, defined once: the sums over rows that it needs, and its formula over those sums.

`visits`, `bounces`, `pageviews`, `engaged_ms` and `visit_seconds` are deltas that a row adds, so most metrics are sums
over event rows; visitors are a distinct count. What belongs to a visit as a whole (did it bounce, how long was it) is counted
where the visit began, so that no interval shows a bounce that another one takes back. Names and meanings are the
field's (https://plausible.io/docs/metrics-definitions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, cast, func

from tracker.store.schema import events

VISITORS: ColumnElement[Any] = func.count(events.c.visitor_id.distinct())
VISITS: ColumnElement[Any] = func.sum(events.c.visits)
# Where rows are picked one by one a visit's first row may be missing: its visits are counted by their ids.
VISITS_TOUCHED: ColumnElement[Any] = func.count(events.c.visit_id.distinct())
PAGEVIEWS: ColumnElement[Any] = func.sum(events.c.pageviews)
ENGAGED_MS: ColumnElement[Any] = func.sum(events.c.engaged_ms)
EVENTS: ColumnElement[Any] = func.count()

Raw = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True)
class Metric:
    """What a metric needs of event rows, of visits and of pages read to their end, and how it is made of that."""

    formula: Callable[[Raw], ColumnElement[Any]]
    of_events: tuple[str, ...] = ()
    of_visits: tuple[str, ...] = ()
    of_reads: tuple[str, ...] = ()


def ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    """A quotient as a decimal; null where there is nothing to divide by."""
    return cast(numerator, Double) / func.nullif(cast(denominator, Double), 0.0)


METRICS: dict[str, Metric] = {
    "visitors": Metric(lambda raw: raw["visitors"], ("visitors",)),
    "visits": Metric(lambda raw: raw["visits"], ("visits",)),
    "pageviews": Metric(lambda raw: raw["pageviews"], ("pageviews",)),
    "views_per_visit": Metric(lambda raw: ratio(raw["pageviews"], raw["visits"]), ("pageviews", "visits")),
    "bounce_rate": Metric(lambda raw: ratio(raw["bounces"], raw["begun"]), of_visits=("bounces", "begun")),
    "visit_duration_seconds": Metric(
        lambda raw: ratio(raw["visit_seconds"], raw["begun"]), of_visits=("visit_seconds", "begun")
    ),
    "engaged_seconds": Metric(lambda raw: ratio(raw["engaged_ms"], raw["visits"] * 1000), ("engaged_ms", "visits")),
    "page_seconds": Metric(lambda raw: ratio(raw["engaged_ms"], raw["pageviews"] * 1000), ("engaged_ms", "pageviews")),
    "scroll_depth": Metric(lambda raw: raw["depth"], of_reads=("depth",)),
    "events": Metric(lambda raw: raw["events"], ("events",)),
}

# What totals and time series have.
NAMES = (
    "visitors",
    "visits",
    "pageviews",
    "views_per_visit",
    "bounce_rate",
    "visit_duration_seconds",
    "engaged_seconds",
    "events",
)
COUNTS = ("visitors", "visits", "pageviews", "events")
