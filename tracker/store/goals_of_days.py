"""What is kept of goals on days, made of the events that reached them: sums, ids that last, single events of companies' visits.

Owns these statements, which are the same for days that are kept and for open ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    union_all,
)

from tracker.store.schema import AMOUNT, BEYOND, GOAL_SUMS

# The dimensions of a goal's sums: all events of a day, the hours of its clock, and the currencies of amounts.
TOTAL, HOUR, CURRENCY = "", "hour", "currency"

# More single rows of one goal and day are not kept: ids that last and events of visits that have a company.
MOST_ROWS = 20_000

GoalOfDay = tuple[str, date]


class OfGoals:
    """What is made of `reached`, which has the columns of `held_goal_events`, for the days from `first` on.

    Earlier days are there to tell who came again. `without` are goals with days of which nothing is made.
    """

    def __init__(self, reached: FromClause, first: date, without: Sequence[GoalOfDay] = ()) -> None:
        self._all = reached
        self._first = cast(literal(first), Date)
        kept = tuple_(reached.c.goal, reached.c.day).not_in(list(without)) if without else true()
        self._of_days = and_(reached.c.day >= self._first, kept)
        self._kept = kept

    def sums(self) -> Select[Any]:
        """Rows of `goal_sums`; several of the same goal, day, dimension and value are to be added up."""
        reached = self._all.c
        people: dict[str, ColumnElement[Any]] = {
            "visitors": func.count(reached.visitor_id.distinct()).filter(~reached.lasts),
            "touched": func.count(reached.visit_id.distinct()).filter(~reached.lasts),
        }
        number: dict[str, ColumnElement[Any]] = {"events": func.count()}
        paid: dict[str, ColumnElement[Any]] = {**number, "amount": func.sum(cast(reached.revenue, AMOUNT))}
        parts = [
            self._summed(TOTAL, cast(null(), Text), number | people),
            self._summed(HOUR, reached.hour, number),
            self._summed(CURRENCY, reached.currency, paid).where(reached.currency.is_not(None)),
            self._came_again("visitor_id", ("visitors_1", "visitors_2")),
            self._came_again("visit_id", ("touched_1", "touched_2")),
        ]
        return select(union_all(*parts).subquery("sums"))

    def ids(self) -> Select[Any]:
        """Rows of `goal_ids`."""
        reached = self._all.c
        columns = (reached.site, reached.day, reached.goal, reached.visitor_id, reached.visit_id)
        return select(*columns).where(self._of_days, reached.lasts).distinct()

    def events(self) -> Select[Any]:
        """Rows of `goal_events`."""
        reached = self._all.c
        columns = (reached.site, reached.day, reached.goal, reached.visit_id, reached.occurred_at, reached.detail)
        rows = select(*columns).where(self._of_days, reached.has_company)
        return rows.order_by(reached.goal, reached.day, reached.visit_id)

    def too_many(self) -> Select[Any]:
        """The goals and days with more single rows than are kept, with their `number`."""
        ids, events = self.ids().subquery("ids"), self.events().order_by(None).subquery("events")
        each = union_all(select(ids.c.goal, ids.c.day), select(events.c.goal, events.c.day)).subquery("each")
        number = func.count().label("number")
        return select(each.c.goal, each.c.day, number).group_by(each.c.goal, each.c.day).having(number > MOST_ROWS)

    def _summed(self, dimension: str, value: ColumnElement[Any], sums: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
        reached = self._all.c
        key = [reached.site, reached.day, reached.goal, literal(dimension).label("dimension"), value.label("value")]
        by = [reached.site, reached.day, reached.goal, *([] if dimension == TOTAL else [value])]
        return select(*key, *_all_sums(sums)).where(self._of_days).group_by(*by)

    def _came_again(self, who: str, names: tuple[str, str]) -> Select[Any]:
        """How many of a day's visitors or visits had reached the goal one day before, and within two."""
        reached = self._all.c
        once = (
            select(reached.site, reached.goal, reached[who].label("who"), reached.day)
            .where(~reached.lasts, self._kept)
            .distinct()
            .subquery("once")
        )
        last = func.max(once.c.day).over(partition_by=[once.c.goal, once.c.who], order_by=once.c.day, rows=(None, -1))
        days = select(*once.c, last.label("last")).subquery("days")
        one, two = (cast(days.c.day - timedelta(days=number), Date) for number in (1, 2))
        counts = {
            names[0]: func.count().filter(days.c.last >= one),
            names[1]: func.count().filter(days.c.last >= two),
        }
        key = [days.c.site, days.c.day, days.c.goal]
        named = [*key, literal(TOTAL).label("dimension"), cast(null(), Text).label("value")]
        came = select(*named, *_all_sums(counts)).where(days.c.day >= self._first, days.c.last >= two)
        return came.group_by(*key)


def added_up(sums: Select[Any]) -> Select[Any]:
    """One row of each goal, day, dimension and value, of `OfGoals.sums`."""
    parts = sums.subquery("parts")
    key = [parts.c[name] for name in ("site", "day", "goal", "dimension", "value")]
    each = [func.sum(parts.c[name]).label(name) for name in (*GOAL_SUMS, "amount")]
    return select(*key, *each).group_by(*key).order_by(parts.c.goal, parts.c.dimension, parts.c.day)


def mark_of_too_many(site: str, goal: str, day: date, number: int) -> dict[str, Any]:
    """The row of `goal_sums` that says of a goal and a day that nothing is kept, since it would be too much."""
    sums = dict.fromkeys(GOAL_SUMS, 0) | {"events": number}
    return {"site": site, "day": day, "goal": goal, "dimension": BEYOND, "value": None, "amount": None} | sums


def _all_sums(sums: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    numbers = [sums.get(name, literal(0)).label(name) for name in GOAL_SUMS]
    return [*numbers, sums.get("amount", cast(null(), AMOUNT)).label("amount")]
