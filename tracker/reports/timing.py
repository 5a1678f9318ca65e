"""When people come in a period, by weekday and hour of the site's clock: visits, companies, and goals that were reached."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from tracker.reports.advice.rhythm import DAYS, HOURS, Rhythm, hours_of_companies, hours_of_visits
from tracker.reports.advice.window import visits_of_companies
from tracker.stats.aggregation import Group
from tracker.stats.filters import Or
from tracker.stats.goals import Goal
from tracker.stats.rollups.counting import counting
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

What = Literal["visits", "companies", "goals"]
WHAT: tuple[What, ...] = get_args(What)


def timing(
    store: EventStore, scope: Scope, what: What, goals: Sequence[Goal] = (), confirmed: Collection[str] = ()
) -> Rhythm:
    """Returns how many visits began in each hour of the week, how many companies came, each once an hour, or goals were reached.

    Visits are counted from figures of days where these are kept. Nothing is said of what stands out: that takes weeks
    (tracker.reports.advice).
    """
    if what == "visits":
        return _rhythm(hours_of_visits(store, scope))
    if what == "companies":
        return _rhythm(hours_of_companies(visits_of_companies(store, scope, confirmed)))
    return _rhythm(_hours_of_goals(store, scope, goals))


def _hours_of_goals(store: EventStore, scope: Scope, goals: Sequence[Goal]) -> pd.DataFrame:
    reaching = replace(scope, filters=(*scope.filters, Or(tuple(goal.condition for goal in goals))))
    with counting(store, reaching) as counted:
        rows = counted.rows(counted.statement(["events"], [Group(interval="hour")]))
    frame = pd.DataFrame([(row.g0, int(row.events)) for row in rows], columns=["began_at", "visits"])
    began = pd.to_datetime(frame["began_at"])
    return frame.assign(weekday=began.dt.day_of_week, hour=began.dt.hour)


def _rhythm(began: pd.DataFrame) -> Rhythm:
    cells = np.zeros((DAYS, HOURS), np.int64)
    np.add.at(cells, (began["weekday"].to_numpy(np.int64), began["hour"].to_numpy(np.int64)), began["visits"])
    return Rhythm(int(cells.sum()), tuple(tuple(int(one) for one in row) for row in cells), None, None)
