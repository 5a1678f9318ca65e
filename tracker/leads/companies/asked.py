"""The company of an id or of an older link."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.leads.companies.claims import claims_of_names, owners_of_domains
from tracker.leads.companies.ids import company_ids
from tracker.leads.companies.known import ListedCompany
from tracker.leads.companies.names import folded, keys_of
from tracker.leads.corrections.corrected_store import shown_names, stored
from tracker.store.protocol import EventStore


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
    owner = owners_of_domains(of_events, site, {asked}).get(asked)
    if owner is not None:
        return names.shown(owner)
    known, keys = list({one.company for one in claims_of_names(of_events, site)}), keys_of(asked)
    found = [name for name in known if folded(name) in keys]
    if not found and names:  # a name that only a correction gives
        shown = names.mapped(known)
        found = [one for one in names.all_names if folded(one) in keys and names.shown(one) in shown]
    best = asked if asked in found else min(found, default=None)
    return None if best is None else names.shown(best)
