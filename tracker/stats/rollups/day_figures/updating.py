"""Figures of counted days brought up to date: what the visitors add to them who have new events, in the place of what they added.

Each figure of a day is a sum of what each of its visitors adds: a visit is one visitor's, and so is who came again. So
figures are those that are kept, with what these visitors' events add up to now, less what they added up to before. Both are counted by the
statements that count a whole day. Titles and companies' pages are of all visitors, and counted as a whole.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Table, except_all, literal, select

from tracker.stats.long_visits import followed
from tracker.stats.periods import Period
from tracker.stats.rollups.day_figures.figures import DayOfFigures, Piece
from tracker.stats.rollups.day_figures.scopes import scope_of_days, scopes_to_count
from tracker.stats.rollups.days import counted, runs
from tracker.stats.rollups.kept_rows import STATEMENTS
from tracker.stats.rollups.registry import ROLLED_UP, TITLES, TOTAL
from tracker.stats.scope import Scope, naive
from tracker.store.changes.added import added_events
from tracker.store.protocol import Snapshot, SnapshotToCount
from tracker.store.schema import BEYOND, ROLLUP_SUMS, events, rollup_ids, rollups

# Days with fewer events are counted as a whole for as little; so they are where more than a part of the events is new.
_FEWEST_EVENTS = 20_000
_MOST_ADDED = 0.25
# So far around a day its visitors' events are read, or farther for a visit that is longer: those who came again within two days,
# and ids of which only others of these days tell whether they last.
_AROUND = timedelta(days=3)
_MOST_BY_NAME = 1000
# All that is a sum of what each visitor adds.
_BY_VISITOR = [name for name in ROLLED_UP if name != TITLES]


def days_to_update(snapshot: SnapshotToCount, site: str, days: Collection[date], time_zone: ZoneInfo) -> list[date]:
    """Those of the days whose kept figures lack no more than events that were added, few for what the days have."""
    if not days:
        return []
    within = Period(min(days), max(days) + timedelta(days=1), time_zone, "")
    found = sorted(counted(snapshot, site, within).intersection(days))
    if not found:
        return []
    of_days = (rollups.c.site == site, rollups.c.day.in_(found))
    is_told = rollups.c.dimension.in_([TOTAL, BEYOND])
    kept = snapshot.rows(select(rollups.c.dimension, rollups.c.day, rollups.c.events).where(*of_days, is_told))
    beyond = {row.day for row in kept if row.dimension == BEYOND}
    number = sum(row.events for row in kept if row.dimension == TOTAL)
    added = snapshot.added(site) if number >= _FEWEST_EVENTS else None
    if added is None or added > number * _MOST_ADDED:
        return []
    return [day for day in found if day not in beyond]


def hold_updated(snapshot: SnapshotToCount, site: str, days: Collection[date], time_zone: ZoneInfo) -> None:
    """Brings the figures and the rows of days up to date, and holds them."""
    for first, end in runs(sorted(days)):
        UpdatedDays(snapshot, scope_of_days(site, first, end, time_zone)).hold()


class UpdatedDays:
    """Days in a row whose figures are kept, and the visitors who have new events."""

    def __init__(self, snapshot: SnapshotToCount, scope: Scope) -> None:
        self._snapshot = snapshot
        self._scope = scope
        self._theirs = _visitors(snapshot, scope.site)

    def hold(self) -> None:
        """Holds all figures and rows of the days."""
        self._hold_of_others()
        if self._theirs:
            with self._snapshot.reading(self._events_now()):
                self._hold_theirs()
                with self._snapshot.reading(_events_before()):
                    self._take_off_theirs()
        self._hold_of_all()

    def _hold_of_others(self) -> None:
        """Holds the figures that are kept, and the rows that are kept of other visitors."""
        until = literal(naive(self._scope.period.end_at)).label("until")
        figures = select(*rollups.c, until).where(*self._of_days(rollups), rollups.c.dimension != TITLES)
        ids = select(*rollup_ids.c, until).where(*self._of_days(rollup_ids), ~self._is_theirs(rollup_ids))
        self._snapshot.hold([figures], ids)
        for table in self._by_visitor():
            others = select(*table.c).where(*self._of_days(table), ~self._is_theirs(table))
            self._snapshot.hold_rows(table, others)

    def _hold_theirs(self) -> None:
        for scope in scopes_to_count(self._snapshot, self._scope):
            figures = DayOfFigures(self._snapshot, scope, _BY_VISITOR)
            self._snapshot.hold(figures.rows(), figures.ids())
        for table in self._by_visitor():
            self._snapshot.hold_rows(table, STATEMENTS[table](self._scope))

    def _take_off_theirs(self) -> None:
        if not self._snapshot.rows(select(events.c.site).limit(1)):
            return  # all of them are new
        for scope in scopes_to_count(self._snapshot, self._scope):
            rows = DayOfFigures(self._snapshot, scope, _BY_VISITOR).rows()
            self._snapshot.hold([_less(one) for one in rows], None)

    def _hold_of_all(self) -> None:
        for scope in scopes_to_count(self._snapshot, self._scope):
            self._snapshot.hold(DayOfFigures(self._snapshot, scope, [TITLES]).piece(Piece.EVENTS), None)
        for table in STATEMENTS.keys() - {*self._by_visitor()}:
            self._snapshot.hold_rows(table, STATEMENTS[table](self._scope))

    def _by_visitor(self) -> list[Table]:
        return [table for table in STATEMENTS if "visitor_id" in table.c]

    def _of_days(self, table: Table) -> list[ColumnElement[bool]]:
        period = self._scope.period
        return [table.c.site == self._scope.site, table.c.day >= period.start, table.c.day < period.end]

    def _is_theirs(self, table: Table) -> ColumnElement[bool]:
        named = len(self._theirs) <= _MOST_BY_NAME
        return table.c.visitor_id.in_(self._theirs if named else _of_added(self._scope.site))

    def _events_now(self) -> Select[Any]:
        """The visitors' events, with all that belongs to their visits on the days."""
        reach = followed(self._snapshot, self._scope).reach
        before, after = max(reach.before, _AROUND), max(reach.after, _AROUND)
        return select(*events.c).where(self._scope.span(before=before, overrun=after), self._is_theirs(events))


def _events_before() -> Select[Any]:
    """The events that are read, less those that were added. Of events that are alike it is all the same which are left."""
    return select(except_all(select(*events.c), select(*added_events.c)).subquery("before"))


def _of_added(site: str) -> Select[Any]:
    return select(added_events.c.visitor_id).where(added_events.c.site == site).distinct()


def _visitors(snapshot: Snapshot, site: str) -> list[int]:
    """The visitors with new events, or some of more than are named in a statement."""
    return [row.visitor_id for row in snapshot.rows(_of_added(site).limit(_MOST_BY_NAME + 1))]


def _less(rows: Select[Any]) -> Select[Any]:
    """The same sums, to be taken off."""
    before = rows.subquery("before")
    return select(*((-one).label(one.name) if one.name in ROLLUP_SUMS else one for one in before.c))
