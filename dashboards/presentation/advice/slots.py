"""Weekdays and hours in words, and a rhythm as the table of a heatmap: the hours down, the weekdays across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import get_day_names

from dashboards.presentation import dates, numbers
from dashboards.translations import message, translate
from tracker.reports.advice.rhythm import DAYS, HOURS, Rhythm

# A French weekday has its article, an English one has not.
_ON_DAYS = (
    message("Mondays"),
    message("Tuesdays"),
    message("Wednesdays"),
    message("Thursdays"),
    message("Fridays"),
    message("Saturdays"),
    message("Sundays"),
)
_STEPS = 5


@dataclass(frozen=True)
class Cell:
    """A number as it is written, and how dark its cell is: 0 to 5, 0 for none."""

    text: str
    step: int


@dataclass(frozen=True)
class Heatmap:
    """The table: its weekdays, short and in full, and an hour with its seven cells for each row."""

    days: list[tuple[str, str]]
    rows: list[tuple[str, list[Cell]]]
    visits: int


def days_in_words(language: str, days: Sequence[int]) -> str:
    """Tuesdays and Thursdays, or Mondays to Fridays where they follow each other."""
    named = [translate(language, _ON_DAYS[day]) for day in days]
    if len(days) == 1:
        return named[0]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        first, last = (get_day_names("wide", locale=language)[day] for day in (days[0], days[-1]))
        return translate(language, "%(first)ss to %(last)ss", first=first, last=last)
    return translate(language, "%(first)s and %(last)s", first=", ".join(named[:-1]), last=named[-1])


def heatmap(language: str, rhythm: Rhythm) -> Heatmap:
    """Returns a rhythm as a table, without the hours before the first visit of any day and after the last."""
    most = max(max(row) for row in rhythm.cells) or 1
    full, short = (get_day_names(width, locale=language) for width in ("wide", "abbreviated"))
    rows = [
        (
            dates.hour(language, hour),
            [
                Cell(numbers.count(language, count), -(-_STEPS * count // most))
                for count in (rhythm.cells[day][hour] for day in range(DAYS))
            ],
        )
        for hour in range(HOURS)
    ]
    return Heatmap([(short[day], full[day]) for day in range(DAYS)], rows, rhythm.visits)
