"""A Stats API v2 query, parsed and checked. What is not understood, or would be ignored, is refused.

Source: https://plausible.io/docs/stats-api.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tracker.stats.aggregation import Group
from tracker.stats.comparisons import compared
from tracker.stats.dimensions import GROUPING as DIMENSIONS
from tracker.stats.filters import Filter, FilterError
from tracker.stats.filters.json import read_filters
from tracker.stats.metrics import BY_API_NAME as METRICS
from tracker.stats.metrics import Metric
from tracker.stats.periods import Period, is_day, parse_period
from tracker.stats.query.comparing import read_comparison
from tracker.stats.query.names import TIMES, QueryError
from tracker.stats.query.timestamps import is_timestamp, span_of

MOST_ROWS = 10_000
_KEYS = ("site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination")
_INCLUDES = ("total_rows", "time_labels", "imports", "comparisons")


@dataclass(frozen=True)
class ApiQuery:
    """A parsed query. Metrics and dimensions have their API names; an event must pass all of the filters."""

    period: Period
    metrics: list[str]
    dimensions: list[str]
    filters: tuple[Filter, ...]
    order_by: list[tuple[str, bool]]
    limit: int
    offset: int
    include: dict[str, Any]
    comparison: Period | None = None

    @property
    def defined_metrics(self) -> list[Metric]:
        return [METRICS[name] for name in self.metrics]

    @property
    def groups(self) -> list[Group]:
        return [Group(interval=TIMES[name]) if name in TIMES else Group(DIMENSIONS[name]) for name in self.dimensions]

    @property
    def interval(self) -> str | None:
        """The interval of the time dimension, if there is one."""
        return next((TIMES[name] for name in self.dimensions if name in TIMES), None)


def read_query(
    query: Mapping[str, Any], *, site: str, now: datetime, time_zone: ZoneInfo, first_day: date | None
) -> ApiQuery:
    """Parses a query. `first_day` is the first day of the period `all`. Raises QueryError."""
    unknown = [key for key in query if key not in _KEYS]
    if unknown:
        raise QueryError(f"a query has no {unknown[0]!r}; it has {', '.join(_KEYS)}")
    if query.get("site_id", site) != site:
        raise QueryError(f"`site_id` {query['site_id']!r} is not the site that is queried, {site}")
    metrics = _names(query, "metrics", METRICS)
    if not metrics:
        raise QueryError(f"`metrics` is missing; name at least one of {', '.join(METRICS)}")
    today = now.astimezone(time_zone).date()
    period = _period(query.get("date_range", "all"), today, time_zone, first_day)
    named = _names(query, "dimensions", {**DIMENSIONS, **TIMES, "time": ""})
    dimensions = _once("dimensions", [f"time:{period.interval}" if name == "time" else name for name in named])
    _check_minutes(period, dimensions)
    limit, offset = _pagination(query.get("pagination", {}))
    include = _include(query.get("include"), dimensions)
    comparison = None
    if "comparisons" in include:
        against = read_comparison(include["comparisons"], lambda days: _period(days, today, time_zone, first_day))
        comparison = compared(period, against, now=now)
        if comparison is None:
            raise QueryError("`include.comparisons` would compare with days before all events")
    return ApiQuery(
        period=period,
        metrics=metrics,
        dimensions=dimensions,
        filters=_filters(query.get("filters", [])),
        order_by=_order(query.get("order_by"), metrics, dimensions),
        limit=limit,
        offset=offset,
        include=include,
        comparison=comparison,
    )


def _names(query: Mapping[str, Any], key: str, known: Collection[str]) -> list[str]:
    names = query.get(key, [])
    if not isinstance(names, list):
        raise QueryError(f"`{key}` must be a list")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise QueryError(f"`{key}` has an unknown name {name!r}; use one of {', '.join(known)}")
    return _once(key, names)


def _once(key: str, names: list[str]) -> list[str]:
    """The names. A name may appear once only, since each is a field of an answer's row."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise QueryError(f"`{key}` names {name!r} twice; name it once")
    return names


def _period(value: Any, today: date, time_zone: ZoneInfo, first_day: date | None) -> Period:
    try:
        if isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value):
            return _between(value[0], value[1], today, time_zone)
        if isinstance(value, str):
            return parse_period(value, today=today, time_zone=time_zone, first_day=first_day)
    except ValueError as problem:
        raise QueryError(f"`date_range`: {problem}") from problem
    raise QueryError(
        '`date_range` must be a word such as "7d", two days such as ["2026-11-01", "2026-11-15"], or two timestamps such as'
        ' ["2026-11-01T12:00:00+01:00", "2026-11-01T15:59:59+01:00"]'
    )


def _between(first: str, last: str, today: date, time_zone: ZoneInfo) -> Period:
    """The period between two days or two timestamps. Raises ValueError."""
    kinds = {is_timestamp(first), is_timestamp(last)}
    if len(kinds) == 2:
        raise ValueError(f"{first[:40]!r} and {last[:40]!r} must be two days or two timestamps")
    if kinds == {True}:
        return span_of(first, last, time_zone)
    for day in (first, last):
        if not is_day(day):
            raise ValueError(f"{day[:40]!r} is not a day; write it as 2026-11-01")
    return parse_period(f"{first},{last}", today=today, time_zone=time_zone)


def _filters(value: Any) -> tuple[Filter, ...]:
    try:
        return read_filters(value)
    except FilterError as problem:
        raise QueryError(str(problem)) from problem


def _order(value: Any, metrics: list[str], dimensions: list[str]) -> list[tuple[str, bool]]:
    """What to order by, each with whether it descends. All dimensions are in it, so that pages of results never overlap."""
    times = [(name, False) for name in dimensions if name in TIMES]
    if value is None:
        order = [*times, (metrics[0], True)] if dimensions else []
    elif isinstance(value, list):
        order = [_order_of(one, [*metrics, *dimensions]) for one in value]
        _once("order_by", [name for name, _ in order])
    else:
        raise QueryError('`order_by` must be a list such as [["visitors", "desc"]]')
    named = {name for name, _ in order}
    return order + [(name, False) for name in dimensions if name not in named]


def _order_of(one: Any, names: list[str]) -> tuple[str, bool]:
    if not isinstance(one, list) or len(one) != 2 or one[0] not in names or one[1] not in ("asc", "desc"):
        raise QueryError(
            f'`order_by` takes [NAME, "asc" or "desc"] with a metric or dimension of the query, not {one!r}'
        )
    return one[0], one[1] == "desc"


def _check_minutes(period: Period, dimensions: list[str]) -> None:
    if "time:minute" in dimensions and "minute" not in period.intervals:
        raise QueryError("`dimensions`: time:minute takes a `date_range` of one day")


def _pagination(value: Any) -> tuple[int, int]:
    if not isinstance(value, dict):
        raise QueryError("`pagination` must be an object with limit and offset")
    unknown = [key for key in value if key not in ("limit", "offset")]
    if unknown:
        raise QueryError(f"`pagination` has no {unknown[0]!r}; it has limit and offset")
    limit, offset = value.get("limit", MOST_ROWS), value.get("offset", 0)
    if type(limit) is not int or type(offset) is not int or not 0 < limit <= MOST_ROWS or not 0 <= offset < 2**62:
        raise QueryError(f"`pagination`: limit is 1 to {MOST_ROWS:,}, offset 0 or more")
    return limit, offset


def _include(value: Any, dimensions: list[str]) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or any(key not in _INCLUDES for key in value):
        raise QueryError(f"`include` must be an object with {', '.join(_INCLUDES)}")
    for key, flag in value.items():
        if key != "comparisons" and not isinstance(flag, bool):
            raise QueryError(f"`include.{key}` is true or false, not {flag!r}")
    if value.get("imports") is False:
        raise QueryError("`include.imports` cannot be false: imported logs are visits like all others; leave it out")
    if value.get("time_labels") and not any(name in TIMES for name in dimensions):
        raise QueryError("`include.time_labels` needs a time dimension")
    return value
