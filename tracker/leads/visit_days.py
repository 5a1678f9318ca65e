"""How many people of a company came on the days of a period."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from tracker.leads.certainty import is_sure
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


def most_visitors_on_a_day(store: EventStore, scope: Scope, company: str, *, only_sure: bool = False) -> int:
    """How many visitors a company had on the day of the scope on which it had most."""
    with company_rows(store, scope) as did:
        whose = did.c.company == company
        by_day = (
            select(func.count(did.c.visitor_id.distinct()).label("visitors"))
            .where(and_(whose, is_sure(own=did.c)) if only_sure else whose)
            .group_by(did.c.day)
            .subquery()
        )
        return int(did.rows(select(func.max(by_day.c.visitors)))[0][0] or 0)
