"""The values of dimensions that have the most visitors, by a distinct count for each value that the events have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true, tuple_, union_all

from tracker.stats import metrics
from tracker.stats.aggregation import Group
from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.counting import Counting
from tracker.stats.rollups.wanted import Wanted
from tracker.stats.scope import Scope, naive
from tracker.store.schema import events

# No visit is longer. Further from the period's edges than this, a visit's first row is within the period.
_LONGEST_VISIT = timedelta(days=1)


def leading_of_groups(
    counted: Counting, dimensions: Sequence[Dimension], wanted: Wanted
) -> dict[Dimension, pd.DataFrame]:
    """The wanted values of several dimensions by visitors, from the events, in one statement: `value` and `visitors`."""
    if not dimensions:
        return {}
    facts = [one for one in dimensions if _is_on_every_row(one)]
    marks = _marks(facts)
    parts = [_leading_facts(counted.scope, marks, wanted)] if facts else []
    for one in dimensions:
        if one not in marks:
            marks[one] = -1 - len(marks)
            found = _wanted_values(counted, one, wanted).subquery()
            parts.append(select(literal(marks[one]).label("which"), found.c.g0.label("value"), found.c.visitors))
    both = union_all(*parts).subquery("both") if len(parts) > 1 else parts[0].subquery("both")
    ordered = select(both).order_by(both.c.which, both.c.visitors.desc(), both.c.value)
    frame = counted.frame(counted.scope.asked(ordered))
    return {one: frame[frame["which"] == mark][["value", "visitors"]].copy() for one, mark in marks.items()}


def _wanted_values(counted: Counting, dimension: Dimension, wanted: Wanted) -> Select[Any]:
    statement = counted.statement(("visitors",), [Group(dimension)])
    if wanted.named is not None:
        by_value = statement.subquery("by_value")
        return select(by_value).where(wanted.is_named(by_value.c.g0, dimension))
    columns = statement.selected_columns
    return statement.order_by(columns["visitors"].desc(), columns["g0"]).limit(wanted.first)


def _is_on_every_row(dimension: Dimension) -> bool:
    definition = dimension.definition
    return not (
        dimension.is_event_level or definition.of_last_page_view or definition.in_mid_visit or definition.worked_out
    )


def _marks(dimensions: Sequence[Dimension]) -> dict[Dimension, int]:
    """What GROUPING gives of rows that are grouped by one of several: a bit for each, the first one's the highest, which is 0."""
    everything = 2 ** len(dimensions) - 1
    return {one: everything - 2 ** (len(dimensions) - 1 - index) for index, one in enumerate(dimensions)}


def _leading_facts(scope: Scope, marks: Mapping[Dimension, int], wanted: Wanted) -> Select[Any]:
    """Of dimensions that stand alike on each row of a visit: all in one scan of the visits' first rows, as which, value and visitors."""
    columns = [one.event_column for one in marks]
    which = func.grouping(*columns).label("which")
    by_value = (
        select(which, *columns, metrics.VISITORS.label("visitors"))
        .where(scope.where(), _first_rows(scope))
        .group_by(func.grouping_sets(*(tuple_(column) for column in columns)))
        .subquery("by_value")
    )
    value = func.coalesce(*(by_value.c[column.name] for column in columns)).label("value")
    rank = func.row_number().over(partition_by=by_value.c.which, order_by=[by_value.c.visitors.desc(), value])
    ranked = select(by_value.c.which, value, by_value.c.visitors, rank.label("rank")).subquery("ranked")
    return select(ranked.c.which, ranked.c.value, ranked.c.visitors).where(wanted.of(ranked, marks, ranked.c.which))


def _first_rows(scope: Scope) -> ColumnElement[bool]:
    """One row for each visit. Near the period's edges, where a visit may be cut, all rows; also where not all of a visit's are kept."""
    if scope.keeps_single_events:
        return true()
    return or_(
        events.c.visits > 0,
        events.c.occurred_at < naive(scope.period.start_at + _LONGEST_VISIT),
        events.c.occurred_at >= naive(scope.period.end_at - _LONGEST_VISIT),
    )
