"""Finds companies of a scope by name, domain or town. Case does not matter."""

from __future__ import annotations

from sqlalchemy import func, literal, or_, select

from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_SEARCHED = ("company", "company_domain", "city")


def companies_found(store: EventStore, scope: Scope, words: str) -> set[str]:
    """Returns the names of companies whose name, domain or a visit's town contains the text."""
    part = literal(words.lower())
    found = or_(*(functions.contains(func.lower(events.c[name]), part) for name in _SEARCHED))
    names = select(events.c.company).where(scope.where(), events.c.company.is_not(None), found).distinct()
    return {name for (name,) in store.rows(scope.asked(names))}
