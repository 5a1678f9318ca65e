"""How many of a site's visits came from a company that has a name, from possible ones, and from where nobody can be named.

The same number stands on the overview, in the weekly email and in the API, where it is `visits_begun` by
`visit:identification`. Each visit counts where it was at its end: a visitor may name their company in the middle of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.stats.aggregation import Group
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.counting import counting
from tracker.stats.rollups.moment import once
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class Identified:
    """Visits by how far their company is known: `line` is a home or mobile line, `hosting` a host or a VPN."""

    named: int = 0
    possible: int = 0
    line: int = 0
    hosting: int = 0
    other: int = 0

    @property
    def visits(self) -> int:
        return self.named + self.possible + self.line + self.hosting + self.other

    def share(self, visits: int) -> float:
        """Some of the visits as a fraction of all, 0 to 1."""
        return visits / self.visits if self.visits else 0.0


def identified(store: EventStore, scope: Scope) -> Identified:
    """Counts the visits that began in the period; from sealed days where they have them."""
    return once(store, scope, "identified", lambda: _identified(store, scope))


def _identified(store: EventStore, scope: Scope) -> Identified:
    with counting(store, scope) as counted:
        rows = counted.rows(counted.statement(["visits_begun"], [Group(Dimension.IDENTIFICATION)]))
    return Identified(**{row.g0: int(row.visits_begun or 0) for row in rows if row.g0 is not None})
