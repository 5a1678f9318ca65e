"""Old articles that are read again: more in the last four weeks than in the nine before, day after day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import sqrt

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from tracker.reports.advice.chance import bar, wilson
from tracker.stats.aggregation import Group
from tracker.stats.companies.visit_rows import scope_ever
from tracker.stats.dimensions import Dimension
from tracker.stats.local_time import truncated
from tracker.stats.rollups.counting import counting
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

RECENT_WEEKS = 4
# Old is what was read half a year ago.
OLD_DAYS = 182
LEAST_READ, _LEAST_LOOKED_AT, _MOST_LOOKED_AT = 20, 10, 10


@dataclass(frozen=True)
class Reread:
    """An article with its visits in the last weeks, and how many were to be expected from the weeks before."""

    path: str
    visits: int
    expected: float


def reread(store: EventStore, scope: Scope) -> list[Reread]:
    """Returns the old articles that are read again, the most read first."""
    period = scope.period
    since = period.end - timedelta(days=7 * RECENT_WEEKS)
    recent, before = (
        _visits(store, replace(scope, period=replace(period, start=start, end=end)))
        for start, end in ((since, period.end), (period.start, since))
    )
    of_recent, of_before = sum(recent.values()), sum(before.values())
    if not of_recent or not of_before:
        return []
    looked_at = [path for path in {*recent, *before} if recent[path] + before[path] >= _LEAST_LOOKED_AT]
    least = bar(len(looked_at))
    more = [
        path
        for path in looked_at
        if recent[path] >= LEAST_READ
        and wilson(recent[path], of_recent, least)[0] > wilson(before[path], of_before, least)[1]
    ]
    more = sorted(more, key=lambda path: (-recent[path], path))[:_MOST_LOOKED_AT]
    old = _read_before(store, scope, more)
    days = _by_day(store, scope, [path for path in more if path in old])
    split = (since - period.start).days
    return [
        Reread(path, int(recent[path]), before[path] / of_before * of_recent)
        for path, counts in days.items()
        if rank_z(counts[split:], counts[:split]) >= least
    ]


def rank_z(later: Sequence[float], earlier: Sequence[float]) -> float:
    """Returns the standard score of Mann and Whitney's test, with its correction for ties (Ann. Math. Stat. 18 (1947), 50).

    It asks how often a later day has more than an earlier one, and not how much more: a burst of some days weighs little.
    """
    first, second = len(later), len(earlier)
    ranks = pd.Series([*later, *earlier]).rank()
    number = first + second
    ties = ranks.value_counts().to_numpy(float)
    spread = first * second / 12 * (number + 1 - float((ties**3 - ties).sum()) / (number * (number - 1)))
    excess = float(ranks.iloc[:first].sum()) - first * (number + 1) / 2
    return excess / sqrt(spread) if spread > 0 else 0.0


def _visits(store: EventStore, scope: Scope) -> Counter[str]:
    """How many visits read each page."""
    with counting(store, scope) as counted:
        rows = counted.rows(counted.statement(["visits"], [Group(Dimension.PAGE)]))
    return Counter({row.g0: int(row.visits or 0) for row in rows if row.g0 is not None})


def _read_before(store: EventStore, scope: Scope, paths: Sequence[str]) -> set[str]:
    """Those of the pages that were read half a year before the scope's end or earlier, by anybody."""
    if not paths:
        return set()
    last_day = scope.period.last_day - timedelta(days=OLD_DAYS)
    with counting(store, scope_ever(store, scope.site, last_day, scope.period.time_zone)) as counted:
        if counted.days is not None:
            rows = counted.rows(counted.statement(["visits"], [Group(Dimension.PAGE)]))
            return {row.g0 for row in rows}.intersection(paths)
        read = select(events.c.path).where(counted.scope.where(), events.c.path.in_(paths)).distinct()
        return {row.path for row in counted.rows(counted.scope.asked(read))}


def _by_day(store: EventStore, scope: Scope, paths: Sequence[str]) -> dict[str, Sequence[float]]:
    """How many visits read each page on each day of the scope."""
    if not paths:
        return {}
    day = truncated(scope.period, "day").label("day")
    statement = (
        select(events.c.path, day, func.count(events.c.visit_id.distinct()))
        .where(scope.where(), events.c.path.in_(paths), events.c.pageviews > 0)
        .group_by(events.c.path, day)
    )
    counts = {path: np.zeros(scope.period.days) for path in paths}
    for path, moment, number in store.rows(scope.asked(statement)):
        counts[path][(moment.date() - scope.period.start).days] = number
    return {path: list(days) for path, days in counts.items()}
