"""What was read the most, and by whom: the values of a dimension with their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from sqlalchemy import select, union_all

from tracker.stats.aggregation import Group
from tracker.stats.dimensions import Dimension
from tracker.stats.leading.of_all import MOST, Known, most_of_all
from tracker.stats.leading.of_events import leading_of_events
from tracker.stats.rollups.counting import Counting, counting
from tracker.stats.rollups.moment import once
from tracker.stats.rollups.registry import TITLES
from tracker.stats.rollups.wanted import Wanted
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events


def breakdown(
    store: EventStore,
    scope: Scope,
    dimension: Dimension,
    *,
    limit: int = 10,
    offset: int = 0,
    order_by: str = "visitors",
) -> pd.DataFrame:
    """The values of a dimension, the largest `order_by` first.

    Columns: `value` (None where an event has none), visitors, visits, pageviews (int64), and `share`, the part of the
    period's visitors (0–1). Pages also have their newest `title`. `order_by` is visitors, visits or pageviews.
    """
    question = ("breakdown", dimension, limit, offset, order_by)
    frame = once(store, scope, question, lambda: _read_breakdown(store, scope, dimension, limit, offset, order_by))
    return frame.copy()


def _read_breakdown(
    store: EventStore, scope: Scope, dimension: Dimension, limit: int, offset: int, order_by: str
) -> pd.DataFrame:
    names = ("visitors", "visits", "pageviews")
    with counting(store, scope) as counted:
        statement = counted.statement(names, [Group(dimension)])
        columns = statement.selected_columns
        ordered = statement.order_by(columns[order_by].desc(), columns["g0"])
        frame = counted.frame(ordered.limit(limit).offset(offset)).rename(columns={"g0": "value"})
        everybody = int(counted.rows(counted.statement(["visitors"]))[0][0] or 0)
        return _finished(counted, scope, dimension, frame, everybody)


def leading(
    store: EventStore, scope: Scope, dimensions: Sequence[Dimension], *, limit: int, everybody: int
) -> dict[Dimension, pd.DataFrame]:
    """The first `limit` values of several dimensions by visitors, with as few scans as it takes.

    Frames as from `breakdown`, with the columns value, visitors, share and for pages title; of companies those without a name
    may be left out. `everybody` is the number of the period's visitors. Exact as long as no visit lasts more than a day.
    """
    question = ("leading", tuple(dimensions), limit, everybody)
    found = once(store, scope, question, lambda: _read_leading(store, scope, dimensions, limit, everybody))
    return {one: frame.copy() for one, frame in found.items()}


def _read_leading(
    store: EventStore, scope: Scope, dimensions: Sequence[Dimension], limit: int, everybody: int
) -> dict[Dimension, pd.DataFrame]:
    of_all = most_of_all(store, scope, dimensions)
    with counting(store, scope) as counted:
        if scope.filters or limit > MOST:
            frames = _leading(counted, dimensions, Wanted(limit), of_all)
        else:
            frames = {one: frame[:limit] for one, frame in of_all.items()}
            frames |= _leading(counted, [one for one in dimensions if one not in frames], Wanted(limit))
        return {one: _finished(counted, scope, one, frames[one], everybody) for one in dimensions}


def visitors_of(
    store: EventStore, scope: Scope, named: Mapping[Dimension, Sequence[str | None]]
) -> dict[Dimension, dict[str | None, int]]:
    """How many visitors each of the named values of dimensions has; one without any has no entry."""
    question = ("visitors_of", tuple((dimension, tuple(values)) for dimension, values in named.items()))
    found = once(store, scope, question, lambda: _read_visitors_of(store, scope, named))
    return {dimension: {**values} for dimension, values in found.items()}


def _read_visitors_of(
    store: EventStore, scope: Scope, named: Mapping[Dimension, Sequence[str | None]]
) -> dict[Dimension, dict[str | None, int]]:
    with counting(store, scope) as counted:
        frames = _leading(counted, list(named), Wanted(named=named))
    found = {}
    for dimension, frame in frames.items():
        values = frame["value"].astype(object).where(frame["value"].notna(), None)
        found[dimension] = {value: int(visitors) for value, visitors in zip(values, frame["visitors"], strict=True)}
    return found


def _leading(
    counted: Counting, dimensions: Sequence[Dimension], wanted: Wanted, of_all: Known | None = None
) -> dict[Dimension, pd.DataFrame]:
    """The wanted values of several dimensions: from rollups where they know them, else from the events."""
    known = [one for one in dimensions if counted.knows(one)]
    others = [one for one in dimensions if one not in known]
    return (counted.leading(known, wanted) if known else {}) | leading_of_events(counted, others, wanted, of_all)


def _finished(store: Counting, scope: Scope, dimension: Dimension, frame: pd.DataFrame, everybody: int) -> pd.DataFrame:
    """With whole numbers, shares, None for what is missing, and the titles of pages."""
    frame = frame.reset_index(drop=True)
    for name in ("visitors", "visits", "pageviews"):
        if name in frame:
            frame[name] = frame[name].fillna(0).astype("int64")
    frame["share"] = frame["visitors"] / everybody if everybody else 0.0
    frame["value"] = frame["value"].astype(object).where(frame["value"].notna(), None)
    if dimension is Dimension.PAGE:
        titles = _titles(store, scope, [value for value in frame["value"] if value is not None])
        frame["title"] = pd.Series([titles.get(value) for value in frame["value"]], dtype=object)
    return frame


def titles(store: EventStore, scope: Scope, paths: Sequence[str]) -> dict[str, str]:
    """Returns the newest title of each path in a scope; without those that have none."""
    with counting(store, scope) as counted:
        return _titles(counted, scope, paths)


def _titles(store: Counting, scope: Scope, paths: Sequence[str]) -> dict[str, str]:
    """The newest title of each path, searched from the period's end, which seldom goes far back."""
    if not paths:
        return {}
    if store.days is not None and TITLES not in store.days.beyond:
        return store.titles(paths)
    newest = [
        select(events.c.path, events.c.title)
        .where(scope.span(), events.c.path == path, events.c.title.is_not(None))
        .order_by(events.c.occurred_at.desc())
        .limit(1)
        .subquery()
        for path in paths
    ]
    found = union_all(*(select(one.c.path, one.c.title) for one in newest)).subquery()
    return dict(store.rows(scope.asked(select(found.c.path, found.c.title))))
