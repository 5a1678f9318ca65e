"""Which values of dimensions a question is about: the first so many, or some that are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, or_, true

from tracker.stats.dimensions import Dimension


@dataclass(frozen=True)
class Wanted:
    """Which values of dimensions are asked for: the first so many, or some that are named."""

    first: int = 0
    named: Mapping[Dimension, Sequence[str | None]] | None = None

    def of(self, ranked: Any, marks: Mapping[Dimension, Any], mark: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on rows of value and rank, in which `mark` is what each dimension has in `marks`."""
        if self.named is None:
            return cast(ColumnElement[bool], ranked.c.rank <= self.first)
        return or_(false(), *(and_(mark == marks[one], self.is_named(ranked.c.value, one)) for one in marks))

    def is_among(self, rows: Any) -> ColumnElement[bool]:
        """The condition on rows of rollups, by dimension and value: all of them unless some are named."""
        if self.named is None:
            return true()
        return self.of(rows, {one: one.value for one in self.named}, rows.c.dimension)

    def is_named(self, value: ColumnElement[Any], dimension: Dimension) -> ColumnElement[bool]:
        named = (self.named or {}).get(dimension, ())
        texts = [one for one in named if one is not None]
        return or_(value.in_(texts), value.is_(None)) if len(texts) < len(named) else value.in_(texts)
