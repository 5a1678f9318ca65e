"""Periods: ranges of a site's local days, and how people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

_LAST_DAYS = re.compile(r"(\d{1,4})d", re.ASCII)
_LAST_MONTHS = re.compile(r"(\d{1,3})mo", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# What lies outside has no events, and the clocks of the year 1 overflow.
YEARS = (1970, 2100)
WORDS = (
    "today, yesterday, 7d, 30d, 6mo, 12mo, week, month, last-month, year, all, 2026-W46, 2026-11, 2026, 2026-11-02"
    " or 2026-11-01,2026-11-15"
)
_MOST_DAYS = {"minute": 1, "hour": 14, "day": 400, "week": 3700, "month": 50_000}
_FEWEST_DAYS = {"minute": 1, "hour": 1, "day": 2, "week": 8, "month": 29}
INTERVALS = tuple(_MOST_DAYS)


class Unread(Enum):
    """Why a text is not a period."""

    UNKNOWN = "it is written as no period is"
    BACKWARDS = "it ends before it begins"
    OUT_OF_RANGE = "it lies outside of the years that can have events"


class PeriodError(ValueError):
    """A text that is not a period, with the `reason`; the message is a sentence that says what to write."""

    def __init__(self, text: str, reason: Unread) -> None:
        said = {
            Unread.UNKNOWN: f"is not a period; write {WORDS}",
            Unread.BACKWARDS: "ends before it begins; write the earlier day first",
            Unread.OUT_OF_RANGE: f"is not a period within the years {YEARS[0]} to {YEARS[1]}",
        }
        super().__init__(f"{text[:40]!r} {said[reason]}")
        self.reason = reason


@dataclass(frozen=True)
class Period:
    """The days from `start` to before `end`, in a site's time zone; `name` is how it was asked for.

    `moments` (aware, UTC) are a beginning and an end within the first and the last of these days, where they are not
    midnight (tracker/stats/query/timestamps.py). `unit_end` is the end of the calendar weeks, months or years that it
    consists of, which lies after `end` where it goes on after today; None where it consists of days.
    """

    start: date
    end: date
    time_zone: ZoneInfo
    name: str
    moments: tuple[datetime, datetime] | None = None
    unit_end: date | None = None

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
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def months(self) -> int:
        """How many calendar months it consists of; 0 where it consists of days or weeks."""
        if self.unit_end is None or (self.start.day, self.unit_end.day) != (1, 1):
            return 0
        return months_between(self.start, self.unit_end)

    @property
    def interval(self) -> str:
        """What a chart of it steps by: hour, day, week or month."""
        if self.days <= 1 or self.end_at - self.start_at <= timedelta(days=1):
            return "hour"
        return "day" if self.days <= 62 else "week" if self.days <= 190 else "month"

    @property
    def intervals(self) -> tuple[str, ...]:
        """What a chart of it can step by; neither a single point nor thousands."""
        return tuple(one for one in INTERVALS if _FEWEST_DAYS[one] <= self.days <= _MOST_DAYS[one])


def parse_period(text: str, *, today: date, time_zone: ZoneInfo, first_day: date | None = None) -> Period:
    """Parses a period; `first_day` is where `all` begins. Raises PeriodError."""
    asked = text.strip()
    try:
        start, end, unit_end = _span(asked, today, first_day)
    except OverflowError:
        raise PeriodError(asked, Unread.OUT_OF_RANGE) from None
    except ValueError:
        raise PeriodError(asked, Unread.UNKNOWN) from None
    if start >= end:
        raise PeriodError(asked, Unread.BACKWARDS)
    if not YEARS[0] <= start.year <= end.year <= YEARS[1]:
        raise PeriodError(asked, Unread.OUT_OF_RANGE)
    return Period(start, end, time_zone, asked, unit_end=unit_end)


def parse_week(text: str) -> date:
    """The Monday of an ISO 8601 week such as `2026-W46`. Raises ValueError with a sentence."""
    match = _WEEK.fullmatch(text)
    try:
        if match:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not an ISO week; write it as 2026-W46")


def parse_month(text: str) -> date:
    """The first day of a month such as `2026-11`. Raises ValueError with a sentence."""
    match = _MONTH.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a month; write it as 2026-11")


def is_day(text: str) -> bool:
    """Whether it is written as a day is here; ISO 8601 has other forms, some of which mean a week."""
    return _DAY.fullmatch(text) is not None


def iso_week(day: date) -> str:
    """The ISO 8601 week of a day, such as `2026-W46`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def beside(period: Period, steps: int) -> str | None:
    """How the period that lies so many of its lengths after this one is written; None where it has none.

    A calendar week, month or year has a whole one beside it; all else as many days.
    """
    if period.name == "all":
        return None
    try:
        start, end = _days_beside(period, steps)
    except (OverflowError, ValueError):
        return None
    if not YEARS[0] <= start.year <= end.year <= YEARS[1]:
        return None
    return _written(start, end)


def _days_beside(period: Period, steps: int) -> tuple[date, date]:
    if period.months:
        start = months_after(period.start, steps * period.months)
        return start, months_after(start, period.months)
    length = (period.unit_end or period.end) - period.start
    return period.start + steps * length, period.start + (steps + 1) * length


def _written(start: date, end: date) -> str:
    """The days as a period is written, in its shortest form."""
    if (start.month, start.day, end) == (1, 1, date(start.year + 1, 1, 1)):
        return f"{start.year}"
    if start.day == 1 and end == months_after(start, 1):
        return f"{start:%Y-%m}"
    if start.weekday() == 0 and end == start + timedelta(days=7):
        return iso_week(start)
    last = end - timedelta(days=1)
    return f"{start}" if start == last else f"{start},{last}"


def months_between(start: date, end: date) -> int:
    """How many months lie between the months of two days."""
    return (end.year - start.year) * 12 + end.month - start.month


def months_after(day: date, months: int) -> date:
    """The first day of the month that lies so many months after a day's. Raises OverflowError outside of the calendar."""
    index = day.year * 12 + day.month - 1 + months
    if not date.min.year <= index // 12 <= date.max.year:
        raise OverflowError
    return date(index // 12, index % 12 + 1, 1)


_Span = tuple[date, date, date | None]


def _span(text: str, today: date, first_day: date | None) -> _Span:
    """Beginning, end and end of the calendar unit. Raises ValueError, or OverflowError outside of the calendar."""
    tomorrow, monday = today + timedelta(days=1), today - timedelta(days=today.weekday())
    this_month = today.replace(day=1)
    words: dict[str, _Span] = {
        "today": (today, tomorrow, None),
        "day": (today, tomorrow, None),
        "yesterday": (today - timedelta(days=1), today, None),
        "week": (monday, tomorrow, monday + timedelta(days=7)),
        "month": (this_month, tomorrow, months_after(today, 1)),
        "last-month": (months_after(today, -1), this_month, this_month),
        "year": (today.replace(month=1, day=1), tomorrow, date(today.year + 1, 1, 1)),
        "all": (min(first_day or today, today), tomorrow, None),
    }
    return words[text] if text in words else _counted_span(text, today) or _calendar_span(text)


def _counted_span(text: str, today: date) -> _Span | None:
    """So many days or months up to today."""
    tomorrow = today + timedelta(days=1)
    if match := _LAST_DAYS.fullmatch(text):
        return _some(int(match[1]), tomorrow - timedelta(days=int(match[1]))), tomorrow, None
    if match := _LAST_MONTHS.fullmatch(text):
        return _some(int(match[1]), months_after(today, 1 - int(match[1]))), tomorrow, months_after(today, 1)
    return None


def _calendar_span(text: str) -> _Span:
    """A week, a month, a year, a day, or two days."""
    if _WEEK.fullmatch(text):
        monday = parse_week(text)
        return monday, monday + timedelta(days=7), monday + timedelta(days=7)
    if match := _MONTH.fullmatch(text):
        first = date(int(match[1]), int(match[2]), 1)
        return first, months_after(first, 1), months_after(first, 1)
    if _YEAR.fullmatch(text):
        first = date(int(text), 1, 1)
        return first, months_after(first, 12), months_after(first, 12)
    first_text, comma, last_text = text.partition(",")
    first = _day(first_text.strip())
    end = (_day(last_text.strip()) if comma else first) + timedelta(days=1)
    return first, end, end if (first.day, end.day) == (1, 1) else None


def _some(number: int, start: date) -> date:
    if number == 0:
        raise ValueError
    return start


def _day(text: str) -> date:
    """The day that is meant. Raises ValueError."""
    if not is_day(text):
        raise ValueError
    return date.fromisoformat(text)


def _midnight(day: date, time_zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=time_zone).astimezone(UTC)
