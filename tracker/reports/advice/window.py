"""The weeks that advice rests on, and the visits that companies made in them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, func, select

from tracker.leads.certainty import is_sure
from tracker.stats.local_time import local_moment, truncated
from tracker.stats.periods import Period
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# Whole weeks, Monday to Sunday, so that each weekday is in it equally often; 91 days.
WEEKS = 13


def window(end: date, time_zone: ZoneInfo) -> Period:
    """Returns the thirteen complete weeks before a day."""
    monday = end - timedelta(days=end.weekday())
    return Period(monday - timedelta(days=7 * WEEKS), monday, time_zone, "advice")


def visits_by_week(store: EventStore, scope: Scope, column: ColumnElement[Any]) -> pd.DataFrame:
    """Returns how many visits began in each week with each value of an event column, without nulls: a row a value, a column a week."""
    week = truncated(scope.period, "week").label("week")
    statement = (
        select(column, week, func.sum(events.c.visits))
        .where(scope.where(), events.c.visits > 0, column.is_not(None))
        .group_by(column, week)
    )
    rows = [tuple(row) for row in store.rows(scope.asked(statement))]
    found = pd.DataFrame(rows, columns=["value", "week", "visits"])
    found["week"] = week_of(pd.to_datetime(found["week"]), scope)
    found["visits"] = found["visits"].astype("int64")
    by_value = found.pivot_table(index="value", columns="week", values="visits", aggfunc="sum", fill_value=0)
    return by_value.reindex(columns=range(WEEKS), fill_value=0).sort_index()


def week_of(moments: pd.Series, scope: Scope) -> pd.Series:
    """Returns the number, from 0, of the week of the scope in which moments on the site's clock are."""
    return ((moments - pd.Timestamp(scope.period.start)).dt.days // 7).astype("int64")


def visits_of_companies(store: EventStore, scope: Scope, confirmed: Collection[str] = ()) -> pd.DataFrame:
    """Returns the visits of the companies that are certain, a row each, in the order of their beginnings.

    Columns: company, source and entry_page (None where there is none), `began_at` (on the site's clock) and `week`, its
    number in the scope, from 0.
    """
    columns = (events.c.company, events.c.source, events.c.entry_page)
    began = func.min(local_moment(scope.period)).label("began_at")
    statement = (
        select(*columns, began)
        .where(scope.where(), events.c.company.is_not(None), is_sure(confirmed))
        .group_by(*columns, events.c.visit_id)
        .order_by(began, events.c.company)
    )
    found = store.frame(scope.asked(statement))
    for name in ("source", "entry_page"):
        found[name] = found[name].astype(object).where(found[name].notna(), None)
    found["began_at"] = pd.to_datetime(found["began_at"])
    found["week"] = week_of(found["began_at"], scope)
    return found
