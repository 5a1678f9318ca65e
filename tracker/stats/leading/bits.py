"""How many visitors some values of dimensions have, all of them in one pass over the events.

A visitor is a row of integers with a bit for each value that one of their events has, and one for all other values: grouping
by visitor once costs less than a distinct count of visitors for each dimension.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.counting import Counting
from tracker.store import functions
from tracker.store.schema import events

# The most values of a dimension: one bit is for all others.
MOST_VALUES = functions.BITS - 1


class Visitors(NamedTuple):
    """The visitors of each value that was asked for, and how many had any other value."""

    of: dict[str | None, int]
    others: int


class _Place(NamedTuple):
    """Which integer has the bits of a dimension, and from which bit on: that of other values, then one a value."""

    word: int
    first: int


def can_be_bits(dimension: Dimension) -> bool:
    """Whether each event tells by itself which value it has."""
    return not dimension.definition.of_last_page_view


def visitors_of_values(
    counted: Counting, values: Mapping[Dimension, Sequence[str | None]]
) -> dict[Dimension, Visitors]:
    """How many visitors each of the values has, at most MOST_VALUES of a dimension."""
    if not values:
        return {}
    places = _places(values)
    rows = counted.rows(counted.scope.asked(_statement(counted, values, places)))
    words = [functions.numbers_of_bits(sums) for sums in rows[0]]
    found = {}
    for one, (word, first) in places.items():
        numbers = words[word][first : first + len(values[one]) + 1]
        found[one] = Visitors(dict(zip(values[one], numbers[1:], strict=True)), numbers[0])
    return found


def _places(values: Mapping[Dimension, Sequence[str | None]]) -> dict[Dimension, _Place]:
    """A place for each dimension, in as few integers as their order allows."""
    places, word, used = {}, 0, 0
    for one, of_dimension in values.items():
        if used + len(of_dimension) + 1 > functions.BITS:
            word, used = word + 1, 0
        places[one] = _Place(word, used)
        used += len(of_dimension) + 1
    return places


def _statement(
    counted: Counting, values: Mapping[Dimension, Sequence[str | None]], places: Mapping[Dimension, _Place]
) -> Select[Any]:
    words: dict[str, list[ColumnElement[int]]] = {}
    for one, (word, first) in places.items():
        words.setdefault(f"w{word}", []).append(functions.bit_of(one.event_column, values[one], first))
    whole = [functions.bit_or(reduce(_both, bits)).label(name) for name, bits in words.items()]
    by_visitor = select(*whole).where(counted.scope.where()).group_by(events.c.visitor_id).subquery("by_visitor")
    return select(*(functions.sums_of_bits(by_visitor.c[name]).label(name) for name in words))


def _both(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return one.bitwise_or(other)
