r"""Filters in the dashboard's address bar: `f=dimension:operator:value`, values separated by `|`, escaped by `\`.

That form holds what a click makes, and what every older link and bookmark has: a comparison of a visit's dimension, or
for a dimension of single events whether a visit has such an event. `page:is:/a` is `HasDone(page is /a)`,
`page:is_not:/a` is `Not(HasDone(page is /a))`: the visits that never opened /a. Every other tree is written as the API's
JSON (`tracker.stats.filters.json`): `f=["or",[["is","visit:source",["Google"]],…]]`.
"""

from __future__ import annotations

from tracker.stats.dimensions import BY_NAME, Dimension
from tracker.stats.filters import OPERATORS, Comparison, Filter, FilterError, HasDone, Not, Operator
from tracker.stats.filters.json import read_filter_text, write_filter_text

# Longer than a person writes, and so short that a URL with several of them is still one that servers take.
LONGEST = 4000


def clicked(dimension: Dimension, operator: Operator, values: tuple[str, ...]) -> Filter:
    """The filter of a click on a dimension's value. It keeps visits, whatever the level of the dimension is."""
    compared = Comparison(dimension, operator, values)
    if not dimension.is_event_level:
        return compared
    return Not(HasDone(compared.contrary)) if compared.is_negative else HasDone(compared)


def as_clicked(one: Filter) -> Comparison | None:
    """The dimension, operator and values by which `clicked` makes the filter; None when none do."""
    match one:
        case Comparison(dimension) if not dimension.is_event_level:
            return one
        case HasDone(Comparison() as done) if done.dimension.is_event_level and not done.is_negative:
            return done
        case Not(HasDone(Comparison() as done)) if done.dimension.is_event_level and not done.is_negative:
            return done.contrary
    return None


def write_filter(one: Filter) -> str:
    """The filter's text for a URL. Raises FilterError for one that could not be read back."""
    compared = as_clicked(one)
    if compared is None or not compared.values:
        text = write_filter_text(one)
    else:
        values = "|".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in compared.values)
        text = f"{compared.dimension.value}:{compared.operator}:{values}"
    if len(text) > LONGEST:
        raise FilterError(f"a URL cannot hold this filter: it has {len(text)} characters, and at most {LONGEST} fit")
    return text


def read_filter(text: str) -> Filter:
    """The filter of a text as `write_filter` makes it. Raises FilterError for another text."""
    if len(text) > LONGEST:
        raise FilterError(f"a filter has at most {LONGEST} characters, and this one {len(text)}; use fewer values")
    if text.startswith("["):
        return read_filter_text(text)
    dimension, _, rest = text.partition(":")
    name, colon, values = rest.partition(":")
    operator = next((one for one in OPERATORS if one == name), None)
    if dimension not in BY_NAME or operator is None or not colon:
        raise FilterError(
            f"{text[:80]!r} is not DIMENSION:OPERATOR:VALUES; dimensions are {', '.join(BY_NAME)},"
            f" operators {', '.join(OPERATORS)}"
        )
    return clicked(BY_NAME[dimension], operator, tuple(_split_values(values)))


def _split_values(text: str) -> list[str]:
    values, escaped = [""], False
    for char in text:
        if escaped or char not in "\\|":
            values[-1] += char
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            values.append("")
    return values
