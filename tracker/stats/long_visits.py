"""Visits that go on for longer than nearly all: how far outside of a period they must be followed.

A page that stays open for days reports its time again and again, and makes a visit of days. Statements look half a day
around a period; two searches, which the engine answers from its statistics, tell whether that is enough.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from tracker.stats.rollups.moment import Moment, once_of_site
from tracker.stats.scope import Reach, Scope, naive
from tracker.store import functions
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.schema import events

_USUAL = Reach()


def followed(store: EventStore | Snapshot, scope: Scope) -> Scope:
    """The scope with a reach that has all of each visit with events in the period; for a page it is searched once for all filters."""
    if not isinstance(store, Moment):
        return replace(scope, reach=_reach(store, scope))
    with store.snapshot() as snapshot:
        question = ("reach", scope.period)
        return replace(scope, reach=once_of_site(store, scope.site, question, lambda: _reach(snapshot, scope)))


def _reach(store: EventStore | Snapshot, scope: Scope) -> Reach:
    usual = int(min(_USUAL.before, _USUAL.after).total_seconds())
    is_long = events.c.visit_age_seconds > usual
    start, end = naive(scope.period.start_at), naive(scope.period.end_at)
    began_at = functions.seconds_before(events.c.occurred_at, events.c.visit_age_seconds)
    last = select(func.max(events.c.occurred_at)).where(
        events.c.site == scope.site, events.c.occurred_at >= end, is_long, began_at < end
    )
    first = select(func.min(began_at)).where(scope.span(), is_long)
    last_at, first_at = store.rows(select(last.scalar_subquery(), first.scalar_subquery()))[0]
    if last_at is None and first_at is None:
        return _USUAL
    # A visit may have events before the one with which it began; they come no more than half a day before it.
    before = _USUAL.before if first_at is None else max(_USUAL.before, start - first_at + _USUAL.before)
    after = _USUAL.after if last_at is None else max(_USUAL.after, last_at - end + timedelta(seconds=1))
    return Reach(before, after)
