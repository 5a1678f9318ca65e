"""SQL functions that differ between engines: SQLAlchemy constructs that each engine's folder compiles.

Standard SQL stays with `sqlalchemy.func`: sums, counts, extremes, `coalesce`, windows, grouping sets. A statement with
one of these compiles once the rules of its engine are loaded (`tracker.store.duckdb.functions`), which opening a store
does. For null they return null; aggregates ignore nulls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, DateTime, Double, Text, literal, select
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class arg_max(FunctionElement[Any]):
    """An aggregate: `value` of the row with the greatest `by`; of any one if there are several."""

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any], by: ColumnElement[Any]) -> None:
        super().__init__(value, by)
        self.type = value.type


class any_value(FunctionElement[Any]):
    """An aggregate: the value of any row. For values that all rows of a group share."""

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any]) -> None:
        super().__init__(value)
        self.type = value.type


class bit_or(FunctionElement[int]):
    """An aggregate: the bits that are set in any of the integers."""

    inherit_cache = True
    type = BigInteger()

    def __init__(self, bits: ColumnElement[int]) -> None:
        super().__init__(bits)


# So many bits of an integer can be added up (`sums_of_bits`).
BITS = 62
_LANE = BITS // 2


class bit_of(FunctionElement[int]):
    """An integer with one bit: that of the place of a text in `values`, from `first` + 1 on, or else that of `first`."""

    inherit_cache = True
    type = BigInteger()

    def __init__(self, text: ColumnElement[Any], values: Sequence[str | None], first: int) -> None:
        super().__init__(text, literal(list(values), ARRAY(Text())), literal(first))


class sums_of_bits(FunctionElement[Any]):
    """An aggregate: how many integers have each bit set, two bits to a sum (`numbers_of_bits`)."""

    inherit_cache = True
    type = ARRAY(BigInteger())
    # The first bit of each sum is in its lower half, and counts up to two billion.
    places = range(_LANE)
    mask = 1 | 1 << _LANE

    def __init__(self, word: ColumnElement[int]) -> None:
        super().__init__(word)


def numbers_of_bits(sums: Sequence[int | None]) -> list[int]:
    """Returns how many integers have each bit set, of what `sums_of_bits` returns; 0 where there were none."""
    lower = (1 << _LANE) - 1
    return [(one or 0) & lower for one in sums] + [(one or 0) >> _LANE for one in sums]


class unnest(FunctionElement[Any]):
    """A row for each of the values, which are sent as one array. Several in one select are columns of the same rows.

    A thousand values in an IN or a VALUES cost an engine more than the query itself.
    """

    inherit_cache = True

    def __init__(self, values: Sequence[Any], of: TypeEngine[Any]) -> None:
        super().__init__(literal(list(values), ARRAY(of)))
        self.type = of


def is_one_of(text: ColumnElement[Any], texts: Sequence[str]) -> ColumnElement[bool]:
    """Whether a text is one of these: an IN whose values are sent as one array."""
    return text.in_(select(unnest(texts, Text())))


class contains(FunctionElement[bool]):
    """Whether a text contains `part`. No character of `part` is a wildcard."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, text: ColumnElement[Any], part: ColumnElement[Any]) -> None:
        super().__init__(text, part)


class json_text(FunctionElement[str]):
    """The value of a key in a JSON object that stands as text, as text too; null where there is none, or no object."""

    inherit_cache = True
    type = Text()

    def __init__(self, text: ColumnElement[Any], key: str) -> None:
        super().__init__(text, literal(key))


class split_part(FunctionElement[str]):
    """The part of a text at a place, from 1, where the text is split by a separator; empty if there are fewer parts."""

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
    """The seconds of a timestamp since 1970 in UTC, with fractions."""

    inherit_cache = True
    type = Double()

    def __init__(self, moment: ColumnElement[Any]) -> None:
        super().__init__(moment)


class date_trunc(FunctionElement[Any]):
    """The start of the hour, day, ISO week, month or year of a timestamp."""

    inherit_cache = True
    type = DateTime()

    def __init__(self, interval: str, moment: ColumnElement[Any]) -> None:
        super().__init__(literal(interval), moment)


class seconds_before(FunctionElement[Any]):
    """The timestamp a number of whole seconds before another; after it for a negative number."""

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
