"""The few companies of a scope that a link or a name is about, found without reading what all others did."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from tracker.enrichment.organisation.name_beginnings import begin_alike, name_words
from tracker.enrichment.organisation.name_tokens import that_may_have_token
from tracker.leads.companies.known import ListedCompany, known_companies, names_among
from tracker.leads.companies.names import folded, keys_of
from tracker.leads.corrections.corrected_store import shown_names
from tracker.leads.corrections.suggestions import same_beginning
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


def companies_of_link(
    store: EventStore, scope: Scope, asked: str, *, confirmed: Collection[str] = ()
) -> list[ListedCompany]:
    """Returns the companies that an id or an older link may mean: those of the scope that `find_company` looks at."""
    keys, corrected = keys_of(asked), shown_names(store, scope.site).all_names
    named = {name for name in names_among(store, scope) if name in corrected or name == asked or folded(name) in keys}
    return known_companies(store, scope, confirmed=confirmed, names=named | _with_domain(store, scope, asked))


def companies_of_same_beginning(
    store: EventStore, scope: Scope, name: str, *, confirmed: Collection[str] = ()
) -> list[str]:
    """Returns what `same_beginning` does of all companies of the scope."""
    words = name_words(name)
    likely = that_may_have_token(names_among(store, scope), words[0]) if words else ()
    alike = {one for one in likely if begin_alike(words, name_words(one))}
    own = known_companies(store, scope, confirmed=confirmed, names={name})
    domains = [one.domain for one in own if one.domain]
    same_domain = {one for domain in domains for one in _with_domain(store, scope, domain)}
    return same_beginning(name, known_companies(store, scope, confirmed=confirmed, names=alike | same_domain | {name}))


def _with_domain(store: EventStore, scope: Scope, domain: str) -> set[str]:
    """The names of the companies that have a domain."""
    with company_rows(store, scope) as did:
        rows: Sequence[tuple[str]] = did.rows(select(did.c.company).where(did.c.company_domain == domain).distinct())
    return {name for (name,) in rows}
