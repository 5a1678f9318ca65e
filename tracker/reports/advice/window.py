"""The weeks that advice rests on, and the visits that companies made in them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import func, select

from tracker.leads.certainty import is_sure
from tracker.stats.aggregation import Group
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.dimensions import Dimension
from tracker.stats.local_time import local_moment
from tracker.stats.periods import Period
from tracker.stats.rollups.counting import counting
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

# Whole weeks, Monday to Sunday, so that each weekday is in it equally often; 91 days.
WEEKS = 13


def window(end: date, time_zone: ZoneInfo) -> Period:
    """Returns the thirteen complete weeks before a day."""
    monday = end - timedelta(days=end.weekday())
    return Period(monday - timedelta(days=7 * WEEKS), monday, time_zone, "advice")


def visits_by_week(store: EventStore, scope: Scope, dimension: Dimension) -> pd.DataFrame:
    """Returns how many visits there were in each week with each value of a dimension, without nulls: a row a value, a column a week."""
    with counting(store, scope) as counted:
        groups = [Group(dimension), Group(interval="week")]
        rows = [tuple(row) for row in counted.rows(counted.statement(["visits"], groups)) if row.g0 is not None]
    found = pd.DataFrame(rows, columns=["value", "week", "visits"])
    found["week"] = week_of(pd.to_datetime(found["week"]), scope)
    found["visits"] = found["visits"].astype("int64")
    by_value = found[found["visits"] > 0].pivot_table(
        index="value", columns="week", values="visits", aggfunc="sum", fill_value=0
    )
    return by_value.reindex(columns=range(WEEKS), fill_value=0).sort_index()


def week_of(moments: pd.Series, scope: Scope) -> pd.Series:
    """Returns the number, from 0, of the week of the scope in which moments on the site's clock are."""
    return ((moments - pd.Timestamp(scope.period.start)).dt.days // 7).astype("int64")


def visits_of_companies(store: EventStore, scope: Scope, confirmed: Collection[str] = ()) -> pd.DataFrame:
    """Returns the visits of the companies that are certain, a row each, in the order of their beginnings.

    Columns: company, source and entry_page (None where there is none), `began_at` (on the site's clock) and `week`, its
    number in the scope, from 0.
    """
    with company_rows(store, scope, with_visit_facts=True) as did:
        columns = (did.c.company, did.c.source, did.c.entry_page)
        began = local_moment(scope.period, func.min(did.c.first_at)).label("began_at")
        statement = (
            select(*columns, began)
            .where(is_sure(confirmed, did.c))
            .group_by(*columns, did.c.visit_id)
            .order_by(began, did.c.company)
        )
        found = did.frame(statement)
    for name in ("source", "entry_page"):
        found[name] = found[name].astype(object).where(found[name].notna(), None)
    found["began_at"] = pd.to_datetime(found["began_at"])
    found["week"] = week_of(found["began_at"], scope)
    return found
