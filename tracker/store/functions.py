"""SQL functions that engines say differently: constructs of SQLAlchemy's that each engine's folder compiles.

Standard SQL stays with `sqlalchemy.func`: sums, counts, extremes, `coalesce`, windows, grouping sets. A statement with
one of these compiles once the rules of its engine are loaded (`tracker.store.duckdb.functions`), which opening a store
does. Of null they return null; aggregates leave nulls out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, DateTime, Double, Text, literal
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class arg_max(FunctionElement[Any]):
    """An aggregate: `value` in the row in which `by` is greatest; which of several is not said."""

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any], by: ColumnElement[Any]) -> None:
        super().__init__(value, by)
        self.type = value.type


class any_value(FunctionElement[Any]):
    """An aggregate: the value of any row; for what all rows of a group share."""

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any]) -> None:
        super().__init__(value)
        self.type = value.type


class bit_or(FunctionElement[int]):
    """An aggregate: the bits that are set in any of the whole numbers."""

    inherit_cache = True
    type = BigInteger()

    def __init__(self, bits: ColumnElement[int]) -> None:
        super().__init__(bits)


class unnest(FunctionElement[Any]):
    """A row for each of the values, which are sent as one; several in one select go side by side.

    A thousand values in an IN or a VALUES cost an engine more than the query that they narrow.
    """

    inherit_cache = True

    def __init__(self, values: Sequence[Any], of: TypeEngine[Any]) -> None:
        super().__init__(literal(list(values), ARRAY(of)))
        self.type = of


class contains(FunctionElement[bool]):
    """Whether a text has `part` in it; no sign of `part` is a wildcard."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> None:
        super().__init__(text, part)


class split_part(FunctionElement[str]):
    """The part of a text at a place, counted from 1, between a separator; empty where there are fewer."""

    inherit_cache = True
    type = Text()

    def __init__(self, text: ColumnElement[Any], separator: str, place: int) -> None:
        super().__init__(text, literal(separator), literal(place))


class regexp_replace(FunctionElement[str]):
    """A text with the first match of a regular expression (RE2) replaced."""

    inherit_cache = True
    type = Text()

    def __init__(self, text: ColumnElement[Any], pattern: str, replacement: str) -> None:
        super().__init__(text, literal(pattern), literal(replacement))


class epoch_seconds(FunctionElement[float]):
    """The seconds of a moment since 1970 in UTC, with fractions."""

    inherit_cache = True
    type = Double()

    def __init__(self, moment: ColumnElement[Any]) -> None:
        super().__init__(moment)


class date_trunc(FunctionElement[Any]):
    """The start of the hour, day, ISO week, month or year that a moment lies in."""

    inherit_cache = True
    type = DateTime()

    def __init__(self, interval: str, moment: ColumnElement[Any]) -> None:
        super().__init__(literal(interval), moment)


class seconds_before(FunctionElement[Any]):
    """The moment that lies a number of whole seconds before another; after it for a negative number."""

    inherit_cache = True
    type = DateTime()

    def __init__(self, moment: ColumnElement[Any], seconds: ColumnElement[Any]) -> None:
        super().__init__(moment, seconds)


class each_of(FunctionElement[Any]):
    """In a select: a row for each of the values in the place of one. Several of as many values go side by side."""

    inherit_cache = True

    def __init__(self, *values: ColumnElement[Any]) -> None:
        super().__init__(*values)
        self.type = values[0].type
