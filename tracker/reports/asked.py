"""What a Stats API v2 query asks, read and checked: the closed lists of its words, and its shape.

Source: https://plausible.io/docs/stats-api. Their names of metrics and dimensions, and ours beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, not_, or_

from tracker.reports.periods import Period, parse_period
from tracker.reports.scope import EVENT_LEVEL, Dimension, Filter, Scope, matches
from tracker.reports.tally import Group

MOST_ROWS = 10_000
_MOST_NESTED = 20
_KEYS = ("site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination")
_INCLUDES = ("total_rows", "time_labels", "imports")
_OPERATORS = ("is", "is_not", "contains", "contains_not")

# A query's metrics by the names in `metrics.METRICS`; a percentage is made of visitors afterwards.
METRICS = {
    "visitors": "visitors",
    "visits": "visits",
    "pageviews": "pageviews",
    "views_per_visit": "views_per_visit",
    "bounce_rate": "bounce_rate",
    "visit_duration": "visit_duration_seconds",
    "engaged_seconds": "engaged_seconds",
    "time_on_page": "page_seconds",
    "scroll_depth": "scroll_depth",
    "events": "events",
    "percentage": "visitors",
}

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
TIMES = {"time:hour": "hour", "time:day": "day", "time:week": "week", "time:month": "month"}


class QueryError(ValueError):
    """The query cannot be answered as it is; the message says what to write instead."""


@dataclass(frozen=True)
class Asked:
    """A query as it is answered. `condition` is None without filters; `picked` as in `tally.Tally`."""

    period: Period
    metrics: list[str]
    dimensions: list[str]
    condition: ColumnElement[bool] | None
    picked: bool
    order_by: list[tuple[str, bool]]
    limit: int
    offset: int
    include: dict[str, Any]

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
    metrics = _names(query, "metrics", METRICS)
    if not metrics:
        raise QueryError(f"`metrics` is missing; name at least one of {', '.join(METRICS)}")
    period = _period(query.get("date_range", "all"), today, time_zone, first_day)
    dimensions = [
        f"time:{period.interval}" if name == "time" else name
        for name in _names(query, "dimensions", {**DIMENSIONS, **TIMES, "time": ""})
    ]
    condition, picks = _filters(query.get("filters", []), Scope(site, period))
    limit, offset = _pagination(query.get("pagination", {}))
    return Asked(
        period=period,
        metrics=metrics,
        dimensions=dimensions,
        condition=condition,
        picked=picks or any(DIMENSIONS.get(name) in EVENT_LEVEL - {Dimension.EXIT_PAGE} for name in dimensions),
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
    return list(dict.fromkeys(names))


def _period(asked: Any, today: date, time_zone: ZoneInfo, first_day: date | None) -> Period:
    if isinstance(asked, list) and len(asked) == 2 and all(isinstance(one, str) for one in asked):
        asked = ",".join(one[:10] for one in asked)
    if not isinstance(asked, str):
        raise QueryError('`date_range` must be a word such as "7d" or two days such as ["2026-11-01", "2026-11-15"]')
    try:
        return parse_period(asked, today=today, time_zone=time_zone, first_day=first_day)
    except ValueError as problem:
        raise QueryError(f"`date_range`: {problem}") from problem


def _filters(filters: Any, scope: Scope) -> tuple[ColumnElement[bool] | None, bool]:
    """The condition of a list of filters, and whether one of them picks single events."""
    if not isinstance(filters, list):
        raise QueryError("`filters` must be a list")
    if not filters:
        return None, False
    parts = [_filter(one, scope, 0) for one in filters]
    return and_(*(condition for condition, _ in parts)), any(picks for _, picks in parts)


def _filter(one: Any, scope: Scope, depth: int) -> tuple[ColumnElement[bool], bool]:
    if depth > _MOST_NESTED:
        raise QueryError(f"`filters` are nested more than {_MOST_NESTED} deep")
    if not isinstance(one, list) or not one:
        raise QueryError(f'a filter is a list such as ["is", "visit:source", ["Google"]], not {one!r}')
    operator = one[0]
    if operator == "not" and len(one) == 2:
        condition, picks = _filter(one[1], scope, depth + 1)
        return not_(condition), picks
    if operator in ("and", "or") and len(one) == 2 and isinstance(one[1], list) and one[1]:
        parts = [_filter(inner, scope, depth + 1) for inner in one[1]]
        joined = and_(*(part for part, _ in parts)) if operator == "and" else or_(*(part for part, _ in parts))
        return joined, any(picks for _, picks in parts)
    if operator not in _OPERATORS:
        raise QueryError(f"`filters` knows no {operator!r}; it knows {', '.join(_OPERATORS)}, and, or, not")
    return _comparison(one, scope)


def _comparison(one: list[Any], scope: Scope) -> tuple[ColumnElement[bool], bool]:
    shape = len(one) == 3 and isinstance(one[1], str) and one[1] in DIMENSIONS and isinstance(one[2], list)
    if not shape or not all(isinstance(value, str) or value is None for value in one[2]):
        raise QueryError(
            f'the filter {one!r} must be ["{one[0]}", DIMENSION, [VALUES…]]: values are text or null,'
            f" dimensions {', '.join(DIMENSIONS)}"
        )
    dimension = DIMENSIONS[one[1]]
    asked = Filter(dimension, one[0], tuple("" if value is None else value for value in one[2]))
    if dimension is Dimension.EXIT_PAGE:
        return scope.visits_with(asked), False
    return matches(asked), dimension in EVENT_LEVEL


def _order(asked: Any, metrics: list[str], dimensions: list[str]) -> list[tuple[str, bool]]:
    """What to order by, each with whether it descends; dimensions come last, so that pages never overlap."""
    times = [(name, False) for name in dimensions if name in TIMES]
    if asked is None:
        order = [*times, (metrics[0], True)] if dimensions else []
    elif isinstance(asked, list):
        order = [_order_of(one, [*metrics, *dimensions]) for one in asked]
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
    limit, offset = asked.get("limit", MOST_ROWS), asked.get("offset", 0)
    if type(limit) is not int or type(offset) is not int or not 0 < limit <= MOST_ROWS or not 0 <= offset < 2**62:
        raise QueryError(f"`pagination`: limit is 1 to {MOST_ROWS:,}, offset 0 or more")
    return limit, offset


def _include(asked: Any, dimensions: list[str]) -> dict[str, Any]:
    if asked is None:
        return {}
    if not isinstance(asked, dict) or any(key not in _INCLUDES for key in asked):
        raise QueryError(f"`include` is an object that knows {', '.join(_INCLUDES)}")
    if asked.get("time_labels") and not any(name in TIMES for name in dimensions):
        raise QueryError("`include.time_labels` needs a time dimension")
    return asked
