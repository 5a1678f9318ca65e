"""The figures of a funnel: how many came to each step, how many no further, and which companies those were.

One statement finds the events of all steps; the rest is arithmetic over their moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from sqlalchemy import SmallInteger, cast, func, select

from tracker.stats.funnels.furthest import furthest_steps
from tracker.stats.goals import Goal
from tracker.stats.goals.conversions import reaching
from tracker.stats.goals.whose import companies_by_visit
from tracker.stats.long_visits import followed
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class StepFigures:
    """How many came as far as a step, and how many of them no further.

    `companies` came as far; `stopped` are those that came no further, the ones with the most visits first. At the last step
    these are the companies that did all steps.
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
    store: EventStore, scope: Scope, steps: Sequence[Goal], *, days: int = 0, in_order: bool = True
) -> FunnelFigures:
    """Returns the figures of steps within one visit; with `days`, of visitors who take no longer from first to last."""
    question = ("funnel", tuple(step.meant for step in steps), days, in_order)
    return once_of_present(
        store, scope, question, lambda opened: _figures(opened, scope, steps, days=days, in_order=in_order)
    )


def _figures(store: EventStore, scope: Scope, steps: Sequence[Goal], *, days: int, in_order: bool) -> FunnelFigures:
    numbered = [replace(step, key=str(index)) for index, step in enumerate(steps)]
    with store.snapshot() as snapshot:
        did = reaching(followed(snapshot, scope), numbered, facts=("consented",)).subquery("did")
        columns = [
            (did.c.visitor_id if days else did.c.visit_id).label("who"),
            did.c.visit_id,
            did.c.occurred_at,
            cast(did.c.goal, SmallInteger).label("step"),
            func.coalesce(did.c.consented, False).label("lasts"),
        ]
        done = snapshot.frame(select(*columns))
    ids, at = done["who"].to_numpy(np.int64), done["occurred_at"].to_numpy("datetime64[us]").astype(np.int64)
    order = np.lexsort((at, ids))
    done, ids = done.take(order), ids[order]
    who = np.cumsum(np.diff(ids, prepend=ids[:1]) != 0)
    furthest = furthest_steps(
        who,
        at[order],
        done["step"].to_numpy(np.int64),
        len(steps),
        window=timedelta(days=days) // _MICROSECOND if days else None,
        in_order=in_order,
    )
    lasts = np.zeros(len(furthest), dtype=bool)
    lasts[who[done["lasts"].to_numpy(bool)]] = True
    companies = _companies(store, scope, done["visit_id"], furthest[who])
    return FunnelFigures(
        tuple(_step(index + 1, furthest, companies, len(steps)) for index in range(len(steps))),
        (int((furthest[lasts] >= 1).sum()), int((furthest[lasts] >= len(steps)).sum())),
    )


def _companies(
    store: EventStore, scope: Scope, visits: pd.Series, furthest: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> pd.DataFrame:
    """By company: how many steps the one of it that came furthest came, and how many visits did a step; the most visits first."""
    named = companies_by_visit(store, scope)
    has_one = visits.isin(named.index).to_numpy()
    own = visits[has_one]
    rows = pd.DataFrame({"company": own.map(named), "visit": own, "steps": furthest[has_one]})
    grouped = rows.groupby("company")
    found = grouped.agg(steps=("steps", "max"), visits=("visit", "nunique")).reset_index()
    return found.sort_values(["visits", "company"], ascending=[False, True], kind="stable")


def _step(
    step: int, furthest: np.ndarray[tuple[int], np.dtype[np.int64]], companies: pd.DataFrame, number: int
) -> StepFigures:
    reached, further = int((furthest >= step).sum()), int((furthest > step).sum())
    return StepFigures(
        reached,
        reached - further if step < number else 0,
        int((companies["steps"] >= step).sum()),
        tuple(companies["company"][companies["steps"] == step]),
    )
