"""What a Stats API v2 query asks, read and checked. What is not understood, or would be ignored, is refused.

Source: https://plausible.io/docs/stats-api.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from tracker.stats.aggregation import Group
from tracker.stats.dimensions import BY_API_NAME as DIMENSIONS
from tracker.stats.filters import Filter, FilterError
from tracker.stats.filters.json import read_filters
from tracker.stats.metrics import BY_API_NAME as METRICS
from tracker.stats.metrics import Metric
from tracker.stats.periods import Period, is_day, parse_period
from tracker.stats.query.names import TIMES, QueryError
from tracker.stats.query.timestamps import is_timestamp, span_of

MOST_ROWS = 10_000
_KEYS = ("site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination")
_INCLUDES = ("total_rows", "time_labels", "imports")


@dataclass(frozen=True)
class Asked:
    """A query as it is answered: names as it has them, all filters hold."""

    period: Period
    metrics: list[str]
    dimensions: list[str]
    filters: tuple[Filter, ...]
    order_by: list[tuple[str, bool]]
    limit: int
    offset: int
    include: dict[str, Any]

    @property
    def defined_metrics(self) -> list[Metric]:
        return [METRICS[name] for name in self.metrics]

    @property
    def groups(self) -> list[Group]:
        return [Group(interval=TIMES[name]) if name in TIMES else Group(DIMENSIONS[name]) for name in self.dimensions]

    @property
    def step(self) -> str | None:
        """The interval of the time dimension, if there is one."""
        return next((TIMES[name] for name in self.dimensions if name in TIMES), None)


def read_query(
    query: Mapping[str, Any], *, site: str, today: date, time_zone: ZoneInfo, first_day: date | None
) -> Asked:
    """The query in its parts; `first_day` is where the period `all` begins. Raises QueryError."""
    unknown = [key for key in query if key not in _KEYS]
    if unknown:
        raise QueryError(f"a query has no {unknown[0]!r}; it has {', '.join(_KEYS)}")
    if query.get("site_id", site) != site:
        raise QueryError(f"`site_id` {query['site_id']!r} is not the site that is asked, {site}")
    metrics = _names(query, "metrics", METRICS)
    if not metrics:
        raise QueryError(f"`metrics` is missing; name at least one of {', '.join(METRICS)}")
    period = _period(query.get("date_range", "all"), today, time_zone, first_day)
    named = _names(query, "dimensions", {**DIMENSIONS, **TIMES, "time": ""})
    dimensions = _once("dimensions", [f"time:{period.interval}" if name == "time" else name for name in named])
    limit, offset = _pagination(query.get("pagination", {}))
    return Asked(
        period=period,
        metrics=metrics,
        dimensions=dimensions,
        filters=_filters(query.get("filters", [])),
        order_by=_order(query.get("order_by"), metrics, dimensions),
        limit=limit,
        offset=offset,
        include=_include(query.get("include"), dimensions),
    )


def _names(query: Mapping[str, Any], key: str, known: Collection[str]) -> list[str]:
    names = query.get(key, [])
    if not isinstance(names, list):
        raise QueryError(f"`{key}` must be a list")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise QueryError(f"`{key}` knows no {name!r}; it knows {', '.join(known)}")
    return _once(key, names)


def _once(key: str, names: list[str]) -> list[str]:
    """The names, each of which has a place of its own in a row of the answer."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise QueryError(f"`{key}` names {name!r} twice; name it once")
    return names


def _period(asked: Any, today: date, time_zone: ZoneInfo, first_day: date | None) -> Period:
    try:
        if isinstance(asked, list) and len(asked) == 2 and all(isinstance(one, str) for one in asked):
            return _between(asked[0], asked[1], today, time_zone)
        if isinstance(asked, str):
            return parse_period(asked, today=today, time_zone=time_zone, first_day=first_day)
    except ValueError as problem:
        raise QueryError(f"`date_range`: {problem}") from problem
    raise QueryError(
        '`date_range` must be a word such as "7d", two days such as ["2026-11-01", "2026-11-15"], or two moments such as'
        ' ["2026-11-01T12:00:00+01:00", "2026-11-01T15:59:59+01:00"]'
    )


def _between(first: str, last: str, today: date, time_zone: ZoneInfo) -> Period:
    """From a day to a day, or from a moment to a moment. Raises ValueError."""
    kinds = {is_timestamp(first), is_timestamp(last)}
    if len(kinds) == 2:
        raise ValueError(f"{first[:40]!r} and {last[:40]!r} must be two days or two moments")
    if kinds == {True}:
        return span_of(first, last, time_zone)
    for day in (first, last):
        if not is_day(day):
            raise ValueError(f"{day[:40]!r} is no day; write it as 2026-11-01")
    return parse_period(f"{first},{last}", today=today, time_zone=time_zone)


def _filters(asked: Any) -> tuple[Filter, ...]:
    try:
        return read_filters(asked)
    except FilterError as problem:
        raise QueryError(str(problem)) from problem


def _order(asked: Any, metrics: list[str], dimensions: list[str]) -> list[tuple[str, bool]]:
    """What to order by, each with whether it descends; dimensions come last, so that pages never overlap."""
    times = [(name, False) for name in dimensions if name in TIMES]
    if asked is None:
        order = [*times, (metrics[0], True)] if dimensions else []
    elif isinstance(asked, list):
        order = [_order_of(one, [*metrics, *dimensions]) for one in asked]
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


def _pagination(asked: Any) -> tuple[int, int]:
    if not isinstance(asked, dict):
        raise QueryError("`pagination` must be an object with limit and offset")
    unknown = [key for key in asked if key not in ("limit", "offset")]
    if unknown:
        raise QueryError(f"`pagination` has no {unknown[0]!r}; it has limit and offset")
    limit, offset = asked.get("limit", MOST_ROWS), asked.get("offset", 0)
    if type(limit) is not int or type(offset) is not int or not 0 < limit <= MOST_ROWS or not 0 <= offset < 2**62:
        raise QueryError(f"`pagination`: limit is 1 to {MOST_ROWS:,}, offset 0 or more")
    return limit, offset


def _include(asked: Any, dimensions: list[str]) -> dict[str, Any]:
    if asked is None:
        return {}
    if not isinstance(asked, dict) or any(key not in _INCLUDES for key in asked):
        raise QueryError(f"`include` is an object that knows {', '.join(_INCLUDES)}")
    for key, value in asked.items():
        if not isinstance(value, bool):
            raise QueryError(f"`include.{key}` is true or false, not {value!r}")
    if asked.get("imports") is False:
        raise QueryError("`include.imports` cannot be false: imported logs are visits like all others; leave it out")
    if asked.get("time_labels") and not any(name in TIMES for name in dimensions):
        raise QueryError("`include.time_labels` needs a time dimension")
    return asked
