"""Answers Stats API v2 queries in their shape, from the same counts as every other report.

Source: https://plausible.io/docs/stats-api.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, func, select

from tracker.db.models import Site
from tracker.stats.aggregation import Tally
from tracker.stats.long_visits import followed
from tracker.stats.metrics import Metric, Unit
from tracker.stats.query.api_query import Asked, read_query
from tracker.stats.query.names import QueryError
from tracker.stats.query.timestamps import last_moment
from tracker.stats.scope import Scope
from tracker.stats.traffic import first_day, interval_starts, visitors
from tracker.store.protocol import EventStore

__all__ = ["QueryError", "run_query"]


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
    scope = followed(store, Scope(site.stored_as, asked.period, asked.filters))
    statement = _statement(asked, scope)
    rows = store.rows(statement.limit(asked.limit).offset(asked.offset))
    shares = any(metric.unit is Unit.SHARE for metric in asked.defined_metrics)
    everybody = visitors(store, scope) if shares else 0
    return {
        "results": [_result(asked, row, everybody) for row in rows],
        "meta": _meta(store, asked, statement),
        "query": _echo(asked, site.domain, query),
    }


def _statement(asked: Asked, scope: Scope) -> Select[Any]:
    statement = Tally(scope, [metric.name for metric in asked.defined_metrics], asked.groups).statement()
    columns = statement.selected_columns
    labels = {metric.api: metric.name for metric in asked.defined_metrics}
    labels |= {name: f"g{index}" for index, name in enumerate(asked.dimensions)}
    return statement.order_by(
        *(
            columns[labels[name]].desc().nulls_last() if descending else columns[labels[name]].asc().nulls_last()
            for name, descending in asked.order_by
        )
    )


def _result(asked: Asked, row: Any, everybody: int) -> dict[str, Any]:
    dimensions = [
        _dimension_value(getattr(row, f"g{index}"), hourly=name == "time:hour")
        for index, name in enumerate(asked.dimensions)
    ]
    return {
        "dimensions": dimensions,
        "metrics": [_metric_value(metric, getattr(row, metric.name), everybody) for metric in asked.defined_metrics],
    }


def _metric_value(metric: Metric, value: float | None, everybody: int) -> int | float | None:
    """A figure as the answer has it. What is a mean of nothing is null, a count of nothing is 0."""
    if metric.unit is Unit.SHARE:
        return round(100 * (value or 0) / everybody, metric.decimals) if everybody else 0.0
    if metric.unit is Unit.COUNT:
        return int(value or 0)
    if value is None:
        return None
    return round(metric.factor * value, metric.decimals or None)


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
