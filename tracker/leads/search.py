"""Which companies of a scope a word finds: by name, domain or town, whatever its case."""

from __future__ import annotations

from sqlalchemy import func, literal, or_, select

from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_SEARCHED = ("company", "company_domain", "city")


def companies_found(store: EventStore, scope: Scope, words: str) -> set[str]:
    """The names of the companies that have the words, as they stand, in their name, their domain or a visit's town."""
    part = literal(words.lower())
    found = or_(*(functions.contains(func.lower(events.c[name]), part) for name in _SEARCHED))
    names = select(events.c.company).where(scope.where(), events.c.company.is_not(None), found).distinct()
    return {name for (name,) in store.rows(scope.asked(names))}
