"""The ids of companies, which links, pages and emails use.

An id is the company's registrable domain if it is known, else its folded name: without differences of case, width and
spacing. Leads are grouped by the company's name in their events. If two names share a domain, they stay two leads. The
domain is then the id of the name that has it with certainty; among several, of the name that had it first on the site.
The other name's id is the folded name. If two names of a period fold to the same text, the id of the later is `name:` and
its name. Otherwise ids do not depend on the period, so a link leads to the same company in every period.

Ids are made of the names and domains that events have, not of what corrections make of them: whoever is renamed keeps the
id, and whoever is merged into another company has that company's (tracker.leads.corrections.shown_names).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from tracker.leads.companies.claims import claims_of_names, owners_of_domains
from tracker.leads.companies.known import ListedCompany, known_companies, names_among
from tracker.leads.companies.names import BY_NAME, folded
from tracker.leads.corrections.corrected_store import shown_names, stored
from tracker.stats.rollups.moment import reads_kept_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


def company_ids(
    store: EventStore, site: str, companies: Iterable[ListedCompany], *, only: Collection[str] | None = None
) -> dict[str, str]:
    """Returns the ids of a scope's companies, by name. With `only`, those of these names, which takes less time."""
    known = {one.name: one for one in companies}
    meant = known | _origins(store, site, known)
    wanted = None if only is None else {meant[name].name for name in only}
    ids = _ids(stored(store), site, meant.values(), wanted)
    return {name: ids[one.name] for name, one in meant.items() if one.name in ids}


def _origins(store: EventStore, site: str, shown: Collection[str]) -> dict[str, ListedCompany]:
    """Returns, for each of these names that corrections concern, the company in events that it is known by."""
    names = shown_names(store, site)
    concerned = {one: names.names_of(one) for one in names.all_names.intersection(shown)}
    if not concerned:
        return {}
    found = _in_events(stored(store), site, sorted({name for one in concerned.values() for name in one}))
    return {
        one: next(found[name] for name in candidates if name in found)
        for one, candidates in concerned.items()
        if not found.keys().isdisjoint(candidates)
    }


def _in_events(store: EventStore, site: str, names: Sequence[str]) -> dict[str, ListedCompany]:
    """Returns those of these names that events have, each with the domain that is its id, if one is."""
    claims = claims_of_names(store, site, names)
    owners = owners_of_domains(store, site, {one.company_domain for one in claims if one.company_domain})
    found: dict[str, ListedCompany] = {}
    for domain, uncertain, first_seen, name in claims:
        known = found.get(name, ListedCompany(name, None, not uncertain, first_seen, first_seen))
        found[name] = (
            known if known.domain or domain is None or owners.get(domain) != name else known._replace(domain=domain)
        )
    return found


def _ids(
    store: EventStore, site: str, companies: Iterable[ListedCompany], only: Collection[str] | None
) -> dict[str, str]:
    """Returns the ids of companies as events have them, by name."""
    ordered = sorted(companies, key=lambda one: (not one.sure, one.first_seen, one.name))
    folds = {one.name: folded(one.name) for one in ordered}
    if only is not None:
        wanted = {folds[name] for name in only}
        ordered = [one for one in ordered if folds[one.name] in wanted]
        folds = {one.name: folds[one.name] for one in ordered}
    # A name may look like a domain, and that domain may be another company's.
    owners = owners_of_domains(store, site, {*folds.values(), *(one.domain for one in ordered if one.domain)})
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for one in ordered:
        fold = folds[one.name]
        if one.domain and owners.get(one.domain) == one.name:
            ids[one.name] = one.domain
        else:
            free = fold not in taken and owners.get(fold, one.name) == one.name and not fold.startswith(BY_NAME)
            ids[one.name] = fold if free else BY_NAME + one.name
        taken.add(ids[one.name])
    return ids


def ids_among(
    store: EventStore, scope: Scope, companies: Collection[ListedCompany], *, confirmed: Collection[str] = ()
) -> dict[str, str]:
    """Returns the ids of some companies of a scope, by name: the same as `company_ids` returns for all of them.

    Only names that fold to the same text affect each other, so only the names of the others are read. Those of all filters are
    read first: they are kept for all of them, and seldom is one alike.
    """
    own = {one.name for one in companies}
    if not reads_kept_rows(scope.filters):
        of_period = replace(scope, filters=())
        if not _alike(store, scope.site, names_among(store, of_period), own):
            return company_ids(store, scope.site, companies, only=own)
    alike = _alike(store, scope.site, names_among(store, scope), own)
    others = known_companies(store, scope, confirmed=confirmed, names=alike) if alike else []
    return company_ids(store, scope.site, [*companies, *others], only=own)


def _alike(store: EventStore, site: str, every: Collection[str], own: Collection[str]) -> set[str]:
    """Returns the other names among `every` that fold to the same text as one of `own`."""
    origins = _origins(store, site, [*every, *own])
    folds = {name: folded(origins[name].name if name in origins else name) for name in (*every, *own)}
    wanted = {folds[name] for name in own}
    return {name for name in every if folds[name] in wanted} - {*own}
