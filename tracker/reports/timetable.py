"""When a report is due, and about which week or month: always a complete one of the site's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.reports.report import WEEKLY
from tracker.stats.periods import iso_week, months_after


def due(time_zone: str, now: datetime, *, kind: str = WEEKLY, weekday: int = 0, hour: int = 8) -> tuple[datetime, str]:
    """The latest moment at which a report was due (aware, UTC), and the week or month that it is about.

    A weekly one is due on a weekday (Monday 0), a monthly one on the 1st, at an hour of the site's clock. An hour that
    the clocks skip is the one after; of one that comes twice it is the first.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    if kind == WEEKLY:
        day = today - timedelta(days=(today.weekday() - weekday) % 7)
        if _moment(day, hour, zone) > now:
            day -= timedelta(days=7)
        return _moment(day, hour, zone), iso_week(day - timedelta(days=7))
    first = today.replace(day=1)
    if _moment(first, hour, zone) > now:
        first = months_after(first, -1)
    return _moment(first, hour, zone), f"{months_after(first, -1):%Y-%m}"


def last_complete(kind: str, time_zone: str, now: datetime) -> str:
    """The ISO week, or month, before the one that runs now in a time zone."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    return iso_week(today - timedelta(days=7)) if kind == WEEKLY else f"{months_after(today, -1):%Y-%m}"


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
