"""The company whose page somebody looks at: what takes long on it is ready again when figures are counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tracker.leads.listing.named import companies_of_same_beginning
from tracker.leads.one_company.alike import Alike, companies_alike
from tracker.leads.report import one_lead
from tracker.leads.score_rules import Rules
from tracker.stats.rollups.moment import once_of_present, reads_kept_rows
from tracker.stats.rollups.ready import asked
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_MOST_ALIKE = 25


def note_company(
    store: EventStore, scope: Scope, name: str, *, now: datetime, confirmed: Collection[str], rules: Rules
) -> None:
    """Notes that somebody looks at a company; of a site's companies the last one is made ready."""

    def again(page: EventStore) -> None:
        one_lead(page, scope, name, now=now, confirmed=confirmed, rules=rules)
        most_alike(page, scope, name, confirmed)
        same_name(page, scope, name, confirmed)

    if reads_kept_rows(scope.filters):
        asked(store, scope.site, "company", again)


def most_alike(store: EventStore, scope: Scope, name: str, confirmed: Collection[str]) -> Sequence[Alike]:
    """Returns the companies that are most alike, for a page from what another saw if nothing changed."""
    question = ("companies alike", name, tuple(sorted(confirmed)))
    return once_of_present(
        store,
        scope,
        question,
        lambda page: companies_alike(page, scope, name, confirmed=confirmed, limit=_MOST_ALIKE),
    )


def same_name(store: EventStore, scope: Scope, name: str, confirmed: Collection[str]) -> list[str]:
    """The same for the companies whose names begin alike."""
    question = ("same beginning", name, tuple(sorted(confirmed)))
    return once_of_present(
        store, scope, question, lambda page: companies_of_same_beginning(page, scope, name, confirmed=confirmed)
    )
