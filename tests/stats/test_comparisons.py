"""What a period is compared with, against a plain-Python oracle in five zones and over both changes of the clock."""

from __future__ import annotations

import calendar
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.stats.conftest import SITE, Blog
from tracker.stats import traffic
from tracker.stats.comparisons import Against, Mode, compared, counterpart
from tracker.stats.periods import Period, parse_period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland")
UNFINISHED = ("today", "week", "7d", "30d", "month", "6mo", "year")
# Days on which a clock of these zones is changed, and days around them.
CHANGES = [
    date(*day)
    for day in ((2026, 3, 8), (2026, 3, 29), (2026, 4, 5), (2026, 9, 27), (2026, 10, 4), (2026, 10, 25), (2026, 11, 1))
]
QUARTER = timedelta(minutes=15)
PARIS = ZoneInfo("Europe/Paris")


def at(text: str, zone: str = "Europe/Paris") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def period_at(text: str, now: datetime, zone: str) -> Period:
    return parse_period(text, today=now.astimezone(ZoneInfo(zone)).date(), time_zone=ZoneInfo(zone))


def oracle_day(text: str, mode: Mode, first: date, day: date) -> date | None:
    """The day that a day of an unfinished period is compared with, by the words of the documentation."""
    months = {"month": 1, "6mo": 6, "year": 12}.get(text)
    if months:
        back = 12 if mode is Mode.YEAR else months
        year, month = day.year, day.month
        for _ in range(back):
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        return date(year, month, day.day) if day.day <= calendar.monthrange(year, month)[1] else None
    if mode is Mode.YEAR:
        return day - timedelta(weeks=52)  # of all same weekdays the nearest to the date a year before
    weeks = {"today": 1, "week": 1, "7d": 1, "30d": 5}[text]
    return day - timedelta(weeks=weeks)


def oracle(text: str, mode: Mode, zone: ZoneInfo, now: datetime, moment: datetime) -> bool:
    """Whether a moment belongs to what an unfinished period is compared with: its day is that of a day of the period, and
    if that is today's, the clock did not show the time of now yet."""
    today, local = now.astimezone(zone), moment.astimezone(zone)
    first = {
        "today": today.date(),
        "week": today.date() - timedelta(days=today.weekday()),
        "7d": today.date() - timedelta(days=6),
        "30d": today.date() - timedelta(days=29),
        "month": today.date().replace(day=1),
        "6mo": (today.date().replace(day=1) - timedelta(days=140)).replace(day=1),
        "year": date(today.year, 1, 1),
    }[text]
    of_today = oracle_day(text, mode, first, today.date())
    if local.date() == of_today:
        shown = [clock for one, clock in quarters(local.date(), zone) if one <= moment]
        return not any(clock >= today.time().replace(fold=0) for clock in shown)
    begin = oracle_day(text, mode, first, first)
    assert begin is not None
    if of_today is None:  # the month is too short for today: all of it
        of_first = oracle_day(text, mode, first, today.date().replace(day=1))
        assert of_first is not None
        return begin <= local.date() < after_month(of_first)
    return begin <= local.date() < of_today


def after_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


@lru_cache(maxsize=1000)
def quarters(day: date, zone: ZoneInfo) -> list[tuple[datetime, time]]:
    """The quarters of an hour of a local day, in UTC, each with what the clock shows."""
    moment = datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=16)
    every = (moment + number * QUARTER for number in range(4 * 60))
    local = ((one, one.astimezone(zone).replace(fold=0)) for one in every)
    return [(one, shown.time()) for one, shown in local if shown.date() == day]


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """A moment on a quarter of an hour, mostly near a change of the clock, or a week, a month or a year after one."""
    day = draw(st.sampled_from(CHANGES) | st.dates(date(2025, 1, 1), date(2027, 12, 31)))
    day += timedelta(days=draw(st.sampled_from([0, 0, 1, 5, 7, 28, 30, 31, 35, 364, 365, -1, -3])))
    return datetime.combine(day, time(), tzinfo=UTC) + draw(st.integers(-60, 160)) * QUARTER


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", UNFINISHED)
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(now=moments(), mode=st.sampled_from([Mode.PREVIOUS, Mode.YEAR]))
@example(now=at("2026-03-31T14:00").astimezone(UTC), mode=Mode.PREVIOUS)  # February has no 31st
@example(now=at("2026-03-29T02:00").astimezone(UTC), mode=Mode.PREVIOUS)
@example(
    now=at("2026-04-05T02:30").astimezone(UTC), mode=Mode.PREVIOUS
)  # what Paris's clock never showed a week before
@example(now=datetime(2026, 11, 1, 6, tzinfo=UTC), mode=Mode.YEAR)  # what two days of it showed twice
@example(now=at("2026-11-01T02:30").astimezone(UTC), mode=Mode.PREVIOUS)  # what it showed twice
def test_an_unfinished_period_is_compared_with_as_much_as_the_clock_has_shown(
    text: str, zone: str, now: datetime, mode: Mode
) -> None:
    zone_info = ZoneInfo(zone)
    found = compared(period_at(text, now, zone), Against(mode), now=now)
    assert found is not None
    # Near both ends, where a mistake would be: each quarter of an hour is in the period if the oracle says so.
    for edge in (found.start_at, found.end_at):
        for number in (*range(-12, 12), -96, -48, 48, 96):
            moment = edge.replace(minute=edge.minute // 15 * 15, second=0) + number * QUARTER
            belongs = found.start_at <= moment < found.end_at
            assert belongs == oracle(text, mode, zone_info, now, moment), moment.astimezone(zone_info)


@pytest.mark.parametrize(
    ("text", "now", "start", "end"),
    [
        pytest.param("today", "2026-11-24T14:05", "2026-11-17T00:00", "2026-11-17T14:05", id="day-against-its-weekday"),
        pytest.param("week", "2026-11-25T09:00", "2026-11-16T00:00", "2026-11-18T09:00", id="week"),
        pytest.param("month", "2026-11-24T14:05", "2026-10-01T00:00", "2026-10-24T14:05", id="month-by-its-days"),
        pytest.param("2026-11", "2026-11-24T14:05", "2026-10-01T00:00", "2026-10-24T14:05", id="month-by-name"),
        pytest.param("month", "2026-03-31T14:05", "2026-02-01T00:00", "2026-03-01T00:00", id="shorter-month"),
        pytest.param("month", "2026-11-30T14:05", "2026-10-01T00:00", "2026-10-30T14:05", id="longer-month"),
        pytest.param("year", "2028-02-29T12:00", "2027-01-01T00:00", "2027-03-01T00:00", id="leap-day-of-a-year"),
        pytest.param("last-month", "2026-11-24T14:05", "2026-09-01T00:00", "2026-10-01T00:00", id="finished-month"),
        pytest.param("2026-W46", "2026-11-24T14:05", "2026-11-02T00:00", "2026-11-09T00:00", id="finished-week"),
        pytest.param("2026-W46", "2026-11-16T00:00", "2026-11-02T00:00", "2026-11-09T00:00", id="just-finished"),
        pytest.param("yesterday", "2026-11-24T14:05", "2026-11-16T00:00", "2026-11-17T00:00", id="yesterday"),
        pytest.param("30d", "2026-11-24T14:05", "2026-09-21T00:00", "2026-10-20T14:05", id="without-overlap"),
        pytest.param("2026-12", "2026-11-24T14:05", "2026-11-01T00:00", "2026-12-01T00:00", id="not-begun"),
    ],
)
def test_the_period_before(text: str, now: str, start: str, end: str) -> None:
    found = compared(period_at(text, at(now), "Europe/Paris"), Against(), now=at(now))
    assert found is not None
    assert (found.start_at, found.end_at) == (at(start), at(end))


@pytest.mark.parametrize(
    ("text", "against", "start", "last"),
    [
        pytest.param("2026-W46", Against(Mode.YEAR), "2025-11-10", "2025-11-16", id="week-a-year-before"),
        pytest.param("2026-11-10", Against(Mode.YEAR), "2025-11-11", "2025-11-11", id="weekday-a-year-before"),
        pytest.param("2026-11-10", Against(Mode.YEAR, False), "2025-11-10", "2025-11-10", id="date-a-year-before"),
        pytest.param("2024-02-29", Against(Mode.YEAR, False), "2023-02-28", "2023-02-28", id="leap-day"),
        pytest.param("2024-02", Against(Mode.YEAR), "2023-02-01", "2023-02-28", id="month-a-year-before"),
        pytest.param("2025", Against(Mode.PREVIOUS), "2024-01-01", "2024-12-31", id="year"),
        pytest.param("2026-11-10", Against(matches_weekdays=False), "2026-11-09", "2026-11-09", id="the-day-before"),
        pytest.param(
            "2026-11-01,2026-11-10", Against(matches_weekdays=False), "2026-10-22", "2026-10-31", id="as-many-days"
        ),
        pytest.param("2026-11-01,2026-11-10", Against(), "2026-10-18", "2026-10-27", id="whole-weeks-earlier"),
        pytest.param(
            "2026-11-10",
            Against(Mode.CUSTOM, days=(date(2026, 6, 1), date(2026, 6, 4))),
            "2026-06-01",
            "2026-06-03",
            id="own-days-as-they-are",
        ),
    ],
)
def test_days_that_are_over(text: str, against: Against, start: str, last: str) -> None:
    now = at("2026-11-24T14:05")
    found = compared(period_at(text, now, "Europe/Paris"), against, now=now)
    assert found is not None
    assert (found.start.isoformat(), found.last_day.isoformat(), found.moments) == (start, last, None)


def test_own_days_too_end_where_an_unfinished_period_has_come_to() -> None:
    now = at("2026-11-25T09:00")
    own = Against(Mode.CUSTOM, days=(date(2026, 6, 1), date(2026, 6, 8)))
    found = compared(period_at("week", now, "Europe/Paris"), own, now=now)
    assert found is not None
    assert (found.start_at, found.end_at) == (at("2026-06-01T00:00"), at("2026-06-03T09:00"))


def test_what_lies_before_all_events_is_not_compared_with() -> None:
    now = at("2026-11-24T14:05")
    assert compared(period_at("1970-01", now, "Europe/Paris"), Against(), now=now) is None
    assert compared(period_at("1990-01-01,2015-01-01", now, "Europe/Paris"), Against(), now=now) is None


@pytest.mark.parametrize(
    ("text", "interval", "start", "expected"),
    [
        ("2026-10-25", "hour", "2026-10-25T02:00", "2026-10-18T02:00"),
        ("2026-W46", "day", "2026-11-11T00:00", "2026-11-04T00:00"),
        ("2026-03", "day", "2026-03-28T00:00", "2026-02-28T00:00"),
        ("2026-03", "day", "2026-03-29T00:00", None),
        ("2026-11-03,2026-12-15", "week", "2026-11-16T00:00", "2026-09-28T00:00"),
        ("2026", "month", "2026-03-01T00:00", "2025-03-01T00:00"),
        ("2026", "day", "2026-03-01T00:00", "2025-03-01T00:00"),
    ],
)
def test_each_interval_has_its_counterpart(text: str, interval: str, start: str, expected: str | None) -> None:
    now = at("2027-01-10T14:05")
    period = period_at(text, now, "Europe/Paris")
    other = compared(period, Against(), now=now)
    assert other is not None
    found = counterpart(period, other, interval, datetime.fromisoformat(start))
    assert found == (None if expected is None else datetime.fromisoformat(expected))


class Written(Blog):
    """Keeps the rows of visits, to be stored at once."""

    def __init__(self, store: EventStore) -> None:
        super().__init__(store)
        self.rows: list[dict[str, Any]] = []

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows.extend(rows)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["today", "week", "month"])
@pytest.mark.parametrize("day", ["2026-03-31", "2026-04-06", "2026-10-05", "2026-11-02"])
def test_figures_agree_with_counting_one_by_one(zone: str, text: str, day: str, store: EventStore, blog: Blog) -> None:
    """Visits at random moments of the weeks around a change of the clock, counted by the store and by the oracle."""
    chance = random.Random(f"{zone} {text} {day}")
    now = at(f"{day}T{chance.randrange(24):02}:{chance.choice([0, 15, 30, 45]):02}", zone).astimezone(UTC)
    begun = [now - timedelta(days=62) + chance.randrange(62 * 1440) * timedelta(minutes=1) for _ in range(200)]
    written = Written(store)
    for moment in begun:
        written.visit(moment.isoformat(), (0, "/"))
    blog.add(written.rows)
    other = compared(period_at(text, now, zone), Against(), now=now)
    assert other is not None
    counted = traffic.totals(store, Scope(SITE, other))["visits"].iloc[0]
    expected = [moment for moment in begun if oracle(text, Mode.PREVIOUS, ZoneInfo(zone), now, moment)]
    assert counted == len(expected)
