"""The weeks that advice rests on, and the visits that companies made in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import func, select

from tracker.leads.certainty import is_sure
from tracker.stats.aggregation import Group
from tracker.stats.dimensions import Dimension
from tracker.stats.local_time import local_moment
from tracker.stats.periods import Period
from tracker.stats.rollups.counting import counting
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# Whole weeks, so that each weekday is in it equally often; 91 days.
WEEKS = 13


def window(end: date, time_zone: ZoneInfo) -> Period:
    """Returns the thirteen weeks before a day."""
    return Period(end - timedelta(days=7 * WEEKS), end, time_zone, "advice")


def weeks_of(scope: Scope) -> list[Scope]:
    """Returns the weeks of a scope, the first one first; each begins on the weekday on which the scope does."""
    starts = [scope.period.start + timedelta(days=7 * number) for number in range(scope.period.days // 7)]
    return [replace(scope, period=replace(scope.period, start=one, end=one + timedelta(days=7))) for one in starts]


def visits_by_week(store: EventStore, weeks: Sequence[Scope], dimension: Dimension) -> pd.DataFrame:
    """Returns how many visits of each week belong to each value: a row a value (None is one), a column a week, int64."""
    found: list[dict[str | None, int]] = []
    for week in weeks:
        with counting(store, week) as counted:
            rows = counted.rows(counted.statement(["visits"], [Group(dimension)]))
        found.append({row.g0: int(row.visits or 0) for row in rows})
    values = sorted({value for week in found for value in week}, key=lambda one: (one is None, one or ""))
    counts = {number: [week.get(value, 0) for value in values] for number, week in enumerate(found)}
    return pd.DataFrame(counts, index=pd.Index(values, dtype=object), dtype="int64")


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
    rows = [tuple(row) for row in store.rows(scope.asked(statement))]
    found = pd.DataFrame(rows, columns=["company", "source", "entry_page", "began_at"], dtype=object)
    found["began_at"] = pd.to_datetime(found["began_at"])
    found["week"] = ((found["began_at"] - pd.Timestamp(scope.period.start)).dt.days // 7).astype("int64")
    return found
