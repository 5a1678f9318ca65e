"""Periods between two timestamps, to the second, in the form of RFC 3339. An inexact one is refused, never rounded.

As in Plausible's Stats API, whose `date_range` it reads, the last second belongs to the span:
`["2026-11-01T12:00:00+01:00", "2026-11-01T15:59:59+01:00"]` are four hours.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.stats.periods import YEARS, Period

_TIMESTAMP = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


def is_timestamp(text: str) -> bool:
    """Whether the text has a time of day, well written or not."""
    return "T" in text.upper() or ":" in text


def span_of(first: str, last: str, time_zone: ZoneInfo) -> Period:
    """The period from one timestamp to another, inclusive. Without an offset they are in the site's time zone.

    Raises ValueError with a sentence.
    """
    start, _ = _moment(first, time_zone)
    begun_last, unit = _moment(last, time_zone)
    end = begun_last + unit
    if start >= end:
        raise ValueError(f"{first!r} lies after {last!r}; write the earlier one first")
    local_last = (end - timedelta(microseconds=1)).astimezone(time_zone).date()
    local_first = start.astimezone(time_zone).date()
    return Period(local_first, local_last + timedelta(days=1), time_zone, f"{first},{last}", (start, end))


def last_moment(period: Period) -> datetime:
    """The last second of a period (aware, UTC), by which it can be asked for again; its last microsecond where it ends within a second."""
    return period.end_at - (timedelta(microseconds=1) if period.end_at.microsecond else timedelta(seconds=1))


def _moment(text: str, time_zone: ZoneInfo) -> tuple[datetime, timedelta]:
    """The moment (aware, UTC) and the unit in which it is written."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text[:40]!r} is not a timestamp; write it as 2026-11-01T12:00:00+01:00, with Z for UTC,"
            " or without an offset in the site’s time zone"
        )
    seconds, fraction, offset = match.groups(default="")
    try:
        written = datetime.fromisoformat(f"{seconds}.{fraction:0<6}{offset}")
    except ValueError as problem:
        raise ValueError(f"{text!r} is not a timestamp: {problem}") from None
    if not YEARS[0] <= written.year < YEARS[1]:
        raise ValueError(f"{text!r} lies outside of the years {YEARS[0]} to {YEARS[1]}")
    if written.tzinfo is None:
        written = _on_the_clock(written, time_zone, text)
    return written.astimezone(UTC), timedelta(microseconds=10 ** (6 - len(fraction)))


def _on_the_clock(written: datetime, time_zone: ZoneInfo, text: str) -> datetime:
    """A moment that the site's clock shows once. Raises ValueError when it shows it twice or never."""
    early, late = (written.replace(tzinfo=time_zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        shown = early.astimezone(UTC).astimezone(time_zone).replace(tzinfo=None, fold=0) == written
        often = "twice" if shown else "never"
        raise ValueError(f"{text!r} is {often} on the clock of {time_zone.key}; write its offset to UTC")
    return early
