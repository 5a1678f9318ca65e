"""Each metric, defined once, as an expression over event rows.

`visits`, `bounces`, `pageviews` and `engaged_ms` are deltas that a row adds, so metrics are sums; visitors are a
distinct count. Names and meanings are the field's (https://plausible.io/docs/metrics-definitions).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Double, cast, func

from tracker.store.schema import events

VISITORS: ColumnElement[Any] = func.count(events.c.visitor_id.distinct())
VISITS: ColumnElement[Any] = func.sum(events.c.visits)
# Where rows are picked one by one a visit's first row may be missing: its visits are counted by their ids.
VISITS_TOUCHED: ColumnElement[Any] = func.count(events.c.visit_id.distinct())
PAGEVIEWS: ColumnElement[Any] = func.sum(events.c.pageviews)
BOUNCES: ColumnElement[Any] = func.sum(events.c.bounces)
ENGAGED_MS: ColumnElement[Any] = func.sum(events.c.engaged_ms)
EVENTS: ColumnElement[Any] = func.count()


def ratio(numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> ColumnElement[Any]:
    """A quotient as a decimal; null where there is nothing to divide by."""
    return cast(numerator, Double) / func.nullif(cast(denominator, Double), 0.0)


BOUNCE_RATE = ratio(BOUNCES, VISITS)
VIEWS_PER_VISIT = ratio(PAGEVIEWS, VISITS)
ENGAGED_SECONDS = ratio(ENGAGED_MS, VISITS * 1000)

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
