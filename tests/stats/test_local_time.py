"""The site's clock in SQL, against zoneinfo: every quarter of an hour around the changes of clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import DateTime, column, select, text

from tracker.stats.local_time import OUTSIDE, truncated, truncated_within
from tracker.stats.periods import Period
from tracker.store.protocol import EventStore

MOMENT = column("moment", DateTime)


def start_of(interval: str, local: datetime) -> datetime:
    hour = local.replace(minute=0, second=0, microsecond=0, fold=0)
    if interval == "hour":
        return hour
    day = hour.replace(hour=0)
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[interval]


@pytest.mark.parametrize("interval", ["hour", "day", "week", "month"])
@pytest.mark.parametrize(
    ("start", "days"),
    [
        pytest.param("2026-03-29", 1, id="a-day-of-23-hours"),
        pytest.param("2026-10-25", 1, id="a-day-of-25-hours"),
        pytest.param("2026-03-01", 35, id="a-month"),
        pytest.param("2025-11-03", 400, id="more-than-a-year"),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_a_moment_lies_in_the_interval_that_its_clock_shows(
    store: EventStore, zone: str, start: str, days: int, interval: str
) -> None:
    first, clock = date.fromisoformat(start), ZoneInfo(zone)
    period = Period(first, first + timedelta(days=days), clock, "span")
    begin, end = (moment.replace(tzinfo=None) for moment in (period.start_at, period.end_at))
    minutes = 15 if days < 100 else 45
    around = (
        text(
            f"select unnest(generate_series(timestamp '{begin}' - interval 1 day,"
            f" timestamp '{end}' + interval 1 day, interval {minutes} minute)) as moment"
        )
        .columns(MOMENT)
        .subquery()
    )
    moment = around.c.moment
    inside = select(moment, truncated(period, interval, moment).label("start")).where(moment >= begin, moment < end)
    frame = store.frame(inside)
    local = [one.to_pydatetime() for one in frame["moment"].dt.tz_localize("UTC").dt.tz_convert(clock)]
    assert list(frame["start"]) == [pd.Timestamp(start_of(interval, one.replace(tzinfo=None))) for one in local]
    found = store.frame(select(moment, truncated_within(period, interval, moment).label("start")))
    outside = (found["moment"] < begin) | (found["moment"] >= end)
    assert outside.any()
    assert (found[outside]["start"] == pd.Timestamp(OUTSIDE)).all()
    assert list(found[~outside]["start"]) == list(frame["start"])
