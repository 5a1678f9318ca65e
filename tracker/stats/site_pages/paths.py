"""Paths: the pages that visits view before and after one page, with the companies of these visits.

A page that is loaded again is one view here. Visits that go on beyond the period are read as far as they go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import func, or_, select

from tracker.stats.goals.whose import companies_by_visit
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
    with store.snapshot() as snapshot:
        found = followed(snapshot, scope)
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
        at_page = select(change.visit_id, change.before, change.after).where(
            change.path == page,
            change.occurred_at >= naive(scope.period.start_at),
            change.occurred_at < naive(scope.period.end_at),
        )
        rows = snapshot.frame(at_page)
    rows["company"] = rows["visit_id"].map(companies_by_visit(store, scope))
    return Paths(
        int(rows["visit_id"].nunique()),
        int(rows["company"].nunique()),
        _neighbours(rows, "before"),
        _neighbours(rows, "after"),
    )


def _neighbours(rows: pd.DataFrame, side: str) -> tuple[Neighbour, ...]:
    grouped = rows.groupby(side, dropna=False, sort=True)
    counted = grouped.agg(visits=("visit_id", "nunique"), companies=("company", "nunique"))
    counted = counted.sort_values("visits", ascending=False, kind="stable")
    return tuple(
        Neighbour(None if pd.isna(page) else str(page), int(visits), int(companies))
        for page, visits, companies in counted.itertuples()
    )
