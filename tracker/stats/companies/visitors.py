"""How many visitors came from companies that belong together, as a figure filtered by these companies has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


def visitors_by_value(store: EventStore, scope: Scope, values: Mapping[str, str]) -> Counter[str]:
    """Counts the visitors of each value; `values` has that of each company, by the name that pages show."""
    with company_rows(store, scope) as did:
        pairs: Sequence[Any] = did.rows(select(did.c.company, did.c.visitor_id).distinct())
    # A visitor of two companies that have the same value is one.
    seen = {(values[company], visitor) for company, visitor in pairs if company in values}
    return Counter(value for value, _ in seen)
