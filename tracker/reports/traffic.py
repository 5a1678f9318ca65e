"""How much a site was read: totals, their course over time, breakdowns, and what was not counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, Select, func, select

from tracker.reports import metrics
from tracker.reports.local_time import truncated
from tracker.reports.metrics import ratio
from tracker.reports.periods import Period
from tracker.reports.scope import EVENT_LEVEL, Dimension, Scope, column_of, exit_pages
from tracker.store.engines import EventStore
from tracker.store.schema import events
from tracker.store.schema import not_counted as not_counted_table

_LIVE_MINUTES = 5


def totals(store: EventStore, scope: Scope) -> pd.DataFrame:
    """One row with a column for each of metrics.NAMES: counts as int64, ratios and seconds as float64 (NaN for none)."""
    return _with_numbers(store.frame(_totals_by(scope)))


def timeseries(store: EventStore, scope: Scope, interval: str | None = None) -> pd.DataFrame:
    """A row for every interval of the period, also the empty ones: `start` (local, datetime64) and metrics.NAMES."""
    step = interval or scope.period.interval
    found = _with_numbers(store.frame(_totals_by(scope, truncated(scope.period, step).label("start"))))
    found["start"] = pd.to_datetime(found["start"])
    frame = pd.DataFrame({"start": interval_starts(scope.period, step)}).merge(found, on="start", how="left")
    counts = ["visitors", "visits", "pageviews", "events"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    return frame


def interval_starts(period: Period, interval: str) -> pd.DatetimeIndex:
    """The local starts of a period's intervals. ISO weeks and months begin before the period where it cuts them."""
    first, last = pd.Timestamp(period.start), pd.Timestamp(period.end) - pd.Timedelta(1, "s")
    if interval == "hour":
        return pd.date_range(first, last, freq="h", unit="us")
    if interval == "week":
        return pd.date_range(first - pd.Timedelta(days=first.day_of_week), last, freq="7D", unit="us")
    if interval == "month":
        return pd.date_range(first.replace(day=1), last, freq="MS", unit="us")
    return pd.date_range(first, last, freq="D", unit="us")


def breakdown(
    store: EventStore,
    scope: Scope,
    dimension: Dimension,
    *,
    limit: int = 10,
    offset: int = 0,
    order_by: str = "visitors",
) -> pd.DataFrame:
    """The values of a dimension, the largest `order_by` first.

    Columns: `value` (None where an event has none), visitors, visits, pageviews, bounce_rate, engaged_seconds, and
    `share`, the part of the period's visitors (0–1). Pages also have their `title`. `order_by` is visitors, visits or
    pageviews.
    """
    statement = _by_exit_page(scope) if dimension is Dimension.EXIT_PAGE else _by_column(scope, dimension)
    ordered = statement.order_by(statement.selected_columns[order_by].desc(), statement.selected_columns["value"])
    frame = store.frame(ordered.limit(limit).offset(offset))
    everybody = store.rows(select(metrics.VISITORS).where(scope.where()))[0][0]
    for name in ("visitors", "visits", "pageviews"):
        frame[name] = frame[name].fillna(0).astype("int64")
    frame["share"] = frame["visitors"] / everybody if everybody else 0.0
    frame["value"] = frame["value"].astype(object).where(frame["value"].notna(), None)
    return frame


def not_counted(store: EventStore, site: str, period: Period) -> pd.DataFrame:
    """Hits that were dropped, the most frequent first: `day` (local), `reason`, `detail`, `hits`."""
    table = not_counted_table
    hits = func.sum(table.c.hits).label("hits")
    statement = (
        select(table.c.day, table.c.reason, table.c.detail, hits)
        .where(table.c.site == site, table.c.day >= period.start, table.c.day < period.end)
        .group_by(table.c.day, table.c.reason, table.c.detail)
        .order_by(hits.desc(), table.c.reason, table.c.detail)
    )
    frame = store.frame(statement)
    frame["hits"] = frame["hits"].astype("int64")
    return frame


def first_day(store: EventStore, site: str, time_zone: ZoneInfo) -> date | None:
    """The local day of a site's first event."""
    first = store.rows(select(func.min(events.c.occurred_at)).where(events.c.site == site))[0][0]
    return None if first is None else first.replace(tzinfo=UTC).astimezone(time_zone).date()


def last_event_at(store: EventStore, site: str) -> datetime | None:
    """When a site's last event happened (aware, UTC)."""
    last = store.rows(select(func.max(events.c.occurred_at)).where(events.c.site == site))[0][0]
    return None if last is None else last.replace(tzinfo=UTC)


def live_visitors(store: EventStore, site: str, now: datetime) -> int:
    """How many visitors were there in the last five minutes."""
    since = (now.astimezone(UTC) - timedelta(minutes=_LIVE_MINUTES)).replace(tzinfo=None)
    statement = select(metrics.VISITORS).where(events.c.site == site, events.c.occurred_at >= since)
    return int(store.rows(statement)[0][0])


def _totals_by(scope: Scope, *groups: ColumnElement[Any]) -> Select[Any]:
    """The metrics of a scope, in all or by a group; a visit belongs to the group in which it began."""
    inner = (
        select(
            *groups,
            events.c.visit_id,
            func.date_diff("second", func.min(events.c.occurred_at), func.max(events.c.occurred_at)).label("seconds"),
        )
        .where(scope.where())
        .group_by(*groups, events.c.visit_id)
        .subquery("visit_spans")
    )
    durations = select(
        *(inner.c[group.name] for group in groups), func.avg(inner.c.seconds).label("visit_duration_seconds")
    ).group_by(*(inner.c[group.name] for group in groups))
    counted = select(
        *groups,
        metrics.VISITORS.label("visitors"),
        metrics.VISITS.label("visits"),
        metrics.PAGEVIEWS.label("pageviews"),
        metrics.VIEWS_PER_VISIT.label("views_per_visit"),
        metrics.BOUNCE_RATE.label("bounce_rate"),
        metrics.ENGAGED_SECONDS.label("engaged_seconds"),
        metrics.EVENTS.label("events"),
    ).where(scope.where())
    if not groups:
        return counted.add_columns(durations.scalar_subquery().label("visit_duration_seconds"))
    whole, spans = counted.group_by(*groups).subquery("counted"), durations.subquery("durations")
    (group,) = groups
    return select(*whole.c, spans.c.visit_duration_seconds).join(spans, whole.c[group.name] == spans.c[group.name])


def _by_column(scope: Scope, dimension: Dimension) -> Select[Any]:
    event_level = dimension in EVENT_LEVEL
    visits = metrics.VISITS_TOUCHED if event_level else metrics.VISITS
    columns = [
        column_of(dimension).label("value"),
        metrics.VISITORS.label("visitors"),
        visits.label("visits"),
        metrics.PAGEVIEWS.label("pageviews"),
        ratio(metrics.BOUNCES, visits).label("bounce_rate"),
        ratio(metrics.ENGAGED_MS, visits * 1000).label("engaged_seconds"),
    ]
    if dimension is Dimension.PAGE:
        columns.append(func.arg_max(events.c.title, events.c.occurred_at).label("title"))
    return select(*columns).where(scope.where()).group_by(column_of(dimension))


def _by_exit_page(scope: Scope) -> Select[Any]:
    exits = exit_pages(scope.where())
    return (
        select(
            exits.c.exit_page.label("value"),
            metrics.VISITORS.label("visitors"),
            metrics.VISITS.label("visits"),
            metrics.PAGEVIEWS.label("pageviews"),
            metrics.BOUNCE_RATE.label("bounce_rate"),
            metrics.ENGAGED_SECONDS.label("engaged_seconds"),
        )
        .select_from(events.join(exits, events.c.visit_id == exits.c.visit_id))
        .where(scope.where())
        .group_by(exits.c.exit_page)
    )


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    for name in ("visitors", "visits", "pageviews", "events"):
        frame[name] = frame[name].fillna(0).astype("int64")
    for name in ("views_per_visit", "bounce_rate", "visit_duration_seconds", "engaged_seconds"):
        frame[name] = frame[name].astype("float64")
    return frame
