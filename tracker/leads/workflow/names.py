"""The names and domains that a site's events have for companies, and the ids by which each company was ever known.

What is set for an id holds for the events of all its names. Ids belong to the names that events have; corrections say which
of these names are one company. So nothing moves when a company is renamed or merged, and nothing when that is undone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from tracker.leads.companies.claims import claims_of_names
from tracker.leads.companies.names import BY_NAME, folded, is_domain
from tracker.leads.corrections.corrected_store import shown_names, stored
from tracker.leads.corrections.shown_names import ShownNames
from tracker.store.protocol import EventStore


class Identity(NamedTuple):
    """The ids of one company. The first of its `own` is the one for which changes are kept; the others it had before.

    `merged` are those of the companies that were merged into it.
    """

    own: tuple[str, ...]
    merged: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.own, *self.merged)


@dataclass(frozen=True, eq=False)
class KnownNames:
    """All companies of a site as events have them, and the corrections of their names.

    `domains` are those of each name, in the order in which names were first seen; `owners` are the names that have a domain
    as their id.
    """

    domains: Mapping[str, Sequence[str]]
    owners: Mapping[str, str]
    corrections: ShownNames = field(default_factory=ShownNames)

    @cached_property
    def _folds(self) -> Mapping[str, str]:
        """The name that has each folded name as its id, or had it before its domain was known."""
        found: dict[str, str] = {}
        by_domain = {name for name, domains in self.domains.items() if self._own_domains(name, domains)}
        for name in sorted(self.domains, key=by_domain.__contains__):
            fold = folded(name)
            if self.owners.get(fold, name) == name and not fold.startswith(BY_NAME):
                found.setdefault(fold, name)
        return found

    @cached_property
    def shown(self) -> frozenset[str]:
        """The names by which companies are shown."""
        return self.corrections.mapped(self.domains)

    def names_and_domains(self) -> Mapping[str, Sequence[str]]:
        """The domains of each name: those in events, and those by which companies are shown."""
        return {**dict.fromkeys(self.shown - self.domains.keys(), ()), **self.domains}

    def identity(self, shown: str) -> Identity:
        """The ids of the company that is shown by a name.

        A company that was known by its name, and whose domain is known since, has both; its domain comes first.
        """
        names = self.corrections.names_of(shown)
        here = [name for name in names if name in self.domains]
        ids = [self._ids(name) for name in here] or [(folded(shown),)]
        # What an earlier version kept for a name that only a correction gives.
        given = [one for name in names if name not in self.domains for one in (folded(name), BY_NAME + name)]
        own = dict.fromkeys((*ids[0], *(one for one in given if one not in self._folds and one not in self.owners)))
        return Identity(tuple(own), tuple(dict.fromkeys(one for each in ids[1:] for one in each if one not in own)))

    def _ids(self, name: str) -> tuple[str, ...]:
        own, fold = self._own_domains(name, self.domains[name]), folded(name)
        return (*own, *([fold] if self._folds.get(fold) == name else []), BY_NAME + name)

    def _own_domains(self, name: str, domains: Sequence[str]) -> list[str]:
        return [domain for domain in domains if self.owners.get(domain) == name]

    def meant(self, company_id: str) -> str | None:
        """The name by which the company with an id is shown; None for an id of no company."""
        name = self.owners.get(company_id) or self._folds.get(company_id)
        plain = company_id.removeprefix(BY_NAME)
        if name is None and plain != company_id and plain in self.domains:
            name = plain
        if name is None:
            name = next((one for one in self.corrections.all_names if company_id in (folded(one), BY_NAME + one)), None)
            if name is not None and self.corrections.shown(name) not in self.shown:
                return None
        return None if name is None else self.corrections.shown(name)

    def identities(self, ids: Collection[str]) -> dict[str, Identity]:
        """The ids of each company that one of these ids means, by the name by which it is shown."""
        return {name: self.identity(name) for one in ids if (name := self.meant(one)) is not None}


def known_names(store: EventStore, site: str) -> KnownNames:
    """Reads them of all that is stored of the site."""
    rows = tuple((one.company, one.company_domain) for one in claims_of_names(stored(store), site))
    return _known(rows, shown_names(store, site))


# Each page asks, and seldom did anything change: what is read is the key, so that what is kept is never out of date.
@lru_cache(maxsize=8)
def _known(ordered: tuple[tuple[str, str | None], ...], corrections: ShownNames) -> KnownNames:
    owners: dict[str, str] = {}
    domains: dict[str, dict[str, None]] = {}
    for name, domain in ordered:
        own = domains.setdefault(name, {})
        if domain is not None:
            own[domain] = None
            if is_domain(domain):
                owners.setdefault(domain, name)
    return KnownNames({name: tuple(own) for name, own in domains.items()}, owners, corrections)
