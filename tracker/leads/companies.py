"""The ids of companies, which links, pages and emails use; and the company of an id or of an older link.

An id is the company's registrable domain if it is known, else its folded name: without differences of case, width and
spacing. Leads are grouped by the company's name in their events. If two names share a domain, they stay two leads. The
domain is then the id of the name that has it with certainty; among several, of the name that had it first on the site.
The other name's id is the folded name. If two names of a period fold to the same text, the id of the later is `name:` and
its name. Otherwise ids do not depend on the period, so a link leads to the same company in every period.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select, true

from tracker.leads.certainty import best_first, is_sure
from tracker.stats.companies.tiers import is_possible
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_BY_NAME = "name:"
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


@lru_cache(maxsize=50_000)  # pages ask for all companies of a site each time
def folded(name: str) -> str:
    """Returns a name without differences of case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def known_companies(
    store: EventStore, scope: Scope, *, confirmed: Collection[str] = (), names: Collection[str] | None = None
) -> list[ListedCompany]:
    """Returns the companies of the scope, possible ones included, or only those with these names.

    If a name has certain events, its uncertain ones do not count.
    """
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
            free = fold not in taken and owners.get(fold, one.name) == one.name and not fold.startswith(_BY_NAME)
            ids[one.name] = fold if free else _BY_NAME + one.name
        taken.add(ids[one.name])
    return ids


def ids_among(
    store: EventStore, scope: Scope, companies: Collection[ListedCompany], *, confirmed: Collection[str] = ()
) -> dict[str, str]:
    """Returns the ids of some companies of a scope, by name: the same as `company_ids` returns for all of them.

    Only names that fold to the same text affect each other, so only the names of the others are read.
    """
    own = {one.name for one in companies}
    folds = {folded(name) for name in own}
    with company_rows(store, scope) as did:
        alike = {name for (name,) in did.rows(select(did.c.company).distinct()) if folded(name) in folds} - own
    others = known_companies(store, scope, confirmed=confirmed, names=alike) if alike else []
    return company_ids(store, scope.site, [*companies, *others], only=own)


def find_company(
    store: EventStore, site: str, companies: Iterable[ListedCompany], asked: str
) -> tuple[str, str] | None:
    """Returns the name and the id of the company with this id or, in an older link, this name; None for another text."""
    keys = _keys(asked)
    candidates = [one for one in companies if asked in (one.domain, one.name) or folded(one.name) in keys]
    ids = company_ids(store, site, candidates)
    names = [name for name, company_id in ids.items() if company_id == asked] or [name for name in ids if name == asked]
    return (names[0], ids[names[0]]) if names else None


def name_of_company(store: EventStore, site: str, asked: str) -> str | None:
    """Returns the name of the site's company with this id or, in an older link, this name; None if there is none."""
    owner = _owners(store, site, {asked}).get(asked)
    if owner is not None:
        return owner
    keys = _keys(asked)
    names = [name for (name,) in store.rows(_names(site)) if folded(name) in keys]
    return asked if asked in names else min(names, default=None)


def _keys(asked: str) -> set[str]:
    """Returns the folded names that an id or an older link may mean. A folded text may change when it is folded again."""
    plain = asked.removeprefix(_BY_NAME)
    return {asked, plain, folded(asked), folded(plain)}


def _names(site: str) -> Select[Any]:
    return select(events.c.company).where(events.c.site == site, events.c.company.is_not(None)).distinct()


def _owners(store: EventStore, site: str, domains: Collection[str]) -> dict[str, str]:
    """Returns the names of the companies whose ids these domains are, by domain. Domains of no company are left out.

    A text without a dot, or with a space, is not a domain.
    """
    domains = {one for one in domains if "." in one and " " not in one}
    if not domains:
        return {}
    which = events.c.company_domain.is_not(None)
    if len(domains) <= _MOST_LISTED:
        which = events.c.company_domain.in_(sorted(domains))
    uncertain = (~is_sure()).label("uncertain")
    statement = (
        select(events.c.company_domain, uncertain, func.min(events.c.occurred_at), events.c.company)
        .where(events.c.site == site, events.c.company.is_not(None), which)
        .group_by(events.c.company_domain, uncertain, events.c.company)
    )
    found: dict[str, tuple[Any, ...]] = {}
    for domain, *claim in store.rows(statement):
        if domain in domains:
            found[domain] = min(found.get(domain, tuple(claim)), tuple(claim))
    return {domain: str(name) for domain, (_, _, name) in found.items()}
