"""Paths: the pages that visits view before and after one page, with the companies of these visits.

A page that is loaded again is one view here. Visits that go on beyond the period are read as far as they go.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, func, or_, select

from tracker.stats.funnels.in_parts import EVENTS_AT_ONCE, parts
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


def paths(store: EventStore, scope: Scope, page: str, *, at_once: int = EVENTS_AT_ONCE) -> Paths:
    """Returns what comes before and after a page, by its path, in the visits of a scope.

    `at_once` is of how many events of the period, about, the visits are read together.
    """
    return once_of_present(store, scope, ("paths", page), lambda opened: _paths(opened, scope, page, at_once))


def _paths(store: EventStore, scope: Scope, page: str, at_once: int) -> Paths:
    named = companies_by_visit(store, scope)
    with store.snapshot() as snapshot:
        found = followed(snapshot, scope)
        read = [
            _counted(snapshot.frame(_at_page(scope, found, page, part)), named)
            for part in parts(snapshot, scope, events.c.visit_id, at_once=at_once)
        ]
    return Paths(
        sum(one.visits for one in read),
        len(set().union(*(one.companies for one in read))),
        _neighbours(one.before for one in read),
        _neighbours(one.after for one in read),
    )


@dataclass(frozen=True)
class _Side:
    """Of one side of the page: how many visits had each neighbour, and each pair of a neighbour and a company once."""

    visits: pd.Series
    pairs: pd.DataFrame


@dataclass(frozen=True)
class _Counted:
    """What some visits have: how many they are, their companies, and what was viewed before and after."""

    visits: int
    companies: set[str]
    before: _Side
    after: _Side


def _at_page(scope: Scope, found: Scope, page: str, part: ColumnElement[bool]) -> Select[Any]:
    """Each view of the page in the period, by its visit, with the views before and after it. `found` follows visits beyond it."""
    own = events.c
    is_view = (own.pageviews > 0, own.path.is_not(None), part)
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


def _counted(rows: pd.DataFrame, named: pd.Series) -> _Counted:
    rows["company"] = rows["visit_id"].map(named)
    of_companies = rows[rows["company"].notna()]
    before, after = (
        _Side(
            rows.groupby(side, dropna=False, sort=False)["visit_id"].nunique(),
            of_companies[[side, "company"]].drop_duplicates(),
        )
        for side in ("before", "after")
    )
    return _Counted(int(rows["visit_id"].nunique()), set(of_companies["company"]), before, after)


def _neighbours(read: Iterable[_Side]) -> tuple[Neighbour, ...]:
    """The neighbours of all visits, the most visits first, then by their paths, and last where visits began or ended."""
    visits: Counter[str | None] = Counter()
    companies: defaultdict[str | None, set[str]] = defaultdict(set)
    for side in read:
        visits.update({_path(page): int(number) for page, number in side.visits.items()})
        for page, company in side.pairs.itertuples(index=False):
            companies[_path(page)].add(company)
    ordered = sorted(visits, key=lambda page: (-visits[page], page is None, page or ""))
    return tuple(Neighbour(page, visits[page], len(companies[page])) for page in ordered)


def _path(page: Any) -> str | None:
    return None if pd.isna(page) else str(page)
