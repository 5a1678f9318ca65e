"""The ids of companies, which links, pages and emails use; and the company of an id or of an older link.

An id is the company's registrable domain if it is known, else its folded name: without differences of case, width and
spacing. Leads are grouped by the company's name in their events. If two names share a domain, they stay two leads. The
domain is then the id of the name that has it with certainty; among several, of the name that had it first on the site.
The other name's id is the folded name. If two names of a period fold to the same text, the id of the later is `name:` and
its name. Otherwise ids do not depend on the period, so a link leads to the same company in every period.

Ids are made of the names and domains that events have, not of what corrections make of them: whoever is renamed keeps the
id, and whoever is merged into another company has that company's (tracker.leads.corrections.shown_names).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select, true

from tracker.leads.certainty import best_first, is_sure
from tracker.leads.corrections.corrected_store import shown_names, stored
from tracker.stats.companies.tiers import is_possible
from tracker.stats.companies.visit_rows import company_rows, scope_of_all
from tracker.stats.rollups.moment import once_of_present, reads_kept_rows
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

BY_NAME = "name:"
# For more domains than these, all domains of the site are read in one pass instead of comparing each.
_MOST_LISTED = 500


class ListedCompany(NamedTuple):
    """A company of a period. `first_seen` and `last_seen` are UTC without a zone; `is_possible`: not among the leads."""

    name: str
    domain: str | None
    sure: bool
    first_seen: datetime
    last_seen: datetime
    is_possible: bool = False


class Claim(NamedTuple):
    """A company's name in events with a domain that it has there, whether it is uncertain, and since when (UTC without a zone)."""

    company_domain: str | None
    uncertain: bool
    first_seen: datetime
    company: str


@lru_cache(maxsize=50_000)  # pages ask for all companies of a site each time
def folded(name: str) -> str:
    """Returns a name without differences of case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_domain(text: str) -> bool:
    """Whether a text can be a domain: it has a dot and no space."""
    return "." in text and " " not in text


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
    owners = _owners(store, site, {one.company_domain for one in claims if one.company_domain})
    found: dict[str, ListedCompany] = {}
    for domain, uncertain, first_seen, name in claims:
        known = found.get(name, ListedCompany(name, None, not uncertain, first_seen, first_seen))
        found[name] = (
            known if known.domain or domain is None or owners.get(domain) != name else known._replace(domain=domain)
        )
    return found


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
    owners = _owners(store, site, {*folds.values(), *(one.domain for one in ordered if one.domain)})
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


def names_among(store: EventStore, scope: Scope) -> Sequence[str]:
    """Returns the names of all companies of a scope."""

    def work(page: EventStore) -> Sequence[str]:
        with company_rows(page, scope) as did:
            return tuple(name for (name,) in did.rows(select(did.c.company).distinct()))

    return once_of_present(store, scope, "names", work)


def find_company(
    store: EventStore, site: str, companies: Iterable[ListedCompany], asked: str
) -> tuple[str, str] | None:
    """Returns the name and the id of the company with this id or, in an older link, this name; None for another text."""
    keys, corrected = keys_of(asked), shown_names(store, site).all_names
    candidates = [
        one for one in companies if asked in (one.domain, one.name) or folded(one.name) in keys or one.name in corrected
    ]
    ids = company_ids(store, site, candidates)
    names = [name for name, company_id in ids.items() if company_id == asked] or [name for name in ids if name == asked]
    return (names[0], ids[names[0]]) if names else None


def name_of_company(store: EventStore, site: str, asked: str) -> str | None:
    """Returns the name of the site's company with this id or, in an older link, this name; None if there is none.

    It is the name that the company is shown by: an id or a name from before a correction finds it too.
    """
    names, of_events = shown_names(store, site), stored(store)
    owner = _owners(of_events, site, {asked}).get(asked)
    if owner is not None:
        return names.shown(owner)
    known, keys = list({one.company for one in claims_of_names(of_events, site)}), keys_of(asked)
    found = [name for name in known if folded(name) in keys]
    if not found and names:  # a name that only a correction gives
        shown = names.mapped(known)
        found = [one for one in names.all_names if folded(one) in keys and names.shown(one) in shown]
    best = asked if asked in found else min(found, default=None)
    return None if best is None else names.shown(best)


def keys_of(asked: str) -> set[str]:
    """Returns the folded names that an id or an older link may mean. A folded text may change when it is folded again."""
    plain = asked.removeprefix(BY_NAME)
    return {asked, plain, folded(asked), folded(plain)}


def _owners(store: EventStore, site: str, domains: Collection[str]) -> dict[str, str]:
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
