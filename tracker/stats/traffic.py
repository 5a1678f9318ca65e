"""A site's totals and time series, its first and last event, and its excluded traffic."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, func, select

from tracker.db.models import Site
from tracker.enrichment.drops import DropReason
from tracker.enrichment.told import host_of_invalid_url, read_unknown_site
from tracker.stats import metrics
from tracker.stats.aggregation import Group
from tracker.stats.local_time import quarter
from tracker.stats.periods import Period
from tracker.stats.rollups.counting import counting
from tracker.stats.rollups.moment import once, once_of_site, rows_of_page
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import EventStore
from tracker.store.reading import Reading, reads
from tracker.store.schema import events
from tracker.store.schema import not_counted as not_counted_table

_LIVE_MINUTES = 5
# Statements that each page of a site asks are kept, as are their keys: making them takes longer than finding the answer.
_STATEMENTS = 256
# So old the number of those who are there may be on a page whose other figures are as they were counted.
_LIVE_SECONDS = 10
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
    frame = _not_counted(store, site, period, ("day", "reason", "detail"))
    for reason, told in _TOLD.items():
        of_reason = frame["reason"] == reason
        frame.loc[of_reason, "detail"] = frame.loc[of_reason, "detail"].map(told)
    return frame


def not_counted_by_reason(store: EventStore, site: str, period: Period) -> pd.DataFrame:
    """How many hits were dropped for each reason, the most frequent first: `reason`, `hits`."""
    return _not_counted(store, site, period, ("reason",))


def _not_counted(store: EventStore, site: str, period: Period, groups: tuple[str, ...]) -> pd.DataFrame:
    frame = store.frame(_of_excluded(site, period.start, period.end, groups))
    frame["hits"] = frame["hits"].astype("int64")
    return frame


@lru_cache(_STATEMENTS)
def _of_excluded(site: str, first: date, end: date, groups: tuple[str, ...]) -> Select[Any]:
    table = not_counted_table.c
    columns = [table[name] for name in groups]
    hits = func.sum(table.hits).label("hits")
    statement = (
        select(*columns, hits)
        .where(table.site == site, table.day >= first, table.day < end)
        .group_by(*columns)
        .order_by(hits.desc(), *columns[-2:])
    )
    since, until = (datetime.combine(one, time()) for one in (first, end + timedelta(days=1)))
    return reads(statement, Reading(site, since, until, of_excluded=True))


def first_day(store: EventStore, site: str, time_zone: ZoneInfo) -> date | None:
    """The local day of a site's first event."""
    first = _edge(store, site, events.c.occurred_at)
    return None if first is None else first.astimezone(time_zone).date()


def has_begun(store: EventStore, site: str, day: date, time_zone: ZoneInfo) -> bool:
    """Whether a site has an event of a local day or of one before it."""
    return bool(store.rows(_any_before(site, naive(Period(day, day + timedelta(days=1), time_zone, "").end_at))))


@lru_cache(_STATEMENTS)
def _any_before(site: str, until: datetime) -> Select[Any]:
    found = select(events.c.site).where(events.c.site == site, events.c.occurred_at < until).limit(1)
    return reads(found, Reading(site, datetime.min, until))  # noqa: DTZ901 - as the store has moments


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


def live_visitors_of_page(store: EventStore, site: Site, now: datetime) -> int:
    """The same for a page beside its figures: of the moment at which these were counted, or of some seconds ago."""
    zone = ZoneInfo(site.time_zone)
    today = now.astimezone(zone).date()
    of_today = Period(today, today + timedelta(days=1), zone, "")
    question = ("live visitors", int(now.timestamp()) // _LIVE_SECONDS)
    return once_of_site(
        store, site.stored_as, question, lambda: live_visitors(store, site.stored_as, now), of_figures=of_today
    )


def live_visitors(store: EventStore, site: str, now: datetime) -> int:
    """How many visitors were there in the last five minutes."""
    since = naive(now - timedelta(minutes=_LIVE_MINUTES))
    statement = select(metrics.VISITORS).where(events.c.site == site, events.c.occurred_at >= since)
    return int(rows_of_page(store, statement)[0][0])


def _with_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    # Column by column: several at once take pandas ten times as long, for as few rows as a page's.
    columns = {name: frame[name].to_numpy() for name in frame.columns}
    for name in metrics.NAMES:
        values = columns[name]
        is_count = name in metrics.COUNTS
        columns[name] = np.where(pd.isna(values), 0, values).astype("int64") if is_count else values.astype("float64")
    return pd.DataFrame(columns, index=frame.index)
