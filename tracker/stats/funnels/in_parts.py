"""Reads the events of some visitors, or visits, at a time, so that memory does not grow with the period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from tracker.stats.scope import Scope
from tracker.store.protocol import Snapshot
from tracker.store.schema import events

# What is read of so many events takes some 100 MB.
EVENTS_AT_ONCE = 1_000_000


def parts(snapshot: Snapshot, scope: Scope, of: ColumnElement[Any], *, at_once: int) -> Iterator[ColumnElement[bool]]:
    """Yields the condition of each part: `of` is the id of a visitor or visit, whose events are all in one part.

    A part has about `at_once` of the events of the scope's site and period.
    """
    ((number,),) = snapshot.rows(select(func.count()).select_from(events).where(scope.span()))
    several = number // at_once + 1
    for index in range(several):
        yield (of % several + several) % several == index if several > 1 else true()  # ids are negative as well
