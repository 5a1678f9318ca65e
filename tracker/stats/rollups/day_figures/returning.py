"""Who was there on the days before: how many of a day's visitors, and of its visits, had the same value one or two days earlier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    cast,
    func,
    select,
)

from tracker.stats.periods import Period
from tracker.stats.rollups.day_figures.scopes import day_of, days_before
from tracker.stats.rollups.day_figures.spread import SpreadDay, parts_visits
from tracker.stats.scope import naive
from tracker.store.protocol import Snapshot
from tracker.store.schema import events

# So many visitors who returned are named in a statement; more are asked for again within it.
_MOST_BY_NAME = 1000


class Returning:
    """The visitors and the visits of a day that were there before. `found` keeps who they are for the same day by other dimensions."""

    def __init__(self, snapshot: Snapshot, day: SpreadDay, found: list[ColumnElement[bool] | None]) -> None:
        self._snapshot = snapshot
        self._day = day
        self._found = found

    def returned(self) -> list[Select[Any]]:
        """How many of a day's visitors had the same value one day before, and within two."""
        them = self._who_returned()
        if them is None or not (self._day.groups or self._day.total):
            return []
        days = naive(self._day.scope.period.start_at) - days_before(self._day.scope, 2)
        reach = self._day.scope.reach
        source, exits = self._day.joined(
            and_(self._day.scope.span(before=reach.before + days, overrun=reach.after), them)
        )
        came = self._came(self._day.values(exits), source, them)
        return [self._carried(came, came.c.visitor_id, ("visitors_1", "visitors_2"))]

    def touched(self) -> list[Select[Any]]:
        """How many visits had each value, where one can have several, and how many had it one day before, and within two."""
        values = {
            name: self._day.column(group, None) for name, group in self._day.groups.items() if parts_visits(group)
        }
        if not values:
            return []
        columns = [events.c.visit_id, *self._day.days()]
        touched = self._day.spread(values, columns, events, self._day.scope.where(), ~self._day.lasts())
        found = [self._day.grouped(touched, {"touched": func.count(touched.c.visit_id.distinct())})]
        them = self._who_returned()
        if them is not None:
            came = self._came(values, events, them)
            found.append(self._carried(came, came.c.visit_id, ("touched_1", "touched_2")))
        return found

    def _came(self, values: Mapping[str, ColumnElement[Any]], source: Any, them: ColumnElement[bool]) -> Any:
        """The events of some visitors on the days and the two before, spread, with `visitor_id`, `visit_id` and `day`."""
        came = events.c.visitor_id, events.c.visit_id, day_of(self._with_two_before, events.c.occurred_at).label("day")
        days = naive(self._day.scope.period.start_at) - days_before(self._day.scope, 2)
        return self._day.spread(values, came, source, self._day.scope.span(before=days), them)

    @property
    def _with_two_before(self) -> Period:
        period = self._day.scope.period
        return replace(period, start=period.start - timedelta(days=2), moments=None)

    def _who_returned(self) -> ColumnElement[bool] | None:
        """The condition on visitors whose ids do not last and who were there on more than one day; None where nobody was."""
        if not self._found:
            self._found.append(self._find_who_returned())
        return self._found[0]

    def _find_who_returned(self) -> ColumnElement[bool] | None:
        scope, first = self._day.scope, days_before(self._day.scope, 2)
        of_days = select(events.c.visitor_id).where(scope.where(), ~self._day.lasts())
        if self._day.several:
            within = and_(scope.span(before=naive(scope.period.start_at) - first), events.c.visitor_id.in_(of_days))
            day = day_of(self._with_two_before, events.c.occurred_at)
            returned = select(events.c.visitor_id).where(within).group_by(events.c.visitor_id)
            returned = returned.having(func.min(day) < func.max(day))
        else:
            start = naive(scope.period.start_at)
            earlier = and_(events.c.site == scope.site, events.c.occurred_at >= first, events.c.occurred_at < start)
            returned = select(events.c.visitor_id).where(earlier, events.c.visitor_id.in_(of_days)).distinct()
        named = [row.visitor_id for row in self._snapshot.rows(returned.limit(_MOST_BY_NAME + 1))]
        if not named:
            return None
        return events.c.visitor_id.in_(named if len(named) <= _MOST_BY_NAME else returned)

    def _carried(self, came: Any, who: ColumnElement[Any], sums: tuple[str, str]) -> Select[Any]:
        key = came.c.dimension, came.c.value
        who = who.label("who")
        once = select(*key, who, came.c.day).distinct().subquery("once")
        of_one = (once.c.dimension, once.c.value, once.c.who)
        last = func.max(once.c.day).over(partition_by=of_one, order_by=once.c.day, rows=(None, -1)).label("last")
        days = select(once.c.dimension, once.c.value, once.c.day, last).subquery("days")
        one, two = (cast(days.c.day - timedelta(days=number), Date) for number in (1, 2))
        counts = {
            sums[0]: func.count().filter(days.c.last >= one),
            sums[1]: func.count().filter(days.c.last >= two),
        }
        return self._day.grouped(days, counts).where(days.c.day >= self._day.scope.period.start)
