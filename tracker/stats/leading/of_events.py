"""The values of dimensions that have the most visitors, as far as figures of days do not tell: by filters.

Where it is known which values there are, all dimensions are counted in one pass (`tracker.stats.leading.bits`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tracker.stats.dimensions import Dimension
from tracker.stats.leading.bits import MOST_VALUES, Visitors, can_be_bits, visitors_of_values
from tracker.stats.leading.of_all import MOST, Known
from tracker.stats.leading.of_companies import leading_companies
from tracker.stats.leading.of_groups import leading_of_groups
from tracker.stats.rollups.counting import Counting
from tracker.stats.rollups.wanted import Wanted

# A value that is not looked at has at most as many visitors as it has without filters. Where that is more than a part of what
# the last wanted one has, looking would most likely be in vain.
_PART = 4


def leading_of_events(
    counted: Counting, dimensions: Sequence[Dimension], wanted: Wanted, of_all: Known | None = None
) -> dict[Dimension, pd.DataFrame]:
    """The wanted values of several dimensions by visitors, from the events: `value` and `visitors`.

    `of_all` are the values that lead without filters. Companies without a name may be left out.
    """
    found: dict[Dimension, pd.DataFrame] = {}
    if Dimension.COMPANY in dimensions and (companies := leading_companies(counted, wanted)) is not None:
        found[Dimension.COMPANY] = companies
    left = [one for one in dimensions if one not in found]
    for one, visitors in visitors_of_values(counted, _looked_at(counted, left, wanted, of_all or {})).items():
        bound = _bound(counted, (of_all or {}).get(one))
        if wanted.named is not None or _has_first(visitors, wanted.first, bound):
            found[one] = _ordered(visitors, None if wanted.named is not None else wanted.first)
    return found | leading_of_groups(counted, [one for one in left if one not in found], wanted)


def _looked_at(
    counted: Counting, dimensions: Sequence[Dimension], wanted: Wanted, of_all: Known
) -> dict[Dimension, list[str | None]]:
    """The values to count of each dimension: those that are named, or that may be the first ones."""
    values: dict[Dimension, list[str | None]] = {}
    for one in dimensions:
        if not can_be_bits(one):
            continue
        if wanted.named is not None:
            named = list(dict.fromkeys(wanted.named.get(one, ())))
            if 0 < len(named) <= MOST_VALUES:
                values[one] = named
        elif one in of_all and _may_tell(counted, of_all[one], wanted.first):
            known = of_all[one]["value"][:MOST].astype(object)
            values[one] = list(known.where(known.notna(), None))
    return values


def _may_tell(counted: Counting, known: pd.DataFrame, first: int) -> bool:
    """Whether the first values by a filter are most likely among the known ones."""
    if 0 < len(known) <= MOST:
        return True
    bound, visitors = _bound(counted, known), known["visitors"]
    return bound is not None and len(known) > first and _PART * bound <= int(visitors.iloc[first - 1])


def _bound(counted: Counting, known: pd.DataFrame | None) -> int | None:
    """At most so many visitors any value has that is not looked at; None where figures lack events."""
    if known is None or counted.open_days != []:
        return None
    return int(known["visitors"].iloc[MOST]) if len(known) > MOST else 0


def _has_first(visitors: Visitors, first: int, bound: int | None) -> bool:
    """Whether no value that was not looked at can be among the first ones."""
    others = visitors.others if bound is None else min(visitors.others, bound)
    if not others:
        return True
    most = sorted(visitors.of.values(), reverse=True)
    return len(most) >= first and others < most[first - 1]


def _ordered(visitors: Visitors, first: int | None) -> pd.DataFrame:
    """The values that have visitors, as the database orders them."""
    found = [(value, number) for value, number in visitors.of.items() if number]
    found.sort(key=lambda one: (-one[1], one[0] is None, one[0] or ""))
    return pd.DataFrame(found[:first], columns=["value", "visitors"]).astype({"value": object, "visitors": "int64"})
