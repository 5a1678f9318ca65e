"""What a period is compared with: the period before, the same a year before, or days of one's own choice.

Pure functions; the clock is passed in. The rules, alike in the dashboard, the API and emails:

- a calendar month, or several, is compared by the day of the month; all else by days, on matching weekdays;
- the period before never overlaps: on matching weekdays it begins as many whole weeks earlier as that takes;
- a period that is not over is compared with as much as the site's clock had shown at the same point: the same day, the same
  hour and minute. Where a month has no such day, with all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tracker.stats.periods import YEARS, Period, months_after, months_between

_DAY = timedelta(days=1)


class Mode(StrEnum):
    """What is compared with; the names are those in URLs."""

    PREVIOUS = "previous"
    YEAR = "year"
    CUSTOM = "custom"


@dataclass(frozen=True)
class Against:
    """What a period is compared with, as it was asked for. `days` (the first, and the one after the last) are those of CUSTOM."""

    mode: Mode = Mode.PREVIOUS
    matches_weekdays: bool = True
    days: tuple[date, date] | None = None


def compared(period: Period, against: Against, *, now: datetime) -> Period | None:
    """The period with which one is compared, at a moment; None where it would lie before all events."""
    try:
        start, end = _days(period, against)
    except (OverflowError, ValueError):
        return None
    if not YEARS[0] <= start.year <= end.year <= YEARS[1]:
        return None
    zone = period.time_zone
    whole = Period(start, end, zone, f"{against.mode} of {period.name}")
    if period.moments:
        first, last = (_there(period, start, moment) for moment in period.moments)
        whole = _between(whole, first, last)
    if period.start_at <= now < period.end_at:
        minute = now.replace(second=0, microsecond=0)
        return _between(whole, whole.start_at, min(_there(period, start, minute), whole.end_at))
    return whole


def counterpart(period: Period, other: Period, interval: str, start: datetime) -> datetime | None:
    """The local start of the interval in `other` that an interval of `period` is compared with; None where it has none.

    Both starts are on the site's clock, without a zone.
    """
    if interval == "month":
        return datetime.combine(months_after(other.start, months_between(period.start, start.date())), time())
    if interval == "week":
        return datetime.combine(_monday(other.start), time()) + (
            start - datetime.combine(_monday(period.start), time())
        )
    day = _same_day(period, other.start, start.date())
    return None if day is None else datetime.combine(day, start.time())


def _days(period: Period, against: Against) -> tuple[date, date]:
    """The days of the other period as a whole: the first, and the one after the last."""
    if against.days is not None:
        return against.days
    is_year = against.mode is Mode.YEAR
    if period.months:
        start = months_after(period.start, -12 if is_year else -period.months)
        if period.end == period.unit_end:
            return start, months_after(start, period.months)
        same = _same_day(period, start, period.last_day)
        last_month = months_after(start, months_between(period.start, period.last_day))
        return start, same + _DAY if same else months_after(last_month, 1)
    start = _year_before(period, against) if is_year else _just_before(period, against)
    return start, start + timedelta(days=period.days)


def _just_before(period: Period, against: Against) -> date:
    days = ((period.unit_end or period.end) - period.start).days
    return period.start - timedelta(days=-(-days // 7) * 7 if against.matches_weekdays else days)


def _year_before(period: Period, against: Against) -> date:
    """The same date, or the same weekday that is nearest to it."""
    is_leap_day = (period.start.month, period.start.day) == (2, 29)
    same = period.start.replace(year=period.start.year - 1, day=28 if is_leap_day else period.start.day)
    if not against.matches_weekdays:
        return same
    later = (period.start.weekday() - same.weekday()) % 7
    return same + timedelta(days=later if later <= 3 else later - 7)


def _same_day(period: Period, start: date, day: date) -> date | None:
    """The day of a period that begins at `start` to which a day of `period` corresponds; None where a month is too short."""
    if not (period.months and start.day == 1):
        return start + (day - period.start)
    first = months_after(start, months_between(period.start, day))
    same = first + timedelta(days=day.day - 1)
    return same if same.month == first.month else None


def _there(period: Period, start: date, moment: datetime) -> datetime:
    """The moment in a period that begins at `start` to which a moment of `period` corresponds."""
    local = moment.astimezone(period.time_zone)
    day = _same_day(period, start, local.date())
    if day is None:
        after = months_after(months_after(start, months_between(period.start, local.date())), 1)
        return _on_the_clock(after, time(), period.time_zone)
    return _on_the_clock(day, local.time().replace(fold=0), period.time_zone)


def _on_the_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the clock first shows this time of a day, or a later one where it is put forward past it (aware, UTC)."""
    local = datetime.combine(day, clock, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    early, late = local.replace(fold=1).astimezone(UTC), moment  # the change lies between them
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (
            (early, middle)
            if middle.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset()
            else (middle, late)
        )
    return late.replace(microsecond=0)


def _between(whole: Period, start: datetime, end: datetime) -> Period:
    """A period from one moment to another; whole days have no moments."""
    zone = whole.time_zone
    first = start.astimezone(zone).date()
    after = max((end - timedelta(microseconds=1)).astimezone(zone).date(), first) + _DAY
    days = replace(whole, start=first, end=after, moments=None)
    return days if (days.start_at, days.end_at) == (start, end) else replace(days, moments=(start, end))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
