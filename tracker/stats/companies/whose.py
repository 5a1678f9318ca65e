"""Whose visits are: the sure company of each, as the last of its events has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, tuple_

from tracker.stats.companies.tiers import of_tier
from tracker.stats.companies.visit_rows import Rows, company_rows, read_from
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_DAY = timedelta(days=1)


@contextmanager
def whose(store: EventStore, scope: Scope, visits: Select[Any]) -> Iterator[Any]:
    """A subquery of `visit_id` and `company` (null without one) of the visits that a statement selects.

    A visit's company is the last one of its events, from the day before the period to the day after it.
    """
    with company_rows(store, _around(scope)) as did:
        yield _last_sure(did).where(did.c.visit_id.in_(visits)).subquery("whose")


@contextmanager
def with_companies(store: EventStore, scope: Scope) -> Iterator[Any]:
    """A subquery of `visit_id` and `company` of the visits of a period that have a sure one."""
    with company_rows(store, _around(scope)) as did:
        found = _last_sure(did).subquery("found")
        yield select(found).where(found.c.company.is_not(None)).subquery("whose")


def _around(scope: Scope) -> Scope:
    period = scope.period
    return Scope(scope.site, Period(period.start - _DAY, period.end + _DAY, period.time_zone, period.name))


def _last_sure(did: Rows) -> Select[Any]:
    last = tuple_(did.c.last_at, did.c.company)
    nobody: ColumnElement[str] = literal_column("''")
    sure = func.coalesce(read_from(of_tier(events.c.company), did.table), nobody)
    company = func.nullif(functions.arg_max(sure, last), nobody).label("company")
    return select(did.c.visit_id, company).group_by(did.c.visit_id)
