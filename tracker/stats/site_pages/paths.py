"""Paths: the pages that visits view before and after one page, with the companies of these visits.

A page that is loaded again is one view here. Visits that go on beyond the period are read as far as they go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_

from tracker.stats.companies.whose import with_companies
from tracker.stats.long_visits import followed
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import EventStore
from tracker.store.schema import events


@dataclass(frozen=True)
class Neighbour:
    """What visits viewed just before or after the page; None where they began or ended there. `companies` are sure ones."""

    page: str | None
    visits: int
    companies: int


@dataclass(frozen=True)
class Paths:
    """The visits with the page, and what they viewed before and after it, the most visits first.

    A visit that comes to the page twice has two ways to and from it.
    """

    visits: int
    companies: int
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]


def paths(store: EventStore, scope: Scope, page: str) -> Paths:
    """Returns what comes before and after a page, by its path, in the visits of a scope."""
    return once_of_present(store, scope, ("paths", page), lambda opened: _paths(opened, scope, page))


def _paths(store: EventStore, scope: Scope, page: str) -> Paths:
    """In one statement: a row of all, and one for each page before and for each page after."""
    with store.snapshot() as snapshot, with_companies(store, scope) as whose:
        view = _at_page(scope, followed(snapshot, scope), page).subquery("at_page")
        sides = (view.c.before, view.c.after)
        statement = (
            select(
                *sides,
                *(func.grouping(side).label(f"not_by_{side.name}") for side in sides),
                func.count(view.c.visit_id.distinct()).label("visits"),
                func.count(whose.c.company.distinct()).label("companies"),
            )
            .select_from(view.join(whose, whose.c.visit_id == view.c.visit_id, isouter=True))
            .group_by(func.grouping_sets(*(tuple_(side) for side in sides), tuple_()))
        )
        rows = snapshot.rows(statement)
    ((visits, companies),) = [(row.visits, row.companies) for row in rows if row.not_by_before and row.not_by_after]
    return Paths(
        visits,
        companies,
        _in_order(Neighbour(row.before, row.visits, row.companies) for row in rows if not row.not_by_before),
        _in_order(Neighbour(row.after, row.visits, row.companies) for row in rows if not row.not_by_after),
    )


def _in_order(found: Iterable[Neighbour]) -> tuple[Neighbour, ...]:
    """The most visits first, then by their paths, and last where visits began or ended."""
    return tuple(sorted(found, key=lambda one: (-one.visits, one.page is None, one.page or "")))


def _at_page(scope: Scope, found: Scope, page: str) -> Select[Any]:
    """Each view of the page in the period, by its visit, with the views before and after it. `found` follows visits beyond it."""
    own = events.c
    is_view = (own.pageviews > 0, own.path.is_not(None))
    with_page = select(own.visit_id).where(found.where(), *is_view, own.path == page)
    in_turn: dict[str, Any] = {"partition_by": own.visit_id, "order_by": (own.occurred_at, own.path)}
    views = select(own.visit_id, own.occurred_at, own.path, func.lag(own.path).over(**in_turn).label("same")).where(
        found.around(), *is_view, own.visit_id.in_(with_page)
    )
    view = views.subquery("view").c
    turn: dict[str, Any] = {"partition_by": view.visit_id, "order_by": (view.occurred_at, view.path)}
    changes = select(
        view.visit_id,
        view.occurred_at,
        view.path,
        view.same.label("before"),
        func.lead(view.path).over(**turn).label("after"),
    ).where(or_(view.same.is_(None), view.same != view.path))
    change = changes.subquery("change").c
    return select(change.visit_id, change.before, change.after).where(
        change.path == page,
        change.occurred_at >= naive(scope.period.start_at),
        change.occurred_at < naive(scope.period.end_at),
    )
