"""The figures of a funnel: how many came to each step, how many no further, and which companies those were.

One statement finds the events of all steps; the rest is arithmetic over their moments. Where there are very many events,
it is asked of some visitors at a time, so that memory does not grow with the period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from sqlalchemy import SmallInteger, cast, func, select

from tracker.stats.funnels.furthest import furthest_steps
from tracker.stats.funnels.in_parts import EVENTS_AT_ONCE, parts
from tracker.stats.goals import Goal
from tracker.stats.goals.conversions import reaching
from tracker.stats.goals.whose import companies_by_visit
from tracker.stats.long_visits import followed
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore

_MICROSECOND = timedelta(microseconds=1)

_Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


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
    store: EventStore,
    scope: Scope,
    steps: Sequence[Goal],
    *,
    days: int = 0,
    in_order: bool = True,
    at_once: int = EVENTS_AT_ONCE,
) -> FunnelFigures:
    """Returns the figures of steps within one visit; with `days`, of visitors who take no longer from first to last.

    `at_once` is of how many events of the period, about, the steps are read together.
    """
    question = ("funnel", tuple(step.meant for step in steps), days, in_order)
    return once_of_present(
        store, scope, question, lambda opened: _figures(opened, scope, steps, days, in_order=in_order, at_once=at_once)
    )


@dataclass(frozen=True)
class _Came:
    """How far some visitors (or visits) came: `furthest` and `lasts` of each, `visits` and `steps` of each step that was done."""

    furthest: _Integers
    lasts: np.ndarray[tuple[int], np.dtype[np.bool_]]
    visits: pd.Series
    steps: _Integers


def _figures(
    store: EventStore, scope: Scope, steps: Sequence[Goal], days: int, *, in_order: bool, at_once: int
) -> FunnelFigures:
    numbered = [replace(step, key=str(index)) for index, step in enumerate(steps)]
    named = companies_by_visit(store, scope)
    with store.snapshot() as snapshot:
        did = reaching(followed(snapshot, scope), numbered, facts=("consented",)).subquery("did")
        who = (did.c.visitor_id if days else did.c.visit_id).label("who")
        done = select(
            who,
            did.c.visit_id,
            did.c.occurred_at,
            cast(did.c.goal, SmallInteger).label("step"),
            func.coalesce(did.c.consented, False).label("lasts"),
        )
        came = [
            _how_far(snapshot.frame(done.where(part)), named.index, len(steps), days, in_order=in_order)
            for part in parts(snapshot, scope, who.element, at_once=at_once)
        ]
    furthest, lasts = (np.concatenate([getattr(one, name) for one in came]) for name in ("furthest", "lasts"))
    companies = _companies(named, pd.concat([one.visits for one in came]), np.concatenate([one.steps for one in came]))
    return FunnelFigures(
        tuple(_step(index + 1, furthest, companies, len(steps)) for index in range(len(steps))),
        (int((furthest[lasts] >= 1).sum()), int((furthest[lasts] >= len(steps)).sum())),
    )


def _how_far(done: pd.DataFrame, of_companies: pd.Index, number: int, days: int, *, in_order: bool) -> _Came:
    ids, at = done["who"].to_numpy(np.int64), done["occurred_at"].to_numpy("datetime64[us]").astype(np.int64)
    order = np.lexsort((at, ids))
    done, ids = done.take(order), ids[order]
    who = np.cumsum(np.diff(ids, prepend=ids[:1]) != 0)
    furthest = furthest_steps(
        who,
        at[order],
        done["step"].to_numpy(np.int64),
        number,
        window=timedelta(days=days) // _MICROSECOND if days else None,
        in_order=in_order,
    )
    lasts = np.zeros(len(furthest), dtype=bool)
    lasts[who[done["lasts"].to_numpy(bool)]] = True
    has_one = done["visit_id"].isin(of_companies).to_numpy()
    return _Came(furthest, lasts, done["visit_id"][has_one], furthest[who[has_one]])


def _companies(named: pd.Series, visits: pd.Series, steps: _Integers) -> pd.DataFrame:
    """By company: how many steps the one of it that came furthest came, and how many visits did a step; the most visits first."""
    rows = pd.DataFrame({"company": visits.map(named).to_numpy(), "visit": visits.to_numpy(), "steps": steps})
    grouped = rows.groupby("company")
    found = grouped.agg(steps=("steps", "max"), visits=("visit", "nunique")).reset_index()
    return found.sort_values(["visits", "company"], ascending=[False, True], kind="stable")


def _step(step: int, furthest: _Integers, companies: pd.DataFrame, number: int) -> StepFigures:
    reached, further = int((furthest >= step).sum()), int((furthest > step).sum())
    return StepFigures(
        reached,
        reached - further if step < number else 0,
        int((companies["steps"] >= step).sum()),
        tuple(companies["company"][companies["steps"] == step]),
    )
