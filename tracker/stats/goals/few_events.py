"""What the events of goals and actions add up to where they are few: read as they are and counted one by one.

A database takes longer to plan the distinct counts of each goal and action than to find a few thousand events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, cast, select

from tracker.stats.companies.visit_rows import Rows
from tracker.stats.goals import MEASURES, Goal, Kind
from tracker.store.schema import AMOUNT

# More than these are left to the database.
MOST = 20_000
# What nearly every visit may do.
_FREQUENT = frozenset({Kind.PAGE, *MEASURES})


@dataclass
class Sums:
    """What some events add up to; `revenue` by currency."""

    events: int = 0
    visits: set[int] = field(default_factory=set)
    visitors: set[int] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    revenue: dict[str, Decimal] = field(default_factory=dict)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The events, the visits with one, the visitors and the companies."""
        return self.events, len(self.visits), len(self.visitors), len(self.companies)

    def add(self, visit: int, visitor: int, company: str | None, currency: str | None, amount: Decimal | None) -> None:
        """Adds an event."""
        self.events += 1
        self.visits.add(visit)
        self.visitors.add(visitor)
        if company is not None:
            self.companies.add(company)
        if currency is not None:
            self.revenue[currency] = self.revenue.get(currency, Decimal()) + (amount or 0)

    def join(self, others: Sums) -> None:
        """Adds other events."""
        self.events += others.events
        self.visits |= others.visits
        self.visitors |= others.visitors
        self.companies |= others.companies
        for currency, amount in others.revenue.items():
            self.revenue[currency] = self.revenue.get(currency, Decimal()) + amount


def sums_of_few(
    rows: Rows, of_visits: FromClause, goals: Iterable[Goal], *, by: Sequence[ColumnElement[Any]]
) -> dict[tuple[Hashable, ...], Sums] | None:
    """What the rows (`tracker.stats.goals.kept.reached`) add up to by some of their columns; None where they are many.

    `of_visits` has the companies of their visits (`tracker.stats.companies.whose.whose`).
    """
    if any(goal.kind in _FREQUENT for goal in goals):
        return None
    own = rows.c
    told = (own.visit_id, own.visitor_id, of_visits.c.company, own.currency, cast(own.revenue, AMOUNT))
    joined = rows.table.join(of_visits, of_visits.c.visit_id == own.visit_id, isouter=True)
    found = rows.rows(select(*told, *by).select_from(joined).limit(MOST + 1))
    if len(found) > MOST:
        return None
    sums: defaultdict[tuple[Hashable, ...], Sums] = defaultdict(Sums)
    for visit, visitor, company, currency, amount, *key in map(tuple, found):
        sums[tuple(key)].add(visit, visitor, company, currency, amount)
    return sums
