"""What a company read and from where it came, over the days, weeks or months of a period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, null, select

from tracker.leads.certainty import is_sure
from tracker.stats.companies.visit_rows import company_rows, page_rows
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


@dataclass
class Course:
    """A page's views or a source's visits: in all, on which days first and last, and in each interval of the period.

    `value` is a path, or a source's name, which is None for direct visits; `title` is a page's.
    """

    value: str | None
    title: str | None
    first: date
    last: date
    amount: int = 0
    by_interval: list[int] = field(default_factory=list)


def pages_over_time(
    store: EventStore, scope: Scope, company: str, *, only_sure: bool = False, most: int = 5
) -> Sequence[Course]:
    """The pages that the company viewed most, with their views."""
    with page_rows(store, scope) as viewed:
        own = viewed.c
        statement = (
            select(own.path, func.max(own.title), own.day, func.sum(own.views))
            .where(_of(own, company, only_sure=only_sure), own.path.is_not(None))
            .group_by(own.path, own.day)
        )
        return _courses(scope.period, viewed.rows(statement), most)


def sources_over_time(
    store: EventStore, scope: Scope, company: str, *, only_sure: bool = False, most: int = 5
) -> Sequence[Course]:
    """The sources that brought the company most often, with their visits."""
    with company_rows(store, scope) as did:
        own = did.c
        statement = (
            select(own.source, null(), own.day, func.count(own.visit_id.distinct()))
            .where(_of(own, company, only_sure=only_sure))
            .group_by(own.source, own.day)
        )
        return _courses(scope.period, did.rows(statement), most)


def _courses(period: Period, rows: Iterable[Any], most: int) -> Sequence[Course]:
    begin = _BEGINNINGS[interval_of(period)]
    beginnings = intervals(period)
    places = {day: number for number, day in enumerate(beginnings)}
    found: dict[str | None, Course] = {}
    for value, title, day, amount in sorted(rows, key=lambda row: row[2]):
        course = found.setdefault(value, Course(value, title, day, day, by_interval=[0] * len(beginnings)))
        course.amount, course.last, course.title = course.amount + int(amount), day, title or course.title
        course.by_interval[places[begin(day)]] += int(amount)
    ordered = sorted(found.values(), key=lambda one: (one.amount, one.last, one.value or ""), reverse=True)
    return ordered[:most]


def interval_of(period: Period) -> str:
    """What the courses step by: day, week or month."""
    return "day" if period.interval == "hour" else period.interval


def intervals(period: Period) -> list[date]:
    """The first days of the intervals; that of the first may lie before the period."""
    begin = _BEGINNINGS[interval_of(period)]
    return sorted({begin(period.start + timedelta(days=number)) for number in range(max(period.days, 1))})


_BEGINNINGS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}


def _of(own: Any, company: str, *, only_sure: bool) -> ColumnElement[bool]:
    whose: ColumnElement[bool] = own.company == company
    return and_(whose, is_sure(own=own)) if only_sure else whose
