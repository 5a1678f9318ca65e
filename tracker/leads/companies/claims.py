"""The names and domains that events have of a site's companies, and whose id a domain is.

Among several names with one domain it is the id of the name that has it with certainty, then of the one that had it first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from tracker.leads.certainty import is_sure
from tracker.leads.companies.names import is_domain
from tracker.stats.companies.visit_rows import company_rows, scope_of_all
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

# For more domains than these, all domains of the site are read in one pass instead of comparing each.
_MOST_LISTED = 500


class Claim(NamedTuple):
    """A company's name in events with a domain that it has there, whether it is uncertain, and since when (UTC without a zone)."""

    company_domain: str | None
    uncertain: bool
    first_seen: datetime
    company: str


def claims_of_names(store: EventStore, site: str, names: Sequence[str] | None = None) -> Sequence[Claim]:
    """Returns the names and domains of a site's companies, the certain ones first, then by their first event.

    Companies whose events are gone are among them, as far as what they did is kept. With `names`, only these.
    """
    of_all, question = scope_of_all(store, site), ("claims of names", None if names is None else tuple(names))
    return once_of_present(
        store,
        of_all,
        question,
        lambda page: _claims(page, of_all, lambda own: true() if names is None else own.company.in_(names)),
    )


def _claims(store: EventStore, of_all: Scope, which: Callable[[Any], ColumnElement[bool]]) -> list[Claim]:
    with company_rows(store, of_all) as did:
        uncertain, first_seen = (~is_sure(own=did.c)).label("uncertain"), func.min(did.c.first_at).label("first_seen")
        statement = (
            select(did.c.company_domain, uncertain, first_seen, did.c.company)
            .where(which(did.c))
            .group_by(did.c.company_domain, uncertain, did.c.company)
            .order_by(uncertain, first_seen, did.c.company, did.c.company_domain)
        )
        return [Claim._make(row) for row in did.rows(statement)]


def owners_of_domains(store: EventStore, site: str, domains: Collection[str]) -> dict[str, str]:
    """Returns the names of the companies whose ids these domains are, by domain. Domains of no company are left out."""
    domains = set(filter(is_domain, domains))
    if not domains:
        return {}
    listed = sorted(domains) if len(domains) <= _MOST_LISTED else None
    of_all, question = scope_of_all(store, site), ("owners", None if listed is None else tuple(listed))
    owners = once_of_present(store, of_all, question, lambda page: _owners_of(page, of_all, listed))
    return {domain: owners[domain] for domain in domains if domain in owners}


def _owners_of(store: EventStore, of_all: Scope, listed: Sequence[str] | None) -> dict[str, str]:
    """Returns the owners of these domains, or of all."""

    def which(own: Any) -> ColumnElement[bool]:
        domain: ColumnElement[Any] = own.company_domain
        return domain.is_not(None) if listed is None else functions.is_one_of(domain, listed)

    found: dict[str, str] = {}
    for one in _claims(store, of_all, which):
        if one.company_domain is not None:
            found.setdefault(one.company_domain, one.company)
    return found
