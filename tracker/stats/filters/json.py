"""Filters as JSON: nested lists as the Stats API v2 has them, and the form in which they are stored.

`["is", "visit:source", ["Google"]]`, `["and", […]]`, `["or", […]]`, `["not", FILTER]`, `["has_done", FILTER]`,
`["has_not_done", FILTER]`, `["at_least", "event:scroll_depth", 75, FILTER]` (or `"visit:engaged_seconds"`, of the pages that the
filter keeps); null is the missing value. Source: https://plausible.io/docs/stats-api#filters.
A stored text is an object with its version, so that a later one knows how it was meant.
"""

from __future__ import annotations

import json
from typing import Any

from tracker.stats.dimensions import BY_API_NAME, Dimension
from tracker.stats.filters import (
    OPERATORS,
    And,
    AtLeast,
    Comparison,
    Filter,
    FilterError,
    HasDone,
    Measure,
    Not,
    Or,
    comparisons,
)

VERSION = 1
_MOST_NESTED = 20
# Each asks something of every event: more than a person means, and still an answer within seconds.
_MOST_COMPARED = 200
_JOINED: dict[str, type[And | Or]] = {"and": And, "or": Or}
# Each property of events is a dimension of its own to the API.
_PROPERTY = "event:props:"
_MEASURES: dict[str, Measure] = {"event:scroll_depth": "scroll_depth", "visit:engaged_seconds": "engaged_seconds"}
_OF_ONE = ("not", "has_done", "has_not_done")


def read_filters(filters: Any) -> tuple[Filter, ...]:
    """The filters of a list, all of which must hold. Raises FilterError."""
    if not isinstance(filters, list):
        raise FilterError("`filters` must be a list")
    found = tuple(_read(one, 0) for one in filters)
    if sum(1 for one in found for _ in comparisons(one)) > _MOST_COMPARED:
        raise FilterError(f"`filters` have more than {_MOST_COMPARED} comparisons; put values into one list instead")
    return found


def write_filters(filters: tuple[Filter, ...]) -> list[Any]:
    """The list that `read_filters` reads as these filters."""
    return [_write(one) for one in filters]


def write_filter_text(one: Filter) -> str:
    """One filter as a text. Raises FilterError for what could not be read back."""
    text = json.dumps(_write(one), ensure_ascii=False, separators=(",", ":"))
    if read_filter_text(text) != one:
        raise FilterError(f"this filter cannot be written: {one}")
    return text


def read_filter_text(text: str) -> Filter:
    """The filter of a text as `write_filter_text` makes it. Raises FilterError."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise FilterError(
            f'{text[:80]!r} is not a filter in JSON, such as ["is", "visit:source", ["Google"]]'
        ) from problem
    (one,) = read_filters([listed])
    return one


def write_stored(filters: tuple[Filter, ...]) -> str:
    """The filters as a text to keep. Raises FilterError for what could not be read back."""
    listed = write_filters(filters)
    if read_filters(listed) != filters:
        raise FilterError(f"these filters cannot be stored: {filters}")
    return json.dumps({"version": VERSION, "filters": listed}, ensure_ascii=False, separators=(",", ":"))


def read_stored(text: str) -> tuple[Filter, ...]:
    """The filters of a text that this or an earlier version kept. Raises FilterError."""
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise FilterError(f"the stored filters are not JSON: {problem}") from problem
    if not isinstance(stored, dict) or type(stored.get("version")) is not int or "filters" not in stored:
        raise FilterError("stored filters are an object with `version`, a number, and `filters`, a list")
    if not 1 <= stored["version"] <= VERSION:
        raise FilterError(
            f"the filters were stored in version {stored['version']} of their form, and this program reads up to"
            f" {VERSION}; update it"
        )
    unknown = [key for key in stored if key not in ("version", "filters")]
    if unknown:
        raise FilterError(f"stored filters have no {unknown[0]!r}; they have version and filters")
    return read_filters(stored["filters"])


def _read(one: Any, depth: int) -> Filter:
    if depth > _MOST_NESTED:
        raise FilterError(f"`filters` are nested more than {_MOST_NESTED} deep")
    if not isinstance(one, list) or not one:
        raise FilterError(f'a filter is a list such as ["is", "visit:source", ["Google"]], not {one!r}')
    operator = one[0]
    if operator in _OF_ONE and len(one) == 2:
        part = _read(one[1], depth + 1)
        if operator == "not":
            return Not(part)
        return HasDone(part) if operator == "has_done" else Not(HasDone(part))
    if operator in ("and", "or") and len(one) == 2 and isinstance(one[1], list) and one[1]:
        return _JOINED[operator](tuple(_read(inner, depth + 1) for inner in one[1]))
    if operator == "at_least":
        return _read_at_least(one, depth)
    if operator not in OPERATORS:
        raise FilterError(
            f"`filters` has an unknown operator {operator!r}; use one of"
            f" {', '.join(OPERATORS)}, and, or, {', '.join(_OF_ONE)}, at_least"
        )
    return _read_comparison(one)


def _read_at_least(one: list[Any], depth: int) -> Filter:
    shape = len(one) in (3, 4) and one[1] in _MEASURES and type(one[2]) is int and one[2] > 0
    if not shape:
        raise FilterError(
            f'the filter {one!r} must be ["at_least", MEASURE, NUMBER] or with a filter of pages after it: the number is'
            f" whole and more than 0, measures are {', '.join(_MEASURES)}"
        )
    return AtLeast(_MEASURES[one[1]], one[2], _read(one[3], depth + 1) if len(one) == 4 else And(()))


def _dimension(name: Any) -> tuple[Dimension | None, str]:
    """The dimension that the API calls so, and what stands before each of its values."""
    if not isinstance(name, str):
        return None, ""
    key = name.removeprefix(_PROPERTY)
    if name not in BY_API_NAME and key and key != name:
        return Dimension.PROPERTY, f"{key}="
    return BY_API_NAME.get(name), ""


def _read_comparison(one: list[Any]) -> Comparison:
    dimension, before = _dimension(one[1] if len(one) == 3 else None)
    shape = dimension is not None and isinstance(one[2], list)
    if not shape or not all(isinstance(value, str) or value is None for value in one[2]):
        raise FilterError(
            f'the filter {one!r} must be ["{one[0]}", DIMENSION, [VALUES…]]: values are text or null,'
            f" dimensions {', '.join(BY_API_NAME)}"
        )
    if not all(_is_text(value) for value in one[2] if value is not None):
        raise FilterError(f"the filter {one!r} has a value that is not Unicode text: half of a surrogate pair")
    assert dimension is not None  # the shape says so
    return Comparison(dimension, one[0], tuple(before + ("" if value is None else value) for value in one[2]))


def _write(one: Filter) -> list[Any]:
    match one:
        case Comparison(dimension, operator, values):
            return [operator, dimension.api_name, [value or None for value in values]]
        case And(parts):
            return ["and", [_write(part) for part in parts]]
        case Or(parts):
            return ["or", [_write(part) for part in parts]]
        case Not(HasDone(condition)):
            return ["has_not_done", _write(condition)]
        case Not(part):
            return ["not", _write(part)]
        case HasDone(condition):
            return ["has_done", _write(condition)]
        case AtLeast(measure, least, pages):
            name = next(name for name, one in _MEASURES.items() if one == measure)
            return ["at_least", name, least, *([] if pages == And(()) else [_write(pages)])]


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
