"""A batch's events as the columns that the event store takes.

What many events share is gone through once: the events of a visit point to one VisitFacts, and those of many visits to
one group of facts. Such a column is the values of the distinct groups with the place of each row's (tracker.store.arrays).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tracker.enrichment.event import FACT_GROUPS, NO_COMPANY, Event, VisitFacts
from tracker.store.arrays import Places, Shared, column_array


def columns_of_batch(events: Sequence[Event]) -> dict[str, Any]:
    """Values for every name in EVENT_COLUMNS and for `event_id`, in the events' order; nothing for no events."""
    return {} if not events else _own_columns(events) | _fact_columns([event.facts for event in events])


def _own_columns(events: Sequence[Event]) -> dict[str, Any]:
    """The columns of the events' own fields. A pass a column, written out: `attrgetter` takes four times as long."""
    return {
        "site": [event.site for event in events],
        "name": [event.name for event in events],
        "occurred_at": column_array("occurred_at", [event.occurred_at for event in events]),
        "event_id": [event.event_id for event in events],
        "has_event_id": [event.event_id is not None for event in events],
        "visitor_id": [event.visitor_id for event in events],
        "visit_id": [event.visit_id for event in events],
        "hostname": [event.hostname for event in events],
        "path": [event.path for event in events],
        "title": [event.title for event in events],
        "language": [event.language for event in events],
        "screen_width": [event.screen_width for event in events],
        "visits": [event.visits for event in events],
        "bounces": [event.bounces for event in events],
        "pageviews": [event.pageviews for event in events],
        "engaged_ms": [event.engaged_ms for event in events],
        "scroll_depth": [event.scroll_depth for event in events],
        "revenue": [event.revenue for event in events],
        "currency": [event.currency for event in events],
        "props": [event.props for event in events],
        "visit_seconds": [event.visit_seconds for event in events],
        "visit_age_seconds": column_array("visit_age_seconds", [event.visit_age_seconds for event in events]),
        "consented": [event.consented for event in events],
    }


def _fact_columns(facts: list[VisitFacts]) -> dict[str, Shared]:
    distinct, places = _table(facts)
    groups = {
        "source": [one.source for one in distinct],
        "whereabouts": [one.whereabouts for one in distinct],
        "company": [one.company or NO_COMPANY for one in distinct],
        "agent": [one.agent for one in distinct],
    }
    columns = {"entry_page": Shared(column_array("entry_page", [one.entry_page for one in distinct]), places)}
    for group in FACT_GROUPS:
        members, of_member = _table(groups[group.name])
        rows = of_member[places]
        for name, values in zip(group.columns, zip(*members, strict=True), strict=True):
            columns[name] = Shared(column_array(name, list(values)), rows)
    return columns


def _table(things: list[Any]) -> tuple[list[Any], Places]:
    """The things without those that are one and the same object, and the place of each in that list."""
    ids = list(map(id, things))
    known = dict(zip(ids, things, strict=True))
    place_of = dict(zip(known, range(len(known)), strict=True))
    return list(known.values()), np.fromiter(map(place_of.__getitem__, ids), np.intp, len(ids))
