"""Answers Stats API v2 queries in their shape, from the same counts as every other report.

Source: https://plausible.io/docs/stats-api.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, func, select

from tracker.db.models import Site
from tracker.stats.comparisons import counterpart
from tracker.stats.filters import Filter
from tracker.stats.metrics import Metric, Unit
from tracker.stats.periods import Period
from tracker.stats.query.api_query import ApiQuery, read_query
from tracker.stats.query.comparing import as_written, changes
from tracker.stats.query.names import TIMES, QueryError
from tracker.stats.query.timestamps import last_moment
from tracker.stats.rollups.counting import Counting, counting
from tracker.stats.scope import Scope
from tracker.stats.traffic import first_day, interval_starts
from tracker.store.protocol import EventStore

__all__ = ["QueryError", "run_query"]

Resolve = Callable[[tuple[Filter, ...], Period], tuple[Filter, ...]]
# What there is in all, by the name of the metric.
Wholes = Mapping[str, int]


def run_query(
    store: EventStore,
    site: Site,
    query: dict[str, Any],
    *,
    now: datetime,
    resolve: Resolve = lambda filters, _: filters,
) -> dict[str, Any]:
    """The answer to a v2 query: {"results": [{"dimensions", "metrics"}], "meta", "query"}. Raises QueryError.

    `resolve` turns filters of what is known of companies into filters of events, given the period.
    """
    zone = ZoneInfo(site.time_zone)
    api_query = read_query(
        query,
        site=site.domain,
        now=now,
        time_zone=zone,
        first_day=first_day(store, site.stored_as, zone),
    )
    scope = Scope(site.stored_as, api_query.period, resolve(api_query.filters, api_query.period))
    results, meta = _answer(store, api_query, scope)
    if api_query.comparison is not None:
        _compare(store, api_query, replace(scope, period=api_query.comparison), results)
    return {"results": results, "meta": meta, "query": _echo(api_query, site.domain, query)}


def _answer(store: EventStore, api_query: ApiQuery, scope: Scope) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    with counting(store, scope) as counted:
        statement = _statement(api_query, counted)
        rows = counted.rows(statement.limit(api_query.limit).offset(api_query.offset))
        wholes = _wholes(counted, api_query)
        meta = _meta(counted, api_query, statement)
    return [_result(api_query, row, wholes) for row in rows], meta


def _wholes(counted: Counting, api_query: ApiQuery) -> Wholes:
    """What the period has in all of what metrics are a share of."""
    names = sorted({metric.share_of for metric in api_query.defined_metrics if metric.unit is Unit.SHARE})
    if not names:
        return {}
    (row,) = counted.rows(counted.statement(names))
    return {name: int(getattr(row, name) or 0) for name in names}


def _compare(store: EventStore, api_query: ApiQuery, scope: Scope, results: list[dict[str, Any]]) -> None:
    """Adds to each result the figures of the period that is compared with, of the same dimensions, and their change."""
    with counting(store, scope) as counted:
        rows = counted.rows(_statement(api_query, counted))
        wholes = _wholes(counted, api_query)
    others = {tuple(one["dimensions"]): one["metrics"] for one in (_result(api_query, row, wholes) for row in rows)}
    nothing = [_metric_value(metric, None, wholes) for metric in api_query.defined_metrics]
    for result in results:
        dimensions = _dimensions_before(api_query, result["dimensions"])
        before = others.get(tuple(dimensions), nothing)
        change = changes(api_query.defined_metrics, result["metrics"], before)
        result["comparison"] = {"dimensions": dimensions, "metrics": before, "change": change}


def _dimensions_before(api_query: ApiQuery, dimensions: list[Any]) -> list[Any]:
    """The dimensions of the row that one is compared with: other times, else the same; null where there is no such time."""
    return [
        _time_before(api_query, TIMES[name], value) if name in TIMES else value
        for name, value in zip(api_query.dimensions, dimensions, strict=True)
    ]


def _time_before(api_query: ApiQuery, interval: str, written: str | None) -> str | None:
    if written is None or api_query.comparison is None:
        return None
    start = counterpart(api_query.period, api_query.comparison, interval, datetime.fromisoformat(written))
    return None if start is None else as_written(start, interval)


def _statement(api_query: ApiQuery, counted: Counting) -> Select[Any]:
    statement = counted.statement([metric.name for metric in api_query.defined_metrics], api_query.groups)
    columns = statement.selected_columns
    labels = {metric.api: metric.name for metric in api_query.defined_metrics}
    labels |= {name: f"g{index}" for index, name in enumerate(api_query.dimensions)}
    return statement.order_by(
        *(
            columns[labels[name]].desc().nulls_last() if descending else columns[labels[name]].asc().nulls_last()
            for name, descending in api_query.order_by
        )
    )


def _result(api_query: ApiQuery, row: Any, wholes: Wholes) -> dict[str, Any]:
    dimensions = [
        _dimension_value(getattr(row, f"g{index}"), TIMES.get(name, ""))
        for index, name in enumerate(api_query.dimensions)
    ]
    return {
        "dimensions": dimensions,
        "metrics": [_metric_value(metric, getattr(row, metric.name), wholes) for metric in api_query.defined_metrics],
    }


def _metric_value(metric: Metric, value: float | None, wholes: Wholes) -> int | float | None:
    """A figure as the answer has it. What is a mean of nothing is null, a count of nothing is 0."""
    if metric.unit is Unit.SHARE:
        whole = wholes[metric.share_of]
        return round(100 * (value or 0) / whole, metric.decimals) if whole else 0.0
    if metric.unit is Unit.COUNT:
        return int(value or 0)
    if value is None:
        return None
    return round(metric.factor * value, metric.decimals or None)


def _dimension_value(value: Any, interval: str) -> Any:
    if isinstance(value, datetime):
        return as_written(value, interval)
    return value if value is None else str(value)


def _meta(counted: Counting, api_query: ApiQuery, statement: Select[Any]) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if api_query.include.get("total_rows"):
        meta["total_rows"] = counted.rows(select(func.count()).select_from(statement.order_by(None).subquery()))[0][0]
    if api_query.include.get("time_labels") and api_query.interval is not None:
        starts: pd.DatetimeIndex = interval_starts(api_query.period, api_query.interval)
        meta["time_labels"] = [as_written(start, api_query.interval) for start in starts]
    return meta


def _span(period: Period) -> list[str]:
    moments = [period.start_at, max(period.start_at, last_moment(period))]
    return [moment.astimezone(period.time_zone).isoformat() for moment in moments]


def _echo(api_query: ApiQuery, site: str, query: dict[str, Any]) -> dict[str, Any]:
    """The query as it was understood; its `date_range` api_query again is the same."""
    compared = {} if api_query.comparison is None else {"comparison_date_range": _span(api_query.comparison)}
    return {
        "site_id": site,
        "metrics": api_query.metrics,
        "date_range": _span(api_query.period),
        **compared,
        "dimensions": api_query.dimensions,
        "filters": query.get("filters", []),
        "pagination": {"limit": api_query.limit, "offset": api_query.offset},
    }
