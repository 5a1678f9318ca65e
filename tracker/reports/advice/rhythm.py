"""When visits begin: by weekday and hour of the site's clock, and which of them stand out week after week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import func, select

from tracker.reports.advice.chance import SHOWN_Z, bar, steady_z, wilson
from tracker.reports.advice.window import week_of
from tracker.stats.aggregation import Group
from tracker.stats.local_time import truncated
from tracker.stats.rollups.counting import counting
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# Below these nothing is said of a rhythm. Companies are counted once an hour.
LEAST_VISITS, LEAST_HOURS_OF_COMPANIES = 200, 50
DAYS, HOURS = 7, 24
# More days or hours than these in a row or together are no choice any more.
_MOST = {DAYS: 5, HOURS: 6}

Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """The days or hours that stand out and cannot be told apart, in their order: their share, and the expected one."""

    slots: tuple[int, ...]
    share: float
    expected: float


@dataclass(frozen=True)
class Rhythm:
    """When visits began: `cells` has seven rows of 24 counts, Monday first. `days` and `hours` are None if none stands out."""

    visits: int
    cells: tuple[tuple[int, ...], ...]
    days: Standing | None
    hours: Standing | None


def rhythm(
    began: pd.DataFrame, weeks: int, *, rhythms: int, least: int = LEAST_VISITS, of_all: pd.DataFrame | None = None
) -> Rhythm:
    """Returns the rhythm of visits, of which `began` has a row an hour: `week`, `weekday`, `hour`, `visits`.

    What stands out has more than an even share; with `of_all`, a frame of the same form, more than its share of these visits
    in the same week. With a column `company`, it has to do so for the companies, too. `rhythms` is how many are looked at.
    """
    cells = np.zeros((DAYS, HOURS), np.int64)
    np.add.at(cells, (began["weekday"].to_numpy(np.int64), began["hour"].to_numpy(np.int64)), began["visits"])
    total = int(cells.sum())
    comparisons = (DAYS + HOURS) * rhythms
    days, hours = (
        _standing_out(began, of_all, column, slots, weeks, bar(comparisons)) if total >= least else None
        for column, slots in (("weekday", DAYS), ("hour", HOURS))
    )
    return Rhythm(total, tuple(tuple(int(one) for one in row) for row in cells), days, hours)


def hours_of_visits(store: EventStore, scope: Scope) -> pd.DataFrame:
    """Returns how many visits began in each hour: `week` (of the scope, from 0), `weekday`, `hour` and `visits`."""
    with counting(store, scope) as counted:
        rows = counted.rows(counted.statement(["visits"], [Group(interval="hour")]))
    frame = pd.DataFrame([(row.g0, int(row.visits or 0)) for row in rows], columns=["began_at", "visits"])
    return _by_slots(frame, scope)


def hours_by_network(store: EventStore, scope: Scope) -> pd.DataFrame:
    """Returns the same for each social network that visits came from: its name is `network`."""
    hour = truncated(scope.period, "hour").label("began_at")
    statement = (
        select(events.c.source, hour, func.sum(events.c.visits))
        .where(scope.where(), events.c.visits > 0, events.c.source.is_not(None), events.c.social_kind.is_not(None))
        .group_by(events.c.source, hour)
        .order_by(events.c.source, hour)
    )
    rows = [tuple(row) for row in store.rows(scope.asked(statement))]
    return _by_slots(pd.DataFrame(rows, columns=["network", "began_at", "visits"]), scope)


def hours_of_companies(theirs: pd.DataFrame) -> pd.DataFrame:
    """Returns the hours in which companies came, each company once an hour, of a frame of window.visits_of_companies.

    A frame without weeks gives one without.
    """
    hours = theirs.assign(began_at=theirs["began_at"].dt.floor("h"), visits=1)
    kept = [name for name in ("company", "began_at", "week", "visits") if name in hours]
    return with_slots(hours[kept].drop_duplicates(["company", "began_at"]))


def _by_slots(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    frame["began_at"] = pd.to_datetime(frame["began_at"])
    frame["visits"] = frame["visits"].astype("int64")
    frame["week"] = week_of(frame["began_at"], scope)
    return with_slots(frame)


def with_slots(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the frame with the weekday, Monday being 0, and the hour of `began_at`."""
    return frame.assign(weekday=frame["began_at"].dt.day_of_week, hour=frame["began_at"].dt.hour)


def _standing_out(
    began: pd.DataFrame, of_all: pd.DataFrame | None, column: str, slots: int, weeks: int, least: float
) -> Standing | None:
    by_week = _table(began, "week", column, slots).reindex(range(weeks), fill_value=0).to_numpy(float)
    shares = np.full((weeks, slots), 1 / slots)
    if of_all is not None:
        compared = _table(of_all, "week", column, slots).reindex(range(weeks), fill_value=0).to_numpy(float)
        shares = compared / np.maximum(1, compared.sum(axis=1, keepdims=True))
    expected = by_week.sum(axis=1, keepdims=True) * shares
    scores = [steady_z(by_week[:, slot] - expected[:, slot], expected[:, slot] * (1 - shares[:, slot])) for slot in range(slots)]  # fmt: skip
    if "company" in began:
        scores = [min(both) for both in zip(scores, _scores_of_companies(began, column, slots), strict=True)]
    total, counts, even = by_week.sum(), by_week.sum(0), expected.sum(0) / by_week.sum()
    passing = [
        slot for slot in range(slots) if scores[slot] >= least and wilson(counts[slot], total, least)[0] > even[slot]
    ]
    if not passing:
        return None
    first = max(passing, key=lambda slot: counts[slot])
    # A slot whose own bursts keep it below the bar may still be as good as the first.
    more = [slot for slot in range(slots) if counts[slot] > even[slot] * total]
    alike = [slot for slot in more if slot == first or _lead(by_week, first, slot) < SHOWN_Z]
    chosen = _run(alike, first) if slots == HOURS else alike
    if len(chosen) > _MOST[slots]:
        return None
    return Standing(tuple(chosen), float(counts[chosen].sum() / total), float(even[chosen].sum()))


def _table(began: pd.DataFrame, units: str, column: str, slots: int) -> pd.DataFrame:
    counted = pd.crosstab(began[units], began[column], values=began["visits"], aggfunc="sum")
    return counted.reindex(columns=range(slots)).fillna(0)


def _scores_of_companies(began: pd.DataFrame, column: str, slots: int) -> list[float]:
    """How steadily each slot has more than an even share of each company's hours."""
    counted = _table(began, "company", column, slots).to_numpy(float)
    every, even = counted.sum(axis=1), 1 / slots
    return [steady_z(counted[:, slot] - every * even, every * even * (1 - even)) for slot in range(slots)]


def _lead(by_week: Counts, first: int, other: int) -> float:
    """How steadily one slot has more visits than another."""
    return steady_z(by_week[:, first] - by_week[:, other], by_week[:, first] + by_week[:, other])


def _run(hours: Sequence[int], around: int) -> list[int]:
    """Those of the hours that lie beside one of them without a gap."""
    start = end = around
    while start - 1 in hours:
        start -= 1
    while end + 1 in hours:
        end += 1
    return list(range(start, end + 1))
