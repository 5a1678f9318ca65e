"""A filter in words: as a chip of the head, and any tree as one sentence.

Owns the words of operators and of what joins conditions; what values are called is the panels'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from dashboards.presentation import numbers
from dashboards.presentation.dates import duration
from dashboards.translations import message, translate
from dashboards.web.panels import word_dimension
from tracker.stats.filters import And, AtLeast, Comparison, Filter, FilterError, HasDone, Not, Operator, Or
from tracker.stats.filters.address_bar import as_clicked, write_filter

OPERATOR_NAMES: dict[Operator, str] = {
    "is": message("is"),
    "is_not": message("is not"),
    "contains": message("contains"),
    "contains_not": message("does not contain"),
    "matches_wildcard": message("matches"),
    "matches_wildcard_not": message("does not match"),
}
_SIGNS: dict[Operator, str] = {"is": "=", "is_not": "≠"}

# The conditions that have a name of their own: those of the site's goals.
Named = Mapping[Filter, str]


class Chip(TypedDict):
    """A filter as the head shows it: `name`, `joiner` and `words` one after another; `text` is the filter in a URL."""

    dimension: str
    name: str
    operator: str
    joiner: str
    words: str
    text: str


def filter_chip(language: str, one: Filter, named: Named | None = None) -> Chip:
    """Returns a filter for its chip.

    A filter for what a visit did says so: "read /prices". A part of a text is shown between dots: "read …prices…".
    A filter that no click makes is a sentence.
    """
    compared = as_clicked(one)
    if compared is None or _goal(language, one, named or {}):
        words = sentence(language, one, named)
        return Chip(dimension=words, name="", operator="is", joiner="", words=words, text=_text(one))
    definition = compared.dimension.definition
    values = [word_dimension(language, compared.dimension, value) for value in compared.values]
    label, operator = translate(language, definition.label), compared.operator
    chip = Chip(
        dimension=label,
        name=label,
        operator=operator,
        joiner="" if operator == "is" else _joiner(language, operator),
        words=", ".join(values) or "–",
        text=_text(one),
    )
    if definition.done:
        chip["name"] = translate(language, definition.not_done if compared.is_negative else definition.done)
        chip["operator"] = "is"
        chip["joiner"] = ""
        values = [f"…{value}…" for value in values] if operator.startswith("contains") else values
        chip["words"] = ", ".join(values) or "–"
    return chip


def sentence(language: str, one: Filter, named: Named | None = None) -> str:
    """Returns any filter as a sentence, in which brackets show what belongs together."""
    named = named or {}
    goal = _goal(language, one, named)
    if goal is not None:
        return goal
    match one:
        case Comparison():
            return _comparison(language, one)
        case And(parts):
            return _joined(translate(language, "and"), [_part(language, part, named) for part in parts])
        case Or(parts):
            return _joined(translate(language, "or"), [_part(language, part, named) for part in parts])
        case Not(HasDone(condition)):
            return translate(language, "no event with (%(condition)s)", condition=sentence(language, condition, named))
        case HasDone(condition):
            return translate(language, "an event with (%(condition)s)", condition=sentence(language, condition, named))
        case Not(part):
            return translate(language, "not (%(condition)s)", condition=sentence(language, part, named))
        case AtLeast():
            return _at_least(language, one, named)


def _at_least(language: str, one: AtLeast, named: Named) -> str:
    if one.measure == "scroll_depth":
        words = translate(
            language, "scroll depth of at least %(percent)s", percent=numbers.percent(language, one.least / 100)
        )
    else:
        words = translate(language, "reading time of at least %(time)s", time=duration(language, one.least))
    return words if one.pages == And(()) else f"{words} ({sentence(language, one.pages, named)})"


def _joined(word: str, parts: Sequence[str]) -> str:
    return f" {word} ".join(parts)


def _goal(language: str, one: Filter, named: Named) -> str | None:
    match one:
        case HasDone(condition) if condition in named:
            return translate(language, "reached the goal %(goal)s", goal=named[condition])
        case Not(HasDone(condition)) if condition in named:
            return translate(language, "did not reach the goal %(goal)s", goal=named[condition])
    return None


def _part(language: str, one: Filter, named: Named) -> str:
    words = sentence(language, one, named)
    return f"({words})" if isinstance(one, And | Or) and len(one.parts) > 1 else words


def _comparison(language: str, one: Comparison) -> str:
    label = translate(language, one.dimension.definition.label)
    values = ", ".join(word_dimension(language, one.dimension, value) for value in one.values) or "–"
    return f"{label} {_joiner(language, one.operator)} {values}"


def _joiner(language: str, operator: Operator) -> str:
    return _SIGNS.get(operator) or translate(language, OPERATOR_NAMES[operator])


def _text(one: Filter) -> str:
    """The filter for a URL; empty for one that has no place there, which only a stored one can be."""
    try:
        return write_filter(one)
    except FilterError:
        return ""
