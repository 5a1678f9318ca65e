"""The Stats API v2: a JSON query over the closed lists of metrics and dimensions, answered in its shape.

Source: https://plausible.io/docs/stats-api. Their names of metrics and dimensions, and ours beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from tracker.db.models import Site
from tracker.reports import metrics
from tracker.reports.local_time import truncated
from tracker.reports.metrics import ratio
from tracker.reports.periods import Period, parse_period
from tracker.reports.scope import EVENT_LEVEL, Dimension, Filter, Scope, column_of, exit_pages, matches
from tracker.reports.traffic import first_day, interval_starts
from tracker.store.engines import EventStore
from tracker.store.schema import events

_MOST_ROWS = 10_000
_DEFAULT_ROWS = 10_000


class QueryError(ValueError):
    """The query cannot be answered as it is; the message says what to write instead."""


DIMENSIONS: dict[str, Dimension] = {
    "event:page": Dimension.PAGE,
    "event:name": Dimension.EVENT,
    "event:hostname": Dimension.HOSTNAME,
    "event:title": Dimension.TITLE,
    "visit:entry_page": Dimension.ENTRY_PAGE,
    "visit:exit_page": Dimension.EXIT_PAGE,
    "visit:source": Dimension.SOURCE,
    "visit:channel": Dimension.CHANNEL,
    "visit:referrer": Dimension.REFERRER,
    "visit:utm_source": Dimension.SOURCE,
    "visit:utm_medium": Dimension.MEDIUM,
    "visit:utm_campaign": Dimension.CAMPAIGN,
    "visit:utm_content": Dimension.CONTENT,
    "visit:utm_term": Dimension.TERM,
    "visit:device": Dimension.DEVICE,
    "visit:browser": Dimension.BROWSER,
    "visit:browser_version": Dimension.BROWSER_VERSION,
    "visit:os": Dimension.OS,
    "visit:os_version": Dimension.OS_VERSION,
    "visit:country": Dimension.COUNTRY,
    "visit:region": Dimension.REGION,
    "visit:city": Dimension.CITY,
    "visit:language": Dimension.LANGUAGE,
    "visit:social_kind": Dimension.SOCIAL_KIND,
    "visit:company": Dimension.COMPANY,
    "visit:company_domain": Dimension.COMPANY_DOMAIN,
    "visit:organisation": Dimension.ORGANISATION,
    "visit:network_kind": Dimension.NETWORK_KIND,
}
_TIMES = {"time:hour": "hour", "time:day": "day", "time:week": "week", "time:month": "month"}

# Each metric as a function of whether rows are picked one by one, which changes how visits are counted.
METRICS: dict[str, Callable[[bool], ColumnElement[Any]]] = {
    "visitors": lambda picked: metrics.VISITORS,
    "visits": lambda picked: _visits(picked=picked),
    "pageviews": lambda picked: metrics.PAGEVIEWS,
    "views_per_visit": lambda picked: func.round(ratio(metrics.PAGEVIEWS, _visits(picked=picked)), 2),
    "bounce_rate": lambda picked: func.round(100 * ratio(metrics.BOUNCES, _visits(picked=picked)), 0),
    "visit_duration": lambda picked: metrics.EVENTS,  # replaced by the mean of the visits' spans, which needs a join
    "engaged_seconds": lambda picked: func.round(ratio(metrics.ENGAGED_MS, _visits(picked=picked) * 1000), 1),
    "time_on_page": lambda picked: func.round(ratio(metrics.ENGAGED_MS, metrics.PAGEVIEWS * 1000), 0),
    "scroll_depth": lambda picked: func.round(func.avg(events.c.scroll_depth), 0),
    "events": lambda picked: metrics.EVENTS,
    "percentage": lambda picked: metrics.VISITORS,  # made a share of everybody afterwards
}


def _visits(*, picked: bool) -> ColumnElement[Any]:
    return metrics.VISITS_TOUCHED if picked else metrics.VISITS


@dataclass(frozen=True)
class _Query:
    period: Period
    metrics: list[str]
    dimensions: list[str]
    condition: ColumnElement[bool]
    picked: bool
    order_by: list[tuple[str, bool]]
    limit: int
    offset: int
    include: dict[str, Any]


def run_query(store: EventStore, site: Site, query: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The answer to a v2 query: {"results": [{"dimensions", "metrics"}], "meta", "query"}. Raises QueryError."""
    parsed = _parse(store, site, query, now)
    statement = _statement(parsed, Scope(site.domain, parsed.period))
    rows = store.rows(statement.limit(parsed.limit).offset(parsed.offset))
    everybody = _everybody(store, parsed) if "percentage" in parsed.metrics else 0
    width, hourly = len(parsed.dimensions), "time:hour" in parsed.dimensions
    results = [
        {
            "dimensions": [_dimension_value(value, hourly=hourly) for value in row[:width]],
            "metrics": [
                _metric_value(name, value, everybody) for name, value in zip(parsed.metrics, row[width:], strict=True)
            ],
        }
        for row in rows
    ]
    meta: dict[str, Any] = {}
    if parsed.include.get("total_rows"):
        meta["total_rows"] = store.rows(select(func.count()).select_from(statement.order_by(None).subquery()))[0][0]
    if parsed.include.get("time_labels"):
        meta["time_labels"] = _time_labels(parsed)
    span = [
        parsed.period.start_at.astimezone(parsed.period.time_zone),
        parsed.period.end_at.astimezone(parsed.period.time_zone),
    ]
    echo = {
        "site_id": site.domain,
        "metrics": parsed.metrics,
        "date_range": [moment.isoformat() for moment in span],
        "dimensions": parsed.dimensions,
        "filters": query.get("filters", []),
        "pagination": {"limit": parsed.limit, "offset": parsed.offset},
    }
    return {"results": results, "meta": meta, "query": echo}


def _statement(query: _Query, scope: Scope) -> Select[Any]:
    columns = [_dimension_column(name, query.period).label(f"d{index}") for index, name in enumerate(query.dimensions)]
    values = [METRICS[name](query.picked).label(f"m{index}") for index, name in enumerate(query.metrics)]
    source: Any = events
    if "visit:exit_page" in query.dimensions:
        exits = exit_pages(scope.span())
        source = source.join(exits, events.c.visit_id == exits.c.visit_id)
        columns = [
            exits.c.exit_page.label(f"d{index}") if name == "visit:exit_page" else column
            for index, (name, column) in enumerate(zip(query.dimensions, columns, strict=True))
        ]
    if "visit_duration" in query.metrics:
        spans = _seconds_of_visit(scope)
        source = source.join(spans, and_(events.c.visit_id == spans.c.visit_id, events.c.visits == 1), isouter=True)
        values = [
            func.round(func.avg(spans.c.seconds), 0).label(f"m{index}") if name == "visit_duration" else value
            for index, (name, value) in enumerate(zip(query.metrics, values, strict=True))
        ]
    statement = select(*columns, *values).select_from(source).where(query.condition)
    if columns:
        statement = statement.group_by(*columns)
    labels = {name: f"d{index}" for index, name in enumerate(query.dimensions)}
    labels |= {name: f"m{index}" for index, name in enumerate(query.metrics)}
    for name, descending in query.order_by:
        column = statement.selected_columns[labels[name]]
        statement = statement.order_by(column.desc().nulls_last() if descending else column.asc().nulls_last())
    return statement


def _seconds_of_visit(scope: Scope) -> Any:
    span = func.date_diff("second", func.min(events.c.occurred_at), func.max(events.c.occurred_at)).label("seconds")
    return select(events.c.visit_id, span).where(scope.span()).group_by(events.c.visit_id).subquery("spans")


def _dimension_column(name: str, period: Period) -> ColumnElement[Any]:
    if name in _TIMES:
        return truncated(period, _TIMES[name])
    return column_of(DIMENSIONS[name])


def _parse(store: EventStore, site: Site, query: dict[str, Any], now: datetime) -> _Query:
    asked = _names(query, "metrics", METRICS)
    if not asked:
        raise QueryError(f"`metrics` is missing; name at least one of {', '.join(METRICS)}")
    period = _period(store, site, query.get("date_range", "all"), now)
    dimensions = [
        _time_dimension(name, period) for name in _names(query, "dimensions", {**DIMENSIONS, **_TIMES, "time": ""})
    ]
    condition, event_level = _filters(query.get("filters", []))
    picked = event_level or any(DIMENSIONS.get(name) in EVENT_LEVEL - {Dimension.EXIT_PAGE} for name in dimensions)
    scope = Scope(site.domain, period)
    limit, offset = _pagination(query.get("pagination", {}))
    return _Query(
        period=period,
        metrics=asked,
        dimensions=dimensions,
        condition=and_(scope.span(), condition) if condition is not None else scope.span(),
        picked=picked,
        order_by=_order(query.get("order_by"), asked, dimensions),
        limit=limit,
        offset=offset,
        include=query.get("include") or {},
    )


def _names(query: dict[str, Any], key: str, known: Any) -> list[str]:
    names = query.get(key, [])
    if not isinstance(names, list):
        raise QueryError(f"`{key}` must be a list")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise QueryError(f"`{key}` knows no {name!r}; it knows {', '.join(known)}")
    return names


def _time_dimension(name: str, period: Period) -> str:
    return f"time:{period.interval}" if name == "time" else name


def _period(store: EventStore, site: Site, asked: Any, now: datetime) -> Period:
    zone = ZoneInfo(site.time_zone)
    today = now.astimezone(zone).date()
    if isinstance(asked, list) and len(asked) == 2 and all(isinstance(one, str) for one in asked):
        asked = ",".join(one[:10] for one in asked)
    if not isinstance(asked, str):
        raise QueryError('`date_range` must be a word such as "7d" or two days such as ["2026-11-01", "2026-11-15"]')
    try:
        return parse_period(asked, today=today, time_zone=zone, first_day=first_day(store, site.domain, zone))
    except ValueError as problem:
        raise QueryError(f"`date_range`: {problem}") from problem


def _filters(filters: Any) -> tuple[ColumnElement[bool] | None, bool]:
    """The condition of a list of filters, and whether one of them picks single events."""
    if not isinstance(filters, list):
        raise QueryError("`filters` must be a list")
    if not filters:
        return None, False
    parts = [_filter(one) for one in filters]
    return and_(*(condition for condition, _ in parts)), any(event_level for _, event_level in parts)


def _filter(one: Any) -> tuple[ColumnElement[bool], bool]:
    if not isinstance(one, list) or not one:
        raise QueryError(f'a filter is a list such as ["is", "visit:source", ["Google"]], not {one!r}')
    operator = one[0]
    if operator == "not" and len(one) == 2:
        condition, event_level = _filter(one[1])
        return not_(condition), event_level
    if operator in ("and", "or") and len(one) == 2 and isinstance(one[1], list) and one[1]:
        parts = [_filter(inner) for inner in one[1]]
        joined = and_(*(part for part, _ in parts)) if operator == "and" else or_(*(part for part, _ in parts))
        return joined, any(event_level for _, event_level in parts)
    if operator not in ("is", "is_not", "contains", "contains_not"):
        raise QueryError(f"`filters` knows no {operator!r}; it knows is, is_not, contains, contains_not, and, or, not")
    if (
        len(one) < 3
        or not isinstance(one[2], list)
        or one[1] not in DIMENSIONS
        or DIMENSIONS[one[1]] is Dimension.EXIT_PAGE
    ):
        raise QueryError(
            f'the filter {one!r} must be ["{operator}", DIMENSION, [VALUES…]] with one of {", ".join(DIMENSIONS)}'
        )
    dimension = DIMENSIONS[one[1]]
    return matches(Filter(dimension, operator, tuple(str(value) for value in one[2]))), dimension in EVENT_LEVEL


def _order(asked: Any, names: list[str], dimensions: list[str]) -> list[tuple[str, bool]]:
    if asked is None:
        times = [(name, False) for name in dimensions if name in _TIMES]
        return (
            [*times, (names[0], True), *((name, False) for name in dimensions if name not in _TIMES)]
            if dimensions
            else []
        )
    if not isinstance(asked, list):
        raise QueryError('`order_by` must be a list such as [["visitors", "desc"]]')
    order = []
    for one in asked:
        if (
            not isinstance(one, list)
            or len(one) != 2
            or one[0] not in [*names, *dimensions]
            or one[1] not in ("asc", "desc")
        ):
            raise QueryError(
                f'`order_by` takes [NAME, "asc" or "desc"] with a metric or dimension of the query, not {one!r}'
            )
        order.append((one[0], one[1] == "desc"))
    return order


def _pagination(asked: Any) -> tuple[int, int]:
    if not isinstance(asked, dict):
        raise QueryError("`pagination` must be an object with limit and offset")
    limit, offset = asked.get("limit", _DEFAULT_ROWS), asked.get("offset", 0)
    if not isinstance(limit, int) or not isinstance(offset, int) or not 0 < limit <= _MOST_ROWS or offset < 0:
        raise QueryError(f"`pagination`: limit is 1 to {_MOST_ROWS:,}, offset 0 or more")
    return limit, offset


def _everybody(store: EventStore, query: _Query) -> int:
    return int(store.rows(select(metrics.VISITORS).where(query.condition))[0][0])


def _metric_value(name: str, value: Any, everybody: int) -> Any:
    if name == "percentage":
        return round(100 * value / everybody, 2) if everybody else 0.0
    if value is None:
        return 0 if name in ("visits", "pageviews") else None
    return (
        int(value)
        if name in ("visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration")
        else float(value)
    )


def _dimension_value(value: Any, *, hourly: bool) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S" if hourly else "%Y-%m-%d")
    return value


def _time_labels(query: _Query) -> list[str]:
    step = next((_TIMES[name] for name in query.dimensions if name in _TIMES), None)
    if step is None:
        raise QueryError("`include.time_labels` needs a time dimension")
    starts: pd.DatetimeIndex = interval_starts(query.period, step)
    return [f"{start:%Y-%m-%d %H:%M:%S}" if step == "hour" else f"{start:%Y-%m-%d}" for start in starts]
