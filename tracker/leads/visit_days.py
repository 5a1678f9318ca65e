"""How many people of a company came on the days of a period."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select

from tracker.leads.certainty import is_sure
from tracker.stats import metrics
from tracker.stats.local_time import truncated
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events


def most_visitors_on_a_day(store: EventStore, scope: Scope, company: str, *, only_sure: bool = False) -> int:
    """How many visitors a company had on the day of the scope on which it had most."""
    by_day = (
        select(metrics.VISITORS.label("visitors"))
        .where(scope.where(), _of(company, only_sure=only_sure))
        .group_by(truncated(scope.period, "day"))
        .subquery()
    )
    return int(store.rows(select(func.max(by_day.c.visitors)))[0][0] or 0)


def _of(company: str, *, only_sure: bool) -> ColumnElement[bool]:
    whose = events.c.company == company
    return and_(whose, is_sure()) if only_sure else whose
