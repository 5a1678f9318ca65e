"""A site's totals and time series, its first and last event, and its excluded traffic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, func, select

from tracker.enrichment.drops import DropReason
from tracker.enrichment.told import host_of_invalid_url, read_unknown_site
from tracker.stats import metrics
from tracker.stats.aggregation import Group
from tracker.stats.local_time import quarter
from tracker.stats.periods import Period
from tracker.stats.rollups.counting import counting
from tracker.stats.rollups.moment import once, rows_of_page
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import EventStore
from tracker.store.reading import Reading, reads
from tracker.store.schema import events
from tracker.store.schema import not_counted as not_counted_table

_LIVE_MINUTES = 5
# Rows of older versions hold whole URLs, as they came.
_TOLD = {
    DropReason.INVALID_URL: host_of_invalid_url,
    DropReason.UNKNOWN_SITE: lambda detail: read_unknown_site(detail)[0],
}


def totals(store: EventStore, scope: Scope) -> pd.DataFrame:
    """One row with a column for each of metrics.NAMES: counts as int64, ratios and seconds as float64 (NaN for none)."""
    with counting(store, scope) as counted:
        return _with_numbers(counted.frame(counted.statement(metrics.NAMES)))


def course(store: EventStore, scope: Scope, interval: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The totals of a scope, as `totals` returns them, and its time series, from one statement.

    The series has a row for every interval of the period, also the empty ones: `start` (local, datetime64) and metrics.NAMES.
    Visits, bounces and durations belong to the interval in which the visit began; the rest to when it happened.
    """
    step = interval or scope.period.interval
    total, series = once(store, scope, ("course", step), lambda: _course(store, scope, step))
    return total.copy(), series.copy()


def _course(store: EventStore, scope: Scope, step: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    with counting(store, scope) as counted:
        statement = counted.statement(metrics.NAMES, [Group(interval=step)], with_total=True)
        found = counted.frame(statement)
    found = found.rename(columns={"g0": "start"})
    total = _with_numbers(found[found["start"].isna()].drop(columns="start").reset_index(drop=True))
    found = found[found["start"].notna()]
    found["start"] = pd.to_datetime(found["start"])
    series = pd.DataFrame({"start": interval_starts(scope.period, step)}).merge(found, on="start", how="left")
    return total, _with_numbers(series)


def visitors(store: EventStore, scope: Scope) -> int:
    """How many visitors there were."""
    return once(store, scope, "visitors", lambda: _visitors(store, scope))


def _visitors(store: EventStore, scope: Scope) -> int:
    with counting(store, scope) as counted:
        return int(counted.rows(counted.statement(["visitors"]))[0][0] or 0)


def interval_starts(period: Period, interval: str) -> pd.DatetimeIndex:
    """The local starts of a period's intervals. ISO weeks and months begin before the period where it cuts them.

    Minutes and hours are those that the site's clock shows: some are missing on the day on which it is put forward, and
    the two that it shows alike when it is put back are one interval.
    """
    first, last = pd.Timestamp(period.start), pd.Timestamp(period.end) - pd.Timedelta(1, "s")
    if interval in ("minute", "hour"):
        unit = interval[0].replace("m", "min")
        step, start = ("15min", quarter(period.start_at)) if unit == "h" else ("1min", period.start_at)
        moments = pd.date_range(pd.Timestamp(start).floor("min"), period.end_at, freq=step, inclusive="left", unit="us")
        return moments.tz_convert(period.time_zone).tz_localize(None).floor(unit).unique().sort_values()
    if interval == "week":
        return pd.date_range(first - pd.Timedelta(days=first.day_of_week), last, freq="7D", unit="us")
    if interval == "month":
        return pd.date_range(first.replace(day=1), last, freq="MS", unit="us")
    return pd.date_range(first, last, freq="D", unit="us")


def not_counted(store: EventStore, site: str, period: Period) -> pd.DataFrame:
    """Hits that were dropped, the most frequent first: `day` (local), `reason`, `detail`, `hits`."""
    table = not_counted_table
    frame = _not_counted(store, site, period, (table.c.day, table.c.reason, table.c.detail))
    for reason, told in _TOLD.items():
        of_reason = frame["reason"] == reason
        frame.loc[of_reason, "detail"] = frame.loc[of_reason, "detail"].map(told)
    return frame


def not_counted_by_reason(store: EventStore, site: str, period: Period) -> pd.DataFrame:
    """How many hits were dropped for each reason, the most frequent first: `reason`, `hits`."""
    return _not_counted(store, site, period, (not_counted_table.c.reason,))


def _not_counted(store: EventStore, site: str, period: Period, groups: Sequence[ColumnElement[Any]]) -> pd.DataFrame:
    table = not_counted_table
    hits = func.sum(table.c.hits).label("hits")
    statement = (
        select(*groups, hits)
        .where(table.c.site == site, table.c.day >= period.start, table.c.day < period.end)
        .group_by(*groups)
        .order_by(hits.desc(), *groups[-2:])
    )
    frame = store.frame(reads(statement, _reading(site, period)))
    frame["hits"] = frame["hits"].astype("int64")
    return frame


def _reading(site: str, period: Period) -> Reading:
    first, end = (datetime.combine(one, time()) for one in (period.start, period.end + timedelta(days=1)))
    return Reading(site, first, end, of_excluded=True)


def first_day(store: EventStore, site: str, time_zone: ZoneInfo) -> date | None:
    """The local day of a site's first event."""
    first = _edge(store, site, events.c.occurred_at)
    return None if first is None else first.astimezone(time_zone).date()


def has_begun(store: EventStore, site: str, day: date, time_zone: ZoneInfo) -> bool:
    """Whether a site has an event of a local day or of one before it."""
    until = naive(Period(day, day + timedelta(days=1), time_zone, "").end_at)
    found = select(events.c.site).where(events.c.site == site, events.c.occurred_at < until).limit(1)
    return bool(store.rows(reads(found, Reading(site, datetime.min, until))))  # noqa: DTZ901 - as the store has moments


def last_event_at(store: EventStore, site: str) -> datetime | None:
    """When a site's last event happened (aware, UTC)."""
    return _edge(store, site, events.c.occurred_at.desc())


def last_page(store: EventStore, site: str) -> str | None:
    """The path of a site's last page view."""
    order = events.c.occurred_at.desc()
    found = select(events.c.path).where(events.c.site == site, events.c.pageviews > 0).order_by(order).limit(1)
    rows = store.rows(found)
    return rows[0][0] or "/" if rows else None


def _edge(store: EventStore, site: str, order: ColumnElement[Any]) -> datetime | None:
    """The time of the first event in an order. Unlike min and max, this need not read every row."""
    rows = store.rows(select(events.c.occurred_at).where(events.c.site == site).order_by(order).limit(1))
    return rows[0][0].replace(tzinfo=UTC) if rows else None


def live_visitors(store: EventStore, site: str, now: datetime) -> int:
    """How many visitors were there in the last five minutes."""
    since = naive(now - timedelta(minutes=_LIVE_MINUTES))
    statement = select(metrics.VISITORS).where(events.c.site == site, events.c.occurred_at >= since)
    return int(rows_of_page(store, statement)[0][0])


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    counts = list(metrics.COUNTS)
    ratios = [name for name in metrics.NAMES if name not in counts]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    frame[ratios] = frame[ratios].astype("float64")
    return frame
