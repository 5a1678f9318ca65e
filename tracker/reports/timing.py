"""When people come in a period, by weekday and hour of the site's clock: visits, companies, and goals that were reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, DateTime, Select, cast, func, select

from tracker.leads.certainty import is_sure
from tracker.reports.advice.rhythm import DAYS, HOURS, Rhythm, hours_of_companies, hours_of_visits, with_slots
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.goals import Goal
from tracker.stats.goals.kept import of_days, reached
from tracker.stats.local_time import local_moment
from tracker.stats.scope import Scope
from tracker.store.functions import date_trunc
from tracker.store.goals_of_days import HOUR
from tracker.store.protocol import EventStore
from tracker.store.schema import events

What = Literal["visits", "companies", "goals"]
WHAT: tuple[What, ...] = get_args(What)


def timing(
    store: EventStore, scope: Scope, what: What, goals: Sequence[Goal] = (), confirmed: Collection[str] = ()
) -> Rhythm:
    """Returns how many visits began in each hour of the week, how many companies came, each once an hour, or goals were reached.

    All are counted from what is kept of days, where it is; a goal counts as often as in the panel of goals. Nothing is said of what stands out: that takes weeks
    (tracker.reports.advice).
    """
    if what == "visits":
        return _rhythm(hours_of_visits(store, scope))
    if what == "companies":
        return _rhythm(hours_of_companies(_visits_of_companies(store, scope, confirmed)))
    return _rhythm(_hours_of_goals(store, scope, goals))


def _visits_of_companies(store: EventStore, scope: Scope, confirmed: Collection[str]) -> pd.DataFrame:
    """The visits of the companies that are certain: `company` and `began_at`, on the site's clock."""
    with company_rows(store, scope) as did:
        began = local_moment(scope.period, func.min(did.c.first_at)).label("began_at")
        visits = select(did.c.company, began).where(is_sure(confirmed, did.c))
        frame = did.frame(visits.group_by(did.c.company, did.c.visit_id))
    return frame.assign(began_at=pd.to_datetime(frame["began_at"]))


def _hours_of_goals(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> pd.DataFrame:
    with of_days(store, scope, goals) as kept:
        if kept is not None:
            hour, number = cast(kept.sums.c.value, DateTime).label("began_at"), func.sum(kept.sums.c.events)
            of_hours = _hours(hour, cast(number, BigInteger)).where(kept.sums.c.dimension == HOUR)
            frame = kept.snapshot.frame(of_hours)
        else:
            with reached(store, scope, goals, more=[events.c.occurred_at]) as rows:
                hour = date_trunc("hour", local_moment(scope.period, rows.c.occurred_at)).label("began_at")
                frame = rows.frame(_hours(hour, func.count()))
    return with_slots(frame.assign(began_at=pd.to_datetime(frame["began_at"])))


def _hours(hour: ColumnElement[Any], number: ColumnElement[int]) -> Select[Any]:
    return select(hour, number.label("visits")).group_by(hour)


def _rhythm(began: pd.DataFrame) -> Rhythm:
    cells = np.zeros((DAYS, HOURS), np.int64)
    np.add.at(cells, (began["weekday"].to_numpy(np.int64), began["hour"].to_numpy(np.int64)), began["visits"])
    return Rhythm(int(cells.sum()), tuple(tuple(int(one) for one in row) for row in cells), None, None)
