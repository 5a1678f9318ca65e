"""Days, times and durations in a language: relative when recent, with a 24-hour clock and short weekdays."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from dashboards.translations import translate

# Writing a day by a locale's rules takes as long as a statement of the app database, and a chart names some sixty twice.
_KEPT = 4096
_NARROW = "\u202f"
_SPACE = "\u00a0"


def duration(language: str, seconds: float | None) -> str:  # noqa: ARG001 - both languages happen to agree
    """48 s, 3 min 05 s, 1 h 20: two units at most, which no line parts."""
    if seconds is None or math.isnan(seconds):
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{_NARROW}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return (
            f"{minutes}{_NARROW}min{_SPACE}{rest:02d}{_NARROW}s" if rest and minutes < 10 else f"{minutes}{_NARROW}min"
        )
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{_NARROW}h{_SPACE}{minutes:02d}" if minutes else f"{hours}{_NARROW}h"


@lru_cache(_KEPT)
def _written(language: str, when: date, pattern: str) -> str:
    text = format_date(when, pattern, locale=language)
    return re.sub(r"(?<!\d)1(?= )", lambda found: _first(language, found[0]), text, count=1) if when.day == 1 else text


def _first(language: str, number: str) -> str:
    """The number of a day as it is written: 1er in French, the others as they are."""
    return f"{number}er" if language == "fr" and number == "1" else number


def hour(language: str, number: int) -> str:
    """8 h in French, 08:00 in English."""
    return f"{number}{_NARROW}h" if language == "fr" else f"{number:02d}:00"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")


def day(language: str, when: date, *, year: bool = False, weekday: bool = True) -> str:
    """lun. 16 nov. 2026, with its parts as asked; the first of a month is 1er in French."""
    return _written(language, when, f"{'EEE ' if weekday else ''}d MMM{' y' if year else ''}")


def full_day(language: str, when: date) -> str:
    """lundi 16 novembre 2026"""
    return _written(language, when, "EEEE d MMMM y")


@lru_cache(_KEPT)
def month(language: str, when: date, *, year: bool = True) -> str:
    return format_date(when, "LLLL y" if year else "LLLL", locale=language)


def span(language: str, start: date, end: date) -> str:
    """The days from `start` to before `end`, saying month and year once: 3–16 nov. 2026."""
    last = end - timedelta(days=1)
    if start == last:
        return day(language, start, year=True)
    if (start.year, start.month) == (last.year, last.month):
        return f"{_first(language, str(start.day))}–{day(language, last, year=True, weekday=False)}"
    first = day(language, start, year=start.year != last.year, weekday=False)
    return f"{first} – {day(language, last, year=True, weekday=False)}"


def absolute(language: str, moment: datetime, zone: ZoneInfo) -> str:
    """lundi 16 novembre 2026, 14:02"""
    local = moment.astimezone(zone)
    return f"{full_day(language, local.date())}, {local:%H:%M}"


def ago(language: str, moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """How long ago in the fewest words: 5 min ago, 3 h ago, yesterday at 14:02, Tuesday, 3 Nov."""
    passed = now - moment
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if passed < timedelta(minutes=1):
        return translate(language, "just now")
    if passed < timedelta(hours=1):
        return translate(language, "%(number)s min ago", number=int(passed.total_seconds() // 60))
    if days <= 0:
        return translate(language, "%(number)s h ago", number=int(passed.total_seconds() // 3600))
    if days == 1:
        return translate(language, "yesterday at %(time)s", time=f"{local:%H:%M}")
    if days < 7:
        return format_date(local.date(), "EEEE", locale=language)
    return day(language, local.date(), year=local.year != today.year, weekday=False)


def heading(language: str, when: date) -> str:
    """A day as a heading: Mardi 17 novembre 2026."""
    words = full_day(language, when)
    return f"{words[:1].upper()}{words[1:]}"
