"""Rows that are kept of a day's events as they are, beside its figures: a kind of them is one entry in `STATEMENTS`.

They are for questions whose rules change after a day was counted, such as which companies are one: what is read is
counted by the rules of then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Table, cast, func, literal, select

from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW
from tracker.stats.local_time import truncated
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import Snapshot
from tracker.store.schema import (
    ACTION_COLUMNS,
    COMPANY_FACTS,
    COMPANY_NAMES,
    VISIT_FACTS,
    actions,
    company_pages,
    company_visits,
    events,
)


def hold_rows(snapshot: Snapshot, scope: Scope) -> None:
    """Works the rows of all kinds out for a scope of whole days, and holds them."""
    for table, statement in STATEMENTS.items():
        snapshot.hold_rows(table, statement(scope))


def of_company_visits(scope: Scope) -> Select[Any]:
    """What each visit did on each day as one company with the same facts."""
    key = [events.c[name] for name in (*COMPANY_FACTS, "region", *VISIT_FACTS, "visitor_id", "visit_id")]
    sums = [
        func.min(events.c.occurred_at).label("first_at"),
        func.max(events.c.occurred_at).label("last_at"),
        func.sum(events.c.pageviews).label("pageviews"),
        func.sum(events.c.engaged_ms).label("engaged_ms"),
    ]
    return _grouped(scope, key, sums).where(events.c.company.is_not(None))


def of_company_pages(scope: Scope) -> Select[Any]:
    """How often each company viewed each page on each day, with the page's title."""
    key = [events.c[name] for name in (*COMPANY_NAMES, "path")]
    sums = [func.max(events.c.title).label("title"), func.sum(events.c.pageviews).label("views")]
    return _grouped(scope, key, sums).where(events.c.company.is_not(None), events.c.pageviews > 0)


def of_actions(scope: Scope) -> Select[Any]:
    """The events that are no views of pages and no times of reading."""
    columns = [events.c[name] for name in ACTION_COLUMNS]
    rows = select(literal(scope.site).label("site"), day_of(scope.period), *columns)
    return rows.where(scope.where(), events.c.name.not_in([PAGEVIEW, ENGAGEMENT]))


def _grouped(scope: Scope, key: Sequence[ColumnElement[Any]], sums: Sequence[ColumnElement[Any]]) -> Select[Any]:
    day = day_of(scope.period)
    days = [day] if scope.period.days > 1 else []
    rows = select(literal(scope.site).label("site"), day, *key, *sums)
    return rows.where(scope.where()).group_by(*days, *key)


def day_of(period: Period) -> ColumnElement[Any]:
    """The local day of an event of the period, as the column `day`; of a single one it is a mere value."""
    day = literal(period.start) if period.days == 1 else truncated(period, "day")
    return cast(day, Date).label("day")


STATEMENTS: Mapping[Table, Callable[[Scope], Select[Any]]] = {
    company_visits: of_company_visits,
    company_pages: of_company_pages,
    actions: of_actions,
}
