"""Periods in every spelling, and what is none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stats.periods import beside, iso_week, parse_period, parse_week

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("today", "2026-11-24", "2026-11-25", id="today"),
        pytest.param("day", "2026-11-24", "2026-11-25", id="plausibles-day"),
        pytest.param("yesterday", "2026-11-23", "2026-11-24", id="yesterday"),
        pytest.param("7d", "2026-11-18", "2026-11-25", id="seven-days-with-today"),
        pytest.param("30d", "2026-10-26", "2026-11-25", id="thirty-days"),
        pytest.param("1d", "2026-11-24", "2026-11-25", id="one-day"),
        pytest.param("6mo", "2026-06-01", "2026-11-25", id="six-months"),
        pytest.param("12mo", "2025-12-01", "2026-11-25", id="twelve-months"),
        pytest.param("month", "2026-11-01", "2026-11-25", id="this-month"),
        pytest.param("last-month", "2026-10-01", "2026-11-01", id="last-month"),
        pytest.param("year", "2026-01-01", "2026-11-25", id="this-year"),
        pytest.param("week", "2026-11-23", "2026-11-25", id="this-week"),
        pytest.param("2026", "2026-01-01", "2027-01-01", id="year"),
        pytest.param("all", "2025-03-05", "2026-11-25", id="all-from-the-first-day"),
        pytest.param("2026-W46", "2026-11-09", "2026-11-16", id="iso-week"),
        pytest.param("2026-W53", "2026-12-28", "2027-01-04", id="week-over-the-year"),
        pytest.param("2026-W01", "2025-12-29", "2026-01-05", id="week-of-the-year-before"),
        pytest.param("2026-02", "2026-02-01", "2026-03-01", id="month"),
        pytest.param("2026-12", "2026-12-01", "2027-01-01", id="december"),
        pytest.param("2024-02-29", "2024-02-29", "2024-03-01", id="leap-day"),
        pytest.param("2026-11-01,2026-11-15", "2026-11-01", "2026-11-16", id="span-with-its-last-day"),
        pytest.param(" 2026-11-01 , 2026-11-15 ", "2026-11-01", "2026-11-16", id="spaces"),
    ],
)
def test_what_a_period_means(text: str, start: str, end: str) -> None:
    found = parse_period(text, today=TODAY, time_zone=PARIS, first_day=date(2025, 3, 5))
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


def test_all_of_a_site_without_events_is_today() -> None:
    assert parse_period("all", today=TODAY, time_zone=PARIS).days == 1


@pytest.mark.parametrize(
    "text",
    ["", "0d", "0mo", "-7d", "7 days", "2026-W54", "2025-W53", "2026-13", "2026-02-30", "2026-11-01,", ",2026-11-01", "tomorrow", "9999d9", "1'; drop table"],
)  # fmt: skip
def test_what_is_no_period_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a period; write today, yesterday"):
        parse_period(text, today=TODAY, time_zone=PARIS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-11-15,2026-11-01", "ends before it begins; write the earlier day first"),
        ("999mo", "is not a period within the years 1970 to 2100"),
        ("0001-01-01", "is not a period within the years 1970 to 2100"),
        ("2026-11-01,9999-12-31", "is not a period within the years 1970 to 2100"),
    ],
)
def test_what_cannot_be_shown_says_why(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_period(text, today=TODAY, time_zone=PARIS)


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("today", "minute hour"),
        ("7d", "hour day"),
        ("30d", "day week month"),
        ("12mo", "day week month"),
        ("2020-01-01,2026-01-01", "week month"),
    ],
)
def test_a_chart_can_step_by(text: str, intervals: str) -> None:
    assert " ".join(parse_period(text, today=TODAY, time_zone=PARIS).intervals) == intervals


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    try:
        found = parse_period(text, today=TODAY, time_zone=PARIS)
    except ValueError:
        return
    assert found.start < found.end
    assert found.start_at < found.end_at


@pytest.mark.parametrize(
    ("text", "zone", "start_at", "end_at"),
    [
        pytest.param("2026-03-29", "Europe/Paris", (28, 23), (29, 22), id="23-hours"),
        pytest.param("2026-10-25", "Europe/Paris", (24, 22), (25, 23), id="25-hours"),
    ],
)
def test_days_begin_at_local_midnight(text: str, zone: str, start_at: tuple[int, int], end_at: tuple[int, int]) -> None:
    found = parse_period(text, today=TODAY, time_zone=ZoneInfo(zone))
    month = int(text[5:7])
    assert found.start_at == datetime(2026, month, *start_at, tzinfo=UTC)
    assert found.end_at == datetime(2026, month, *end_at, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "earlier", "later"),
    [
        ("today", "2026-11-23", "2026-11-25"),
        ("2026-02-28", "2026-02-27", "2026-03-01"),
        ("week", "2026-W47", "2026-W49"),
        ("2026-W53", "2026-W52", "2027-W01"),
        ("7d", "2026-11-11,2026-11-17", "2026-11-25,2026-12-01"),
        ("month", "2026-10", "2026-12"),
        ("2026-01", "2025-12", "2026-02"),
        ("2026-01-01,2026-01-31", "2025-12", "2026-02"),
        ("year", "2025", "2027"),
        ("6mo", "2025-12-01,2026-05-31", "2026-12-01,2027-05-31"),
        ("2026-11-03,2026-11-05", "2026-10-31,2026-11-02", "2026-11-06,2026-11-08"),
        ("all", None, None),
        ("1970", None, "1971"),
        ("2099", "2098", None),
    ],
)
def test_the_periods_beside(text: str, earlier: str | None, later: str | None) -> None:
    found = parse_period(text, today=TODAY, time_zone=PARIS)
    assert (beside(found, -1), beside(found, 1)) == (earlier, later)


@pytest.mark.parametrize("text", ["2026-10", "2026-W46", "2025", "2026-11-10", "2026-11-03,2026-11-05", "2026-03"])
def test_the_period_after_the_one_before_is_itself(text: str) -> None:
    before = beside(parse_period(text, today=TODAY, time_zone=PARIS), -1)
    assert before is not None
    assert beside(parse_period(before, today=TODAY, time_zone=PARIS), 1) == text


@pytest.mark.parametrize(
    ("text", "interval"),
    [("today", "hour"), ("7d", "day"), ("30d", "day"), ("6mo", "week"), ("12mo", "month")],
)
def test_a_chart_steps_by_what_fits(text: str, interval: str) -> None:
    assert parse_period(text, today=TODAY, time_zone=PARIS).interval == interval


@pytest.mark.parametrize("text", ["2026-W00", "2026-W54", "2025-W53", "2026-46", "W46", "2026-W4", ""])
def test_what_is_no_week(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO week; write it as 2026-W46"):
        parse_week(text)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_days_week_begins_on_its_monday(day: date) -> None:
    monday = parse_week(iso_week(day))
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7
