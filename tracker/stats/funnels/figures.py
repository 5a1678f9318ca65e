"""The figures of a funnel: how many came to each step, how many no further, and which companies those were.

The database finds who did a later step, and how far nearly all of these came; the moments of the few whom it cannot decide
are read some people at a time, so that memory does not grow with the period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, FromClause, Integer, Select, Subquery, case, cast, func, select

from tracker.stats.companies.whose import with_companies
from tracker.stats.funnels.done import Done, does, step_column
from tracker.stats.funnels.extremes import how_far
from tracker.stats.funnels.furthest import Integers, furthest_steps
from tracker.stats.funnels.in_parts import ROWS_AT_ONCE, in_parts
from tracker.stats.goals import Goal
from tracker.stats.long_visits import followed
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore, Snapshot

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class StepFigures:
    """How many came as far as a step, and how many of them no further.

    `companies` came as far; `stopped` are those that came no further, by name. At the last step these are the companies that
    did all steps.
    """

    reached: int
    left: int
    companies: int
    stopped: tuple[str, ...]


@dataclass(frozen=True)
class FunnelFigures:
    """The steps' figures. `lasting` is how many of those at the first and at the last step have an id that lasts."""

    steps: tuple[StepFigures, ...]
    lasting: tuple[int, int]


def funnel_figures(
    store: EventStore,
    scope: Scope,
    steps: Sequence[Goal],
    *,
    days: int = 0,
    in_order: bool = True,
    at_once: int = ROWS_AT_ONCE,
) -> FunnelFigures:
    """Returns the figures of steps within one visit; with `days`, of visitors who take no longer from first to last.

    `at_once` is of how many events, about, the moments are read together.
    """
    question = ("funnel", tuple(step.meant for step in steps), days, in_order)

    def work(opened: EventStore) -> FunnelFigures:
        with opened.snapshot() as snapshot, with_companies(opened, scope) as whose:
            done = Done(followed(snapshot, scope), steps, by_visitor=days > 0)
            return _Funnel(snapshot, done, whose, days, in_order=in_order, at_once=at_once).figures()

    return once_of_present(store, scope, question, work)


@dataclass(frozen=True)
class _Undecided:
    """Those whose moments were looked at: how far each came, whose id lasts, and which companies they are of."""

    furthest: Integers
    lasts: NDArray[np.bool_]
    companies: Counter[str]


_NOBODY = _Undecided(np.zeros(0, np.int64), np.zeros(0, bool), Counter())


class _Funnel:
    """The questions about one funnel. `whose` are the visits of companies."""

    def __init__(
        self, snapshot: Snapshot, done: Done, whose: FromClause, days: int, *, in_order: bool, at_once: int
    ) -> None:
        self._snapshot, self._whose = snapshot, whose
        self._done, self._number = done.all_steps(), len(done.steps)
        self._days, self._in_order, self._at_once = days, in_order, at_once

    def figures(self) -> FunnelFigures:
        begun, lasting = self._begun()
        came = self._snapshot.frame(self._those_who_did_more())
        is_open = came["undecided"].to_numpy(bool)
        decided, undecided = came[~is_open], self._undecided(came[is_open])
        reached = [begun]
        for step in range(2, self._number + 1):
            further = int(decided["people"][decided["furthest"] >= step].sum())
            reached.append(further + int((undecided.furthest >= step).sum()))
        did_all = int(decided["lasting"][decided["furthest"] == self._number].sum())
        did_all += int((undecided.furthest[undecided.lasts] == self._number).sum())
        companies = undecided.companies | self._companies()  # of both the counter has the greater one
        return FunnelFigures(
            tuple(_step(step, reached, companies) for step in range(1, self._number + 1)), (lasting, did_all)
        )

    def _begun(self) -> tuple[int, int]:
        """How many did the first step, and how many of them have an id that lasts."""
        done = self._done
        if not self._days:
            number: Select[Any] = select(func.count(done.c.who.distinct())).where(does(done, 0))
            return int(self._snapshot.rows(number)[0][0]), 0
        lasts = func.max(cast(done.c.lasts, Integer)).label("lasts")
        people = select(done.c.who, lasts).where(does(done, 0)).group_by(done.c.who).subquery("people")
        sums: list[ColumnElement[Any]] = [func.count(), func.sum(people.c.lasts)]
        ((begun, lasting),) = self._snapshot.rows(select(*sums))
        return int(begun), int(lasting or 0)

    def _those_who_did_more(self) -> Select[Any]:
        """Of those who did a later step how many came how far; a row each for those who are undecided, with the number of their events."""
        done = self._done
        more = select(done.c.who).where(does(done, *range(1, self._number)))
        theirs = select(done).where(done.c.who.in_(more)).subquery("theirs")
        came = how_far(theirs, ("who",), self._number, days=self._days, in_order=self._in_order)
        key = (came.c.undecided, case((came.c.undecided, came.c.who), else_=0).label("who"), came.c.furthest)
        sums = [func.sum(came.c.rows).label("rows"), func.sum(came.c.lasts).label("lasting")]
        return select(*key, func.count().label("people"), *sums).group_by(*key)

    def _of_companies(self) -> Subquery:
        """Each `who` with each `company` of theirs."""
        done, whose = self._done, self._whose
        if not self._days:
            return select(whose.c.visit_id.label("who"), whose.c.company).subquery("of_companies")
        joined = done.join(whose, whose.c.visit_id == done.c.visit_id)
        return select(done.c.who, whose.c.company).select_from(joined).distinct().subquery("of_companies")

    def _companies(self) -> Counter[str]:
        """How far the one of each company came that came furthest, as far as the extremes tell."""
        done, whose = self._done, self._of_companies()
        theirs = select(done, whose.c.company).join_from(done, whose, whose.c.who == done.c.who).subquery("theirs")
        came = how_far(theirs, ("who", "company"), self._number, days=self._days, in_order=self._in_order)
        furthest = func.max(came.c.furthest).label("furthest")
        found = select(came.c.company, furthest).where(came.c.furthest > 0).group_by(came.c.company)
        return Counter({row.company: row.furthest for row in self._snapshot.rows(found)})

    def _undecided(self, them: pd.DataFrame) -> _Undecided:
        """Those of whom the extremes do not tell (`who` and `rows` of each), some at a time."""
        done, whose = self._done, self._of_companies()
        found = []
        companies: Counter[str] = Counter()
        for part in in_parts(them, at_once=self._at_once):
            ids = select(functions.unnest(part["who"].tolist(), BigInteger()))
            people = self._looked_at(self._snapshot.frame(select(done).where(done.c.who.in_(ids))))
            found.append(people)
            furthest = people["furthest"].to_dict()
            for who, company in self._snapshot.rows(select(whose.c.who, whose.c.company).where(whose.c.who.in_(ids))):
                companies[company] = max(companies[company], furthest[who])
        if not found:
            return _NOBODY
        all_of_them = pd.concat(found)
        return _Undecided(all_of_them["furthest"].to_numpy(), all_of_them["lasts"].to_numpy(bool), companies)

    def _looked_at(self, moments: pd.DataFrame) -> pd.DataFrame:
        """By the id of each: `furthest` and `lasts`, by all of their moments."""
        places = [np.flatnonzero(moments[step_column(step)].to_numpy() == True) for step in range(self._number)]  # noqa: E712
        rows, steps = np.concatenate(places), np.repeat(np.arange(self._number), [len(one) for one in places])
        ids = moments["who"].to_numpy(np.int64)[rows]
        at = moments["occurred_at"].to_numpy("datetime64[us]").astype(np.int64)[rows]
        order = np.lexsort((at, ids))
        people, who = np.unique(ids[order], return_inverse=True)
        window = timedelta(days=self._days) // _MICROSECOND if self._days else None
        furthest = furthest_steps(who, at[order], steps[order], self._number, window=window, in_order=self._in_order)
        lasts = np.isin(people, moments["who"][moments["lasts"]])
        return pd.DataFrame({"furthest": furthest, "lasts": lasts}, index=people)


def _step(step: int, reached: Sequence[int], companies: Mapping[str, int]) -> StepFigures:
    further = reached[step] if step < len(reached) else reached[step - 1]
    return StepFigures(
        reached[step - 1],
        reached[step - 1] - further,
        sum(came >= step for came in companies.values()),
        tuple(sorted(company for company, came in companies.items() if came == step)),
    )
