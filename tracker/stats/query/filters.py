"""The filters of a Stats API v2 query: nested lists, read and checked, as a condition on event rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_

from tracker.stats.query.names import DIMENSIONS, QueryError
from tracker.stats.scope import EVENT_LEVEL, Dimension, Filter, Scope, matches

_MOST_NESTED = 20
_OPERATORS = ("is", "is_not", "contains", "contains_not")


def read_filters(filters: Any, scope: Scope) -> tuple[ColumnElement[bool] | None, bool]:
    """The condition of a list of filters, and whether one of them picks single events."""
    if not isinstance(filters, list):
        raise QueryError("`filters` must be a list")
    if not filters:
        return None, False
    parts = [_filter(one, scope, 0) for one in filters]
    return and_(*(condition for condition, _ in parts)), any(picks for _, picks in parts)


def _filter(one: Any, scope: Scope, depth: int) -> tuple[ColumnElement[bool], bool]:
    if depth > _MOST_NESTED:
        raise QueryError(f"`filters` are nested more than {_MOST_NESTED} deep")
    if not isinstance(one, list) or not one:
        raise QueryError(f'a filter is a list such as ["is", "visit:source", ["Google"]], not {one!r}')
    operator = one[0]
    if operator == "not" and len(one) == 2:
        condition, picks = _filter(one[1], scope, depth + 1)
        return not_(condition), picks
    if operator in ("and", "or") and len(one) == 2 and isinstance(one[1], list) and one[1]:
        parts = [_filter(inner, scope, depth + 1) for inner in one[1]]
        joined = and_(*(part for part, _ in parts)) if operator == "and" else or_(*(part for part, _ in parts))
        return joined, any(picks for _, picks in parts)
    if operator not in _OPERATORS:
        raise QueryError(f"`filters` knows no {operator!r}; it knows {', '.join(_OPERATORS)}, and, or, not")
    return _comparison(one, scope)


def _comparison(one: list[Any], scope: Scope) -> tuple[ColumnElement[bool], bool]:
    shape = len(one) == 3 and isinstance(one[1], str) and one[1] in DIMENSIONS and isinstance(one[2], list)
    if not shape or not all(isinstance(value, str) or value is None for value in one[2]):
        raise QueryError(
            f'the filter {one!r} must be ["{one[0]}", DIMENSION, [VALUES…]]: values are text or null,'
            f" dimensions {', '.join(DIMENSIONS)}"
        )
    if not all(_is_text(value) for value in one[2] if value is not None):
        raise QueryError(f"the filter {one!r} has a value that is not Unicode text: half of a surrogate pair")
    dimension = DIMENSIONS[one[1]]
    asked = Filter(dimension, one[0], tuple("" if value is None else value for value in one[2]))
    if dimension is Dimension.EXIT_PAGE:
        return scope.visits_with(asked), False
    return matches(asked), dimension in EVENT_LEVEL


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
