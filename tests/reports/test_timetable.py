"""When a report is due and of which week or month, over daylight saving changes and New Year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracker.reports.timetable import due, last_complete


@pytest.mark.parametrize(
    ("now", "zone", "due_at", "week"),
    [
        pytest.param("2026-11-16T06:59:59", "Europe/Paris", "2026-11-09T07:00", "2026-W45", id="a-second-early"),
        pytest.param("2026-11-16T07:00:00", "Europe/Paris", "2026-11-16T07:00", "2026-W46", id="on-time"),
        pytest.param("2026-11-22T22:59:00", "Europe/Paris", "2026-11-16T07:00", "2026-W46", id="late-on-sunday"),
        pytest.param("2026-07-20T06:00:00", "Europe/Paris", "2026-07-20T06:00", "2026-W29", id="summer-time"),
        pytest.param(
            "2026-03-30T06:00:00", "Europe/Paris", "2026-03-30T06:00", "2026-W13", id="day-after-spring-change"
        ),
        pytest.param("2026-10-26T06:59:00", "Europe/Paris", "2026-10-19T06:00", "2026-W42", id="autumn-change-not-yet"),
        pytest.param("2026-10-26T07:00:00", "Europe/Paris", "2026-10-26T07:00", "2026-W43", id="autumn-change"),
        pytest.param("2026-11-16T12:59:00", "America/New_York", "2026-11-09T13:00", "2026-W45", id="new-york-before"),
        pytest.param("2026-11-16T13:00:00", "America/New_York", "2026-11-16T13:00", "2026-W46", id="new-york"),
        pytest.param(
            "2026-11-15T19:00:00", "Pacific/Auckland", "2026-11-15T19:00", "2026-W46", id="auckland-on-utc-sunday"
        ),
        pytest.param("2026-11-16T02:15:00", "Asia/Kathmandu", "2026-11-16T02:15", "2026-W46", id="kathmandu"),
        pytest.param("2027-01-04T07:00:00", "Europe/Paris", "2027-01-04T07:00", "2026-W53", id="week-53"),
    ],
)
def test_when_it_is_due_and_of_which_week(now: str, zone: str, due_at: str, week: str) -> None:
    found_at, found_week = due(zone, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert (found_at, found_week) == (datetime.fromisoformat(due_at).replace(tzinfo=UTC), week)


@pytest.mark.parametrize(
    ("now", "zone", "week"),
    [
        pytest.param("2026-11-15T22:59:59", "Europe/Paris", "2026-W45", id="sunday-is-not-over"),
        pytest.param("2026-11-15T23:00:00", "Europe/Paris", "2026-W46", id="monday-in-paris"),
        pytest.param("2026-11-16T03:00:00", "America/New_York", "2026-W45", id="still-sunday-in-new-york"),
    ],
)
def test_the_last_complete_week_never_has_an_unfinished_day(now: str, zone: str, week: str) -> None:
    assert last_complete("weekly", zone, datetime.fromisoformat(now).replace(tzinfo=UTC)) == week


@pytest.mark.parametrize(
    ("now", "zone", "weekday", "hour", "due_at", "week"),
    [
        pytest.param("2026-11-18T17:00", "Europe/Paris", 2, 18, "2026-11-18T17:00", "2026-W46", id="wednesday-evening"),
        pytest.param("2026-11-18T16:59", "Europe/Paris", 2, 18, "2026-11-11T17:00", "2026-W45", id="a-minute-early"),
        pytest.param("2026-11-22T23:00", "Europe/Paris", 0, 0, "2026-11-22T23:00", "2026-W47", id="midnight-on-monday"),
        pytest.param("2026-03-29T00:59", "Europe/Paris", 6, 2, "2026-03-22T01:00", "2026-W11", id="before-the-hour-that-is-skipped"),
        pytest.param("2026-03-29T01:00", "Europe/Paris", 6, 2, "2026-03-29T01:00", "2026-W12", id="the-hour-that-is-skipped"),
        pytest.param("2026-10-25T00:30", "Europe/Paris", 6, 2, "2026-10-25T00:00", "2026-W42", id="the-hour-that-comes-twice"),
        pytest.param("2026-10-25T01:30", "Europe/Paris", 6, 2, "2026-10-25T00:00", "2026-W42", id="the-second-time-is-not-another"),
        pytest.param("2027-01-01T12:00", "Europe/Paris", 4, 8, "2027-01-01T07:00", "2026-W52", id="new-years-day"),
        pytest.param("2027-01-04T07:00", "Europe/Paris", 0, 8, "2027-01-04T07:00", "2026-W53", id="a-year-of-53-weeks"),
        pytest.param("2026-01-05T11:00", "Pacific/Kiritimati", 0, 23, "2026-01-05T09:00", "2026-W01", id="the-first-to-have-a-day"),
    ],
)  # fmt: skip
def test_a_weekly_report_at_a_day_and_hour_of_ones_own(
    now: str, zone: str, weekday: int, hour: int, due_at: str, week: str
) -> None:
    found_at, found = due(zone, datetime.fromisoformat(now).replace(tzinfo=UTC), weekday=weekday, hour=hour)
    assert (found_at, found) == (datetime.fromisoformat(due_at).replace(tzinfo=UTC), week)


@pytest.mark.parametrize(
    ("now", "zone", "hour", "due_at", "month"),
    [
        pytest.param("2026-12-01T07:00", "Europe/Paris", 8, "2026-12-01T07:00", "2026-11", id="on-time"),
        pytest.param("2026-12-01T06:59", "Europe/Paris", 8, "2026-11-01T07:00", "2026-10", id="a-minute-early"),
        pytest.param("2027-01-01T07:00", "Europe/Paris", 8, "2027-01-01T07:00", "2026-12", id="new-year"),
        pytest.param("2027-01-01T04:00", "America/New_York", 8, "2026-12-01T13:00", "2026-11", id="still-december-in-new-york"),
        pytest.param("2026-11-01T05:30", "America/New_York", 1, "2026-11-01T05:00", "2026-10", id="an-hour-that-comes-twice"),
        pytest.param("2026-04-01T06:00", "Europe/Paris", 8, "2026-04-01T06:00", "2026-03", id="a-month-with-a-change-of-clocks"),
        pytest.param("2028-03-31T12:00", "Europe/Paris", 8, "2028-03-01T07:00", "2028-02", id="late-after-a-leap-february"),
    ],
)  # fmt: skip
def test_a_monthly_report_on_the_first(now: str, zone: str, hour: int, due_at: str, month: str) -> None:
    found_at, found = due(zone, datetime.fromisoformat(now).replace(tzinfo=UTC), kind="monthly", hour=hour)
    assert (found_at, found) == (datetime.fromisoformat(due_at).replace(tzinfo=UTC), month)


def test_the_last_complete_month_never_has_an_unfinished_day() -> None:
    assert last_complete("monthly", "Europe/Paris", datetime(2026, 11, 30, 22, 59, tzinfo=UTC)) == "2026-10"
    assert last_complete("monthly", "Europe/Paris", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)) == "2026-11"
