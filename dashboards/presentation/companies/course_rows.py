"""What a company read and from where it came over a period, as rows with bars for the intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.presentation.dates import day, span
from dashboards.translations import translate, translate_plural
from tracker.leads.one_company.courses import Course


@dataclass(frozen=True)
class CourseRow:
    """`bars` are heights of 0 to 100, one for each interval; `words` say how many and when."""

    label: str
    detail: str
    words: str
    bars: Sequence[int]


def page_rows(language: str, courses: Sequence[Course]) -> list[CourseRow]:
    """The pages that a company viewed."""
    rows = []
    for one in courses:
        number = translate_plural(language, "%(num)s page view", "%(num)s page views", one.amount)
        rows.append(_row(language, one, one.title or one.value or "", number))
    return rows


def source_rows(language: str, courses: Sequence[Course]) -> list[CourseRow]:
    """The sources that brought a company."""
    rows = []
    for one in courses:
        number = translate_plural(language, "%(num)s visit", "%(num)s visits", one.amount)
        rows.append(_row(language, one, one.value or translate(language, "Direct"), number))
    return rows


def _row(language: str, one: Course, label: str, number: str) -> CourseRow:
    highest = max(one.by_interval, default=0) or 1
    when = _when(language, one.first, one.last)
    bars = [-(-100 * amount // highest) for amount in one.by_interval]
    return CourseRow(label, one.value or "", f"{number} · {when}", bars)


def _when(language: str, first: date, last: date) -> str:
    if first == last:
        return day(language, first, weekday=False)
    return span(language, first, last + timedelta(days=1))
