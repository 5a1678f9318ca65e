"""The rows of a period's days: kept by day, by whole months, or worked out for the question.

Nobody who adds them up need know which they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, false, or_, select, union_all

from tracker.stats.aggregation import Group
from tracker.stats.filters import Comparison
from tracker.stats.rollups.coverage import cut_day
from tracker.stats.rollups.day_figures.figures import DayOfFigures, Piece
from tracker.stats.rollups.day_figures.scopes import scope_of_day
from tracker.stats.rollups.days import Days
from tracker.stats.rollups.moment import Notes
from tracker.stats.rollups.registry import DIMENSIONS
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import Snapshot
from tracker.store.schema import (
    held_rollup_ids,
    held_rollups,
    month_rollup_ids,
    month_rollups,
    rollup_ids,
    rollups,
)


class Tables(NamedTuple):
    """Rows of one kind: by day, by month, and of the days that are worked out for the question."""

    days: Table
    months: Table
    held: Table


FIGURES = Tables(rollups, month_rollups, held_rollups)
IDS = Tables(rollup_ids, month_rollup_ids, held_rollup_ids)


def narrowed_to(scope: Scope) -> Comparison | None:
    """The only filter of a scope, where rows of its dimension are the answer: each event of a visit has the same value.

    Several values are not: a visitor may have had each of them.
    """
    if len(scope.filters) != 1:
        return None
    (one,) = scope.filters
    if not isinstance(one, Comparison) or one.operator != "is" or len(one.values) != 1:
        return None
    if one.dimension not in DIMENSIONS or one.dimension.is_event_level or one.dimension.definition.worked_out:
        return None
    return one if Group(one.dimension).is_visit_column else None


@dataclass
class DayRows:
    """The rows of a scope's days, of some value of a dimension where it is `narrowed` to one.

    Open days are worked out as they are needed, and noted for the rest of the page.
    """

    snapshot: Snapshot
    scope: Scope
    days: Days
    notes: Notes
    narrowed: Comparison | None = None

    def hold(self, dimensions: Collection[str], pieces: Sequence[Piece]) -> None:
        """Works out of the days without figures what is not yet."""
        for scope in self._open_scopes():
            figures: DayOfFigures | None = None
            for piece in pieces:
                asked = {*dimensions, *self.notes.expected} if piece is Piece.EVENTS else dimensions
                wanted = {name: (*_key_of(scope), name, piece) for name in asked}
                missing = [name for name, key in wanted.items() if key not in self.notes.held]
                if not missing:
                    continue
                self.notes.held.update(wanted.values())
                figures = figures or DayOfFigures(self.snapshot, scope, dimensions)
                narrowed = figures.narrowed(missing)
                self.snapshot.hold(narrowed.piece(piece), narrowed.ids() if piece is Piece.EVENTS else None)

    def _open_scopes(self) -> list[Scope]:
        """The days to be worked out, each as a scope; the last one may be cut."""
        found = []
        for day in self.days.open:
            scope = scope_of_day(self.scope.site, day, self.scope.period.time_zone)
            if day == cut_day(self.scope.period):
                until = (scope.period.start_at, self.scope.period.end_at)
                scope = replace(scope, period=replace(scope.period, moments=until))
            found.append(scope)
        return found

    def of(self, tables: Tables, dimensions: Sequence[str], *, by_day: bool = False) -> Any:
        """The rows of the period's days, of whole months together, unless they are asked for `by_day`."""
        spans = self.days.kept if by_day else self.days.beside_months
        of_days = _within(tables.days, self.scope.site, dimensions)
        within = [and_(tables.days.c.day >= first, tables.days.c.day < end) for first, end in spans]
        found = [of_days.where(or_(false(), *within))]
        if self.days.months and not by_day:
            months = _within(tables.months, self.scope.site, dimensions)
            found.append(months.where(tables.months.c.day.in_(self.days.months)))
        held = tables.held
        if self.days.open:
            open_days = [
                and_(held.c.day == scope.period.start, held.c.until == until) for scope, until in self._untils()
            ]
            columns = [held.c[column.name] for column in tables.days.columns]
            of_site = (held.c.site == self.scope.site, held.c.dimension.in_(dimensions))
            found.append(select(*columns).where(*of_site, or_(*open_days)))
        if self.narrowed is not None:
            found = [one.where(_has_value(one.selected_columns["value"], self.narrowed)) for one in found]
        return found[0].subquery("days_of") if len(found) == 1 else union_all(*found).subquery("days_of")

    def _untils(self) -> list[tuple[Scope, datetime]]:
        return [(scope, naive(scope.period.end_at)) for scope in self._open_scopes()]

    def has_ids(self) -> bool:
        """Whether the site has visitors with ids that last: most have none, and their statements are half as long."""
        site = self.scope.site
        if site not in self.notes.with_ids:
            kept = select(rollup_ids.c.day).where(rollup_ids.c.site == site).limit(1)
            self.notes.with_ids[site] = bool(self.snapshot.rows(kept))
        if self.notes.with_ids[site] or not self.notes.held:
            return self.notes.with_ids[site]
        return bool(self.snapshot.rows(select(held_rollup_ids.c.day).limit(1)))


def _has_value(value: ColumnElement[Any], one: Comparison) -> ColumnElement[bool]:
    return value.is_(None) if one.values[0] == "" else value == one.values[0]


def _within(table: Table, site: str, dimensions: Sequence[str]) -> Select[Any]:
    return select(*table.columns).where(table.c.site == site, table.c.dimension.in_(dimensions))


def _key_of(scope: Scope) -> tuple[object, ...]:
    """What tells one day that is worked out from another."""
    return scope.site, scope.period.start, scope.period.end_at
