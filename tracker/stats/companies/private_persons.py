"""Keeps private persons' names out of answers: rows of earlier versions may have one as the organisation of a network.

Rows that are stored now have none (tracker.enrichment.network.kind). A name is left out only where no event has it as a
company's: there it is one that somebody chose, or that a judgement of its network made sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from tracker.enrichment.network.kind import is_of_private_person
from tracker.stats.aggregation import Group
from tracker.stats.dimensions import Dimension
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import events


def without_persons(source: EventStore | Snapshot, scope: Scope, groups: Sequence[Group]) -> Sequence[Group]:
    """The groups; one of organisations counts private persons' networks as those of nobody."""
    if all(group.dimension is not Dimension.ORGANISATION for group in groups):
        return groups
    unnamed = _persons(source, scope)
    return [replace(one, unnamed=unnamed) if one.dimension is Dimension.ORGANISATION else one for one in groups]


def _persons(source: EventStore | Snapshot, scope: Scope) -> tuple[str, ...]:
    named = select(events.c.organisation, events.c.asn).where(
        scope.around(), events.c.organisation.is_not(None), events.c.company.is_(None)
    )
    found = source.rows(named.distinct())
    return tuple(sorted({name for name, asn in found if is_of_private_person(name, asn)}))
