"""The names and domains that a site's events have for companies, and which of them a company id means.

What is set for an id holds for the events of all its names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select

from tracker.leads.certainty import is_sure
from tracker.leads.companies import folded
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_BY_NAME = "name:"


@dataclass(frozen=True, eq=False)
class KnownNames:
    """All companies of a site: the domains of each name, and the name that has each domain as its id."""

    domains: Mapping[str, frozenset[str]]
    owners: Mapping[str, str]

    def names_of(self, ids: Collection[str]) -> dict[str, str]:
        """Returns the ids by the names of the companies that have them, as tracker.leads.companies gives them out.

        A company that was known by its name, and whose domain is known since, is found by both. Its domain then counts.
        """
        wanted = set(ids)
        if not wanted:
            return {}
        found: dict[str, str] = {}
        for name in self.domains:
            fold = folded(name)
            if fold in wanted and self.owners.get(fold, name) == name:
                found[name] = fold
            if _BY_NAME + name in wanted:
                found[name] = _BY_NAME + name
        found.update((self.owners[domain], domain) for domain in wanted & self.owners.keys())
        return found


def known_names(store: EventStore, site: str) -> KnownNames:
    """Reads them of all events of the site."""
    uncertain = (~is_sure()).label("uncertain")
    first_seen = func.min(events.c.occurred_at).label("first_seen")
    statement = (
        select(events.c.company_domain, uncertain, first_seen, events.c.company)
        .where(events.c.site == site, events.c.company.is_not(None))
        .group_by(events.c.company_domain, uncertain, events.c.company)
        .order_by(uncertain, first_seen, events.c.company, events.c.company_domain)
    )
    return _known(tuple((name, domain) for domain, _, _, name in store.rows(statement)))


# Each page asks, and seldom did anything change: what is read is the key, so that what is kept is never out of date.
@lru_cache(maxsize=8)
def _known(ordered: tuple[tuple[str, str | None], ...]) -> KnownNames:
    owners: dict[str, str] = {}
    domains: dict[str, set[str]] = {}
    for name, domain in ordered:
        own = domains.setdefault(name, set())
        if domain is not None:
            own.add(domain)
            owners.setdefault(domain, name)
    return KnownNames({name: frozenset(own) for name, own in domains.items()}, owners)
