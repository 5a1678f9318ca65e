"""Which companies a scope has, possible ones included, and what is known of each by its events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, true

from tracker.leads.certainty import best_first, is_sure
from tracker.stats.companies.tiers import is_possible
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore


class ListedCompany(NamedTuple):
    """A company of a period. `first_seen` and `last_seen` are UTC without a zone; `is_possible`: not among the leads."""

    name: str
    domain: str | None
    sure: bool
    first_seen: datetime
    last_seen: datetime
    is_possible: bool = False


def known_companies(
    store: EventStore, scope: Scope, *, confirmed: Collection[str] = (), names: Collection[str] | None = None
) -> list[ListedCompany]:
    """Returns the companies of the scope, possible ones included, or only those with these names.

    If a name has certain events, its uncertain ones do not count.
    """
    if names is not None:
        return _known(store, scope, confirmed, names)
    question = ("known companies", tuple(sorted(confirmed)))
    return once_of_present(store, scope, question, lambda page: _known(page, scope, confirmed, None))


def _known(
    store: EventStore, scope: Scope, confirmed: Collection[str], names: Collection[str] | None
) -> list[ListedCompany]:
    with company_rows(store, scope) as did:
        sure = is_sure(confirmed, did.c).label("sure")
        statement = (
            select(
                did.c.company,
                functions.arg_max(did.c.company_domain, best_first(did.c)).label("domain"),
                sure,
                func.min(did.c.first_at).label("first_seen"),
                func.max(did.c.last_at).label("last_seen"),
                func.min(case((is_possible(did.c), 1), else_=0)).label("is_possible"),
            )
            .where(true() if names is None else did.c.company.in_(sorted(names)))
            .group_by(did.c.company, sure)
        )
        rows: Sequence[Any] = did.rows(statement)
    found: dict[str, ListedCompany] = {}
    for name, domain, is_certain, first_seen, last_seen, only_possible in rows:
        if is_certain or name not in found:
            possible = bool(only_possible) and not is_certain
            found[name] = ListedCompany(name, domain, bool(is_certain), first_seen, last_seen, possible)
    return list(found.values())


def names_among(store: EventStore, scope: Scope) -> Sequence[str]:
    """Returns the names of all companies of a scope."""

    def work(page: EventStore) -> Sequence[str]:
        with company_rows(page, scope) as did:
            return tuple(name for (name,) in did.rows(select(did.c.company).distinct()))

    return once_of_present(store, scope, "names", work)
