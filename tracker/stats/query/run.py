"""Answers Stats API v2 queries in their shape, from the same counts as every other report.

Source: https://plausible.io/docs/stats-api.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, and_, func, select

from tracker.db.models import Site
from tracker.stats import metrics
from tracker.stats.aggregation import Tally
from tracker.stats.query.api_query import Asked, read_query
from tracker.stats.query.names import DIMENSIONS, METRICS, QueryError
from tracker.stats.query.timestamps import last_moment
from tracker.stats.scope import Scope
from tracker.stats.traffic import first_day, interval_starts
from tracker.store.engines import EventStore

__all__ = ["DIMENSIONS", "METRICS", "QueryError", "run_query"]

# How figures are rounded in an answer: decimals, of the metric times a factor. The others are whole numbers.
_ROUNDED = {
    "bounce_rate": (100, 0),
    "visit_duration": (1, 0),
    "time_on_page": (1, 0),
    "scroll_depth": (1, 0),
    "views_per_visit": (1, 2),
    "engaged_seconds": (1, 1),
}


def run_query(store: EventStore, site: Site, query: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The answer to a v2 query: {"results": [{"dimensions", "metrics"}], "meta", "query"}. Raises QueryError."""
    zone = ZoneInfo(site.time_zone)
    asked = read_query(
        query,
        site=site.domain,
        today=now.astimezone(zone).date(),
        time_zone=zone,
        first_day=first_day(store, site.stored_as, zone),
    )
    scope = Scope(site.stored_as, asked.period)
    statement = _statement(asked, scope)
    rows = store.rows(statement.limit(asked.limit).offset(asked.offset))
    everybody = _everybody(store, asked, scope) if "percentage" in asked.metrics else 0
    return {
        "results": [_result(asked, row, everybody) for row in rows],
        "meta": _meta(store, asked, statement),
        "query": _echo(asked, site.domain, query),
    }


def _statement(asked: Asked, scope: Scope) -> Select[Any]:
    names = list(dict.fromkeys(METRICS[name] for name in asked.metrics))
    statement = Tally(scope, names, asked.groups, asked.condition, asked.picked).statement()
    columns = statement.selected_columns
    labels = {name: METRICS[name] for name in asked.metrics}
    labels |= {name: f"g{index}" for index, name in enumerate(asked.dimensions)}
    return statement.order_by(
        *(
            columns[labels[name]].desc().nulls_last() if descending else columns[labels[name]].asc().nulls_last()
            for name, descending in asked.order_by
        )
    )


def _everybody(store: EventStore, asked: Asked, scope: Scope) -> int:
    condition = scope.span() if asked.condition is None else and_(scope.span(), asked.condition)
    return int(store.rows(select(metrics.VISITORS).where(condition))[0][0])


def _result(asked: Asked, row: Any, everybody: int) -> dict[str, Any]:
    dimensions = [
        _dimension_value(getattr(row, f"g{index}"), hourly=name == "time:hour")
        for index, name in enumerate(asked.dimensions)
    ]
    return {
        "dimensions": dimensions,
        "metrics": [_metric_value(name, getattr(row, METRICS[name]), everybody) for name in asked.metrics],
    }


def _metric_value(name: str, value: float | None, everybody: int) -> int | float | None:
    """A figure as the answer has it. What is a mean of nothing is null, a count of nothing is 0."""
    if name == "percentage":
        return round(100 * (value or 0) / everybody, 2) if everybody else 0.0
    if name not in _ROUNDED:
        return int(value or 0)
    if value is None:
        return None
    factor, decimals = _ROUNDED[name]
    return round(factor * value, decimals) if decimals else round(factor * value)


def _dimension_value(value: Any, *, hourly: bool) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S" if hourly else "%Y-%m-%d")
    return value if value is None else str(value)


def _meta(store: EventStore, asked: Asked, statement: Select[Any]) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if asked.include.get("total_rows"):
        meta["total_rows"] = store.rows(select(func.count()).select_from(statement.order_by(None).subquery()))[0][0]
    if asked.include.get("time_labels") and asked.step is not None:
        starts: pd.DatetimeIndex = interval_starts(asked.period, asked.step)
        form = "%Y-%m-%d %H:%M:%S" if asked.step == "hour" else "%Y-%m-%d"
        meta["time_labels"] = [start.strftime(form) for start in starts]
    return meta


def _echo(asked: Asked, site: str, query: dict[str, Any]) -> dict[str, Any]:
    """The query as it was understood; its `date_range` asked again is the same."""
    span = [asked.period.start_at, last_moment(asked.period)]
    return {
        "site_id": site,
        "metrics": asked.metrics,
        "date_range": [moment.astimezone(asked.period.time_zone).isoformat() for moment in span],
        "dimensions": asked.dimensions,
        "filters": query.get("filters", []),
        "pagination": {"limit": asked.limit, "offset": asked.offset},
    }
