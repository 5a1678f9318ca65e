"""All values of a dimension with their figures: searched, ordered and page by page, as many as there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, literal, or_, select, true

from tracker.stats.aggregation import Group
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.counting import Counting, counting
from tracker.stats.rollups.moment import once
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events


@dataclass(frozen=True)
class Asked:
    """Which values: those that hold the `search` text in any case, or that are one of the `codes` that it means.

    `order_by` is one of `names`, metrics by their names, or `value`. `named`, where it is not None, are all that are asked for.
    """

    names: tuple[str, ...]
    search: str = ""
    codes: tuple[str, ...] = ()
    named: tuple[str | None, ...] | None = None
    order_by: str = "visitors"
    descending: bool = True
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True)
class Details:
    """`rows` has `value` (None where an event has none) and the metrics asked for; `number` is how many values there are in all."""

    rows: pd.DataFrame
    number: int


def details(store: EventStore, scope: Scope, dimension: Dimension, asked: Asked) -> Details:
    """Returns the values of a dimension in a scope, from figures of days where they know them."""
    found = once(store, scope, ("details", dimension, asked), lambda: _read(store, scope, dimension, asked))
    return replace(found, rows=found.rows.copy())


def _read(store: EventStore, scope: Scope, dimension: Dimension, asked: Asked) -> Details:
    with counting(store, scope) as counted:
        by_value = counted.statement(asked.names, [Group(dimension)]).subquery("by_value")
        value = by_value.c.g0
        key = value if asked.order_by == "value" else by_value.c[asked.order_by]
        ordered = key.desc().nulls_last() if asked.descending else key.asc().nulls_last()
        statement = (
            select(
                value.label("value"), *(by_value.c[name] for name in asked.names), func.count().over().label("number")
            )
            .where(_wanted(counted, dimension, asked, value))
            .order_by(ordered, value.asc().nulls_last())
            .limit(asked.limit)
            .offset(asked.offset)
        )
        frame = counted.frame(statement if counted.days is not None else scope.asked(statement))
    number = int(frame["number"].iloc[0]) if len(frame) else 0
    frame["value"] = frame["value"].astype(object).where(frame["value"].notna(), None)
    return Details(frame.drop(columns="number").reset_index(drop=True), number)


def _wanted(counted: Counting, dimension: Dimension, asked: Asked, value: ColumnElement[Any]) -> ColumnElement[bool]:
    if asked.named is not None:
        return is_among(value, asked.named)
    has_value = value.is_not(None) if dimension.definition.only_named else true()
    if not asked.search:
        return has_value
    holds: list[ColumnElement[bool]] = [functions.contains(func.lower(value), func.lower(literal(asked.search)))]
    if asked.codes:
        holds.append(is_among(value, [code or None for code in asked.codes]))
    if dimension is Dimension.PAGE:
        titled = functions.contains(func.lower(events.c.title), func.lower(literal(asked.search)))
        holds.append(value.in_(select(events.c.path).where(counted.scope.span(), titled)))
    return or_(*holds)


def is_among(value: ColumnElement[Any], values: Collection[str | None] | Sequence[str | None]) -> ColumnElement[bool]:
    """Whether a column is one of the values; None is the missing one."""
    texts = [one for one in values if one is not None]
    return or_(value.in_(texts), value.is_(None)) if len(texts) < len(values) else value.in_(texts)
