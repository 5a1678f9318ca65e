"""A batch's events as the columns that the event store takes.

What many events share is gone through once: the events of a visit point to one VisitFacts, and those of many visits to
one group of facts, so that such a column is made by looking rows up in a table that is a tenth as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.enrichment.event import FACT_GROUPS, NO_COMPANY, VISIT_FACTS, Event, VisitFacts
from tracker.store.arrays import column_array
from tracker.store.schema import EVENT_COLUMNS

_OWN_COLUMNS = tuple(name for name in EVENT_COLUMNS if name not in VISIT_FACTS)

Places = NDArray[np.intp]


def columns_of_batch(events: Sequence[Event]) -> dict[str, NDArray[Any]]:
    """An array for every name in EVENT_COLUMNS, in the events' order; nothing for no events."""
    if not events:
        return {}
    # A pass a column: a row of its own for each event costs four times as much.
    columns = {name: column_array(name, list(map(attrgetter(name), events))) for name in _OWN_COLUMNS}
    return columns | _fact_columns([event.facts for event in events])


def _fact_columns(facts: list[VisitFacts]) -> dict[str, NDArray[Any]]:
    distinct, places = _table(facts)
    columns = {"entry_page": column_array("entry_page", [one.entry_page for one in distinct])[places]}
    for group in FACT_GROUPS:
        members, of_member = _table([getattr(one, group.name) or NO_COMPANY for one in distinct])
        rows = of_member[places]
        for name, values in zip(group.columns, zip(*members, strict=True), strict=True):
            columns[name] = column_array(name, list(values))[rows]
    return columns


def _table(things: Iterable[Any]) -> tuple[list[Any], Places]:
    """The things without those that are one and the same object, and the place of each in that list."""
    known: dict[int, int] = {}
    distinct: list[Any] = []
    places = []
    for thing in things:
        place = known.get(id(thing))
        if place is None:
            place = known[id(thing)] = len(distinct)
            distinct.append(thing)
        places.append(place)
    return distinct, np.array(places, dtype=np.intp)
