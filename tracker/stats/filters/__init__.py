"""The filter tree, and the one rule by which it narrows a report.

A filter is asked of one event row after another. What it keeps is what every figure is made of.

- A **comparison** keeps the events of which it is true. A dimension of a visit stands alike on each of the visit's
  events, so that it keeps whole visits; one of a single event keeps single events, as Plausible's API documents for
  `event:page`.
- **HasDone** keeps all events of each visit that has an event of which its condition is true, within the period.
- **AtLeast** keeps the event by which a visit had read as far or as long as asked.
- **And**, **Or** and **Not** are of two values, true and false: `Not` keeps exactly the events that its part does not.
- `is` is true of one of its values, `contains` of text that holds one of them in any case; `is_not` and `contains_not`
  are true where these are not. The empty value is the missing one: it `is` missing, and is contained in nothing.
- `matches_wildcard` is true of text that is one of the values from end to end, in which `*` is any text or none; so is
  `matches_wildcard_not` where it is not.

An example. One visit opened /home and then /prices, another one /home alone, both from Google:

>>> of_prices = Comparison(Dimension.PAGE, "is", ("/prices",))

As it stands it keeps one event, the view of /prices: 1 page view. That is the API's `["is", "event:page",
["/prices"]]`. `HasDone(of_prices)` keeps the first visit whole: 2 page views. That is a click on the page's row in the
dashboard, `f=page:is:/prices`, and the chip says "read /prices". `Not(of_prices)` keeps 2 page views, both of /home;
`Not(HasDone(of_prices))` keeps the second visit: 1 page view.

The codecs are `address_bar` (the dashboard's), `json` (the API's nested lists, and what is stored) and `sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from tracker.stats.dimensions import Dimension

Operator = Literal["is", "is_not", "contains", "contains_not", "matches_wildcard", "matches_wildcard_not"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
# What each operator says the contrary of.
CONTRARY: dict[Operator, Operator] = {
    "is": "is_not",
    "is_not": "is",
    "contains": "contains_not",
    "contains_not": "contains",
    "matches_wildcard": "matches_wildcard_not",
    "matches_wildcard_not": "matches_wildcard",
}


Measure = Literal["scroll_depth", "engaged_seconds"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


class FilterError(ValueError):
    """The input is not a filter; the message says what to write instead."""


@dataclass(frozen=True)
class Comparison:
    """Keeps the events whose dimension is (or is not) one of the values, or contains one of them."""

    dimension: Dimension
    operator: Operator
    values: tuple[str, ...]

    @property
    def is_negative(self) -> bool:
        return self.operator.endswith("_not")

    @property
    def contrary(self) -> Comparison:
        return Comparison(self.dimension, CONTRARY[self.operator], self.values)


@dataclass(frozen=True)
class And:
    """Keeps the events that every part keeps. Without parts that is every event."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Or:
    """Keeps the events that at least one part keeps. Without parts it keeps no event."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Not:
    """Keeps the events that its part does not keep."""

    part: Filter


@dataclass(frozen=True)
class HasDone:
    """Keeps all events of the visits that have an event which the condition keeps.

    With `whole_visit` the event may also be before or after the period; no codec writes that.
    """

    condition: Filter
    whole_visit: bool = False


@dataclass(frozen=True)
class AtLeast:
    """Keeps the events by which visits had read so far or so long of the pages that `pages` keeps, and no others.

    Of `scroll_depth`, in per cent, it is the first such event of each page of a visit; of `engaged_seconds`, which is the
    visit's time on these pages together, the one that made it long enough.
    """

    measure: Measure
    least: int
    pages: Filter = And(())


Filter = Comparison | And | Or | Not | HasDone | AtLeast


def comparisons(one: Filter) -> Iterator[Comparison]:
    """All comparisons of a filter, in their order."""
    match one:
        case Comparison():
            yield one
        case And(parts) | Or(parts):
            for part in parts:
                yield from comparisons(part)
        case Not(part) | HasDone(part) | AtLeast(pages=part):
            yield from comparisons(part)


def keeps_single_events(one: Filter) -> bool:
    """Whether it may keep some events of a visit without the others because of what these events are."""
    leaves = _asked_of_each_event(one)
    return any(isinstance(leaf, AtLeast) or leaf.dimension.is_event_level for leaf in leaves)


def may_begin_in_mid_visit(one: Filter) -> bool:
    """Whether it asks for what a visitor may name during a visit, so that a visit's first events may be missing."""
    leaves = _asked_of_each_event(one)
    return any(isinstance(leaf, Comparison) and leaf.dimension.definition.in_mid_visit for leaf in leaves)


def _asked_of_each_event(one: Filter) -> Iterator[Comparison | AtLeast]:
    """What decides over an event itself; below HasDone it decides over its visit."""
    match one:
        case Comparison() | AtLeast():
            yield one
        case And(parts) | Or(parts):
            for part in parts:
                yield from _asked_of_each_event(part)
        case Not(part):
            yield from _asked_of_each_event(part)
        case HasDone():
            return
