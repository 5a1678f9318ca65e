"""A company's id, by which links, pages and emails name it, and the way back from an id or an old link to the company.

An id is the company's registrable domain where one is known, else its folded name. Leads are grouped by the name that
their events have. Where two names share a domain they stay two leads until the publisher merges them, so that no
figure changes: the domain is the id of the one that had it with certainty, and of those of the one that had it first,
since the site is counted; the other goes by its folded name. Of two names that fold alike in a period, the later goes by
`name:` and its name. Ids depend on no period otherwise, so that a link leads to the same company in each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from tracker.leads.certainty import best_first, is_sure
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

_BY_NAME = "name:"
# More domains than these are looked for as all of the site's, in one pass instead of one comparison each.
_MOST_LISTED = 500


class ListedCompany(NamedTuple):
    """A company of a period, as the list of leads has it; `first_seen` and `last_seen` are UTC without a zone."""

    name: str
    domain: str | None
    sure: bool
    first_seen: datetime
    last_seen: datetime


def folded(name: str) -> str:
    """A name without differences of case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def known_companies(
    store: EventStore, scope: Scope, *, confirmed: Collection[str] = (), names: Collection[str] | None = None
) -> list[ListedCompany]:
    """The companies of the scope, or those of these names.

    Of a name with visits that are certainly its own and others, the certain ones count alone.
    """
    which = events.c.company.is_not(None) if names is None else events.c.company.in_(sorted(names))
    sure = is_sure(confirmed).label("sure")
    statement = (
        select(
            events.c.company,
            functions.arg_max(events.c.company_domain, best_first()).label("domain"),
            sure,
            func.min(events.c.occurred_at).label("first_seen"),
            func.max(events.c.occurred_at).label("last_seen"),
        )
        .where(scope.where(), which)
        .group_by(events.c.company, sure)
    )
    found: dict[str, ListedCompany] = {}
    for name, domain, is_certain, first_seen, last_seen in store.rows(scope.asked(statement)):
        if is_certain or name not in found:
            found[name] = ListedCompany(name, domain, bool(is_certain), first_seen, last_seen)
    return list(found.values())


def company_ids(
    store: EventStore, site: str, companies: Iterable[ListedCompany], *, only: Collection[str] | None = None
) -> dict[str, str]:
    """By name, the ids of the companies of a scope; `only` of these names, which costs less."""
    ordered = sorted(companies, key=lambda one: (not one.sure, one.first_seen, one.name))
    folds = {one.name: folded(one.name) for one in ordered}
    if only is not None:
        wanted = {folds[name] for name in only}
        ordered = [one for one in ordered if folds[one.name] in wanted]
        folds = {one.name: folds[one.name] for one in ordered}
    # A name may look like a domain, which is another company's then or is not.
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
    """By name, the ids of some companies of a scope, as `company_ids` has them among all of it.

    Only those whose names fold alike matter to each other, so the others are not asked for more than their names.
    """
    own = {one.name for one in companies}
    folds = {folded(name) for name in own}
    names = select(events.c.company).where(scope.where(), events.c.company.is_not(None)).distinct()
    alike = {name for (name,) in store.rows(scope.asked(names)) if folded(name) in folds} - own
    others = known_companies(store, scope, confirmed=confirmed, names=alike) if alike else []
    return company_ids(store, scope.site, [*companies, *others], only=own)


def find_company(
    store: EventStore, site: str, companies: Iterable[ListedCompany], asked: str
) -> tuple[str, str] | None:
    """The name and the id of the company that an id means, or that an older link names; None if it is not one of these."""
    keys = _keys(asked)
    candidates = [one for one in companies if asked in (one.domain, one.name) or folded(one.name) in keys]
    ids = company_ids(store, site, candidates)
    names = [name for name, company_id in ids.items() if company_id == asked] or [name for name in ids if name == asked]
    return (names[0], ids[names[0]]) if names else None


def name_of_company(store: EventStore, site: str, asked: str) -> str | None:
    """The name of the company that an id means, or that an older link names, in all that the site has; None if there is none."""
    owner = _owners(store, site, {asked}).get(asked)
    if owner is not None:
        return owner
    keys = _keys(asked)
    names = [name for (name,) in store.rows(_names(site)) if folded(name) in keys]
    return asked if asked in names else min(names, default=None)


def _keys(asked: str) -> set[str]:
    """The folded names that an id or an older link may mean; to fold once more does not leave every text as it is."""
    plain = asked.removeprefix(_BY_NAME)
    return {asked, plain, folded(asked), folded(plain)}


def _names(site: str) -> Select[Any]:
    return select(events.c.company).where(events.c.site == site, events.c.company.is_not(None)).distinct()


def _owners(store: EventStore, site: str, domains: Collection[str]) -> dict[str, str]:
    """By domain, the name of the company whose id it is; a domain that no company of the site has is left out.

    What has no dot, or a space, is not a domain.
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
