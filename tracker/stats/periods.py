"""Periods: ranges of a site's local days, and how people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_LAST_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)
_LAST_MONTHS = re.compile(r"(\d{1,3})mo", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# What lies outside has no events, and the clocks of the year 1 overflow.
YEARS = (1970, 2100)
WORDS = "today, yesterday, 7d, 30d, 6mo, 12mo, month, last-month, year, all, 2026-W46, 2026-11, 2026-11-02 or 2026-11-01,2026-11-15"


@dataclass(frozen=True)
class Period:
    """The days from `start` to before `end`, in a site's time zone; `name` is how it was asked for.

    `moments` (aware, UTC) are a beginning and an end within the first and the last of these days, where they are not
    midnight (tracker/stats/query/timestamps.py).
    """

    start: date
    end: date
    time_zone: ZoneInfo
    name: str
    moments: tuple[datetime, datetime] | None = None

    @property
    def start_at(self) -> datetime:
        """The moment at which it begins (aware, UTC): local midnight, unless it has `moments`."""
        return self.moments[0] if self.moments else _midnight(self.start, self.time_zone)

    @property
    def end_at(self) -> datetime:
        """The moment before which it ends (aware, UTC): local midnight, unless it has `moments`."""
        return self.moments[1] if self.moments else _midnight(self.end, self.time_zone)

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def interval(self) -> str:
        """What a chart of it steps by: hour, day, week or month."""
        if self.days <= 1 or self.end_at - self.start_at <= timedelta(days=1):
            return "hour"
        return "day" if self.days <= 62 else "week" if self.days <= 190 else "month"

    def previous(self) -> Period:
        """The span of the same kind just before: a month before a month, else as many days."""
        if self.start.day == 1 and self.end == _next_month(self.start):
            start = _months_before(self.start, 1)
        else:
            start = self.start - timedelta(days=self.days)
        return Period(start, self.start, self.time_zone, f"before {self.name}")


def parse_period(text: str, *, today: date, time_zone: ZoneInfo, first_day: date | None = None) -> Period:
    """Parses a period; `first_day` is where `all` begins. Raises ValueError with a sentence."""
    asked = text.strip()
    try:
        start, end = _span(asked, today, first_day)
        if not YEARS[0] <= start.year <= end.year <= YEARS[1]:
            raise ValueError  # noqa: TRY301 - answered like every other invalid period
    except (ValueError, OverflowError):
        raise ValueError(f"{asked[:40]!r} is not a period; write {WORDS}") from None
    return Period(start, end, time_zone, asked)


def parse_week(text: str) -> date:
    """The Monday of an ISO 8601 week such as `2026-W46`. Raises ValueError with a sentence."""
    match = _WEEK.fullmatch(text)
    try:
        if match:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not an ISO week; write it as 2026-W46")


def is_day(text: str) -> bool:
    """Whether it is written as a day is here; ISO 8601 has other forms, some of which mean a week."""
    return _DAY.fullmatch(text) is not None


def iso_week(day: date) -> str:
    """The ISO 8601 week of a day, such as `2026-W46`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _span(text: str, today: date, first_day: date | None) -> tuple[date, date]:
    tomorrow = today + timedelta(days=1)
    words = {
        "today": (today, tomorrow),
        "day": (today, tomorrow),
        "yesterday": (today - timedelta(days=1), today),
        "month": (today.replace(day=1), tomorrow),
        "last-month": (_months_before(today, 1), today.replace(day=1)),
        "year": (today.replace(month=1, day=1), tomorrow),
        "all": (min(first_day or today, today), tomorrow),
    }
    if text in words:
        return words[text]
    if match := _LAST_DAYS.fullmatch(text):
        return _not_empty(tomorrow - timedelta(days=int(match[1])), tomorrow)
    if match := _LAST_MONTHS.fullmatch(text):
        return _not_empty(_months_before(today, int(match[1]) - 1), tomorrow)
    if _WEEK.fullmatch(text):
        monday = parse_week(text)
        return monday, monday + timedelta(days=7)
    if match := _MONTH.fullmatch(text):
        first = date(int(match[1]), int(match[2]), 1)
        return first, _next_month(first)
    first_text, comma, last_text = text.partition(",")
    first = _day(first_text.strip())
    last = _day(last_text.strip()) if comma else first
    return _not_empty(first, last + timedelta(days=1))


def _day(text: str) -> date:
    """The day that is meant. Raises ValueError."""
    if not is_day(text):
        raise ValueError
    return date.fromisoformat(text)


def _not_empty(start: date, end: date) -> tuple[date, date]:
    if start >= end:
        raise ValueError
    return start, end


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _months_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date, time_zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=time_zone).astimezone(UTC)
