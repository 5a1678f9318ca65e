"""The values that have the most visitors without filters, from figures of days: which ones are to be looked at by a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from tracker.stats.dimensions import Dimension
from tracker.stats.rollups.counting import counting
from tracker.stats.rollups.moment import Moment, once
from tracker.stats.rollups.wanted import Wanted
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

# So many values of a dimension are looked at, and what the next one has is a bound for all others.
MOST = 40

# By dimension the columns `value` and `visitors`, the most visitors first: MOST values, and the next one if there are more.
Known = Mapping[Dimension, pd.DataFrame]


def most_of_all(store: EventStore, scope: Scope, dimensions: Sequence[Dimension]) -> Known:
    """Returns the first values of a scope without its filters, of those dimensions of which a page's figures know them."""
    if not isinstance(store, Moment):
        return {}
    whole = replace(scope, filters=())
    return once(store, whole, ("most of all", tuple(dimensions)), lambda: _most_of_all(store, whole, dimensions))


def _most_of_all(store: EventStore, scope: Scope, dimensions: Sequence[Dimension]) -> Known:
    with counting(store, scope) as counted:
        known = [one for one in dimensions if counted.knows(one)]
        return counted.leading(known, Wanted(MOST + 1)) if known else {}
