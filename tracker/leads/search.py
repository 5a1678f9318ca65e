"""Finds companies of a scope by name, domain or town. Case does not matter."""

from __future__ import annotations

from sqlalchemy import func, literal, or_, select

from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

_SEARCHED = ("company", "company_domain", "city")


def companies_found(store: EventStore, scope: Scope, words: str) -> set[str]:
    """Returns the names of companies whose name, domain or a visit's town contains the text."""
    part = literal(words.lower())
    with company_rows(store, scope) as did:
        found = or_(*(functions.contains(func.lower(did.c[name]), part) for name in _SEARCHED))
        return {name for (name,) in did.rows(select(did.c.company).where(found).distinct())}
