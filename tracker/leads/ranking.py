"""Ranks the companies of a scope, as numbers: the certain first, then by score, then by the last visit.

Owns which companies a scope has, and their order. Scores are those of one day whatever the scope is
(tracker.leads.activity). The events of the whole period are only read when all companies are requested: the first few are
looked for among those with the highest scores. Other facts of a company are looked up for the rows that are shown
(tracker.leads.report).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, func, select, true

from tracker.leads.activity import ScoredDay, scores, scores_of_unlisted
from tracker.leads.certainty import is_listed, is_sure
from tracker.leads.score_rules import DEFAULT_RULES, Rules
from tracker.stats.companies.visit_rows import Rows, company_rows
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore

# So many companies are looked up by name; for more, all of the scope are read.
_MOST_LISTED = 500


@dataclass(frozen=True)
class Ranking:
    """The ranked companies. `rows` has one row a company, in the order of the leads.

    `company`, `sure` (whether it is certain in the period), `score` and `last_seen` (UTC without a zone). Where all
    companies were asked for also `visits`, `pageviews`, `engaged_seconds` and `first_seen` of the period. `scores` are those
    of the day, a row a company (tracker.leads.activity.scores): `of_all`, or only of the one that was asked for and is possible;
    `of` is that day.
    """

    rows: pd.DataFrame
    of: ScoredDay
    scores: pd.DataFrame
    of_all: bool


def scored_day(period: Period, now: datetime | None = None) -> date:
    """Returns the day whose scores a period shows: its last, or today where it goes on. `now` is aware; None if it is over."""
    return period.last_day if now is None else min(period.last_day, now.astimezone(period.time_zone).date())


def rank(
    store: EventStore,
    scope: Scope,
    *,
    now: datetime | None = None,
    confirmed: Collection[str] = (),
    rules: Rules = DEFAULT_RULES,
    company: str | None = None,
    first: int | None = None,
) -> Ranking:
    """Ranks the companies of a scope, or only one of them. Returns the `first` rows, or all."""
    of = ScoredDay(scope.site, scored_day(scope.period, now), scope.period.time_zone, confirmed, rules)
    question = ("ranking", company, first, *of.key)
    return once_of_present(store, scope, question, lambda page: _rank(page, scope, of, company, first))


def _rank(store: EventStore, scope: Scope, of: ScoredDay, company: str | None, first: int | None) -> Ranking:
    scored = scores(
        store, of
    )  # kept, also where one company is asked for: whoever looks at one has mostly seen the list
    of_all = company is None or bool((scored["company"] == company).any())
    if company is not None and not of_all:
        scored = scores_of_unlisted(store, of, company)
    if company is not None:
        rows = _companies(store, scope, of, [company], listed=False)
    elif first is not None and (found := _first(store, scope, of, scored, first)) is not None:
        rows = found
    else:
        rows = _companies(store, scope, of, None)
    return Ranking(_ordered(_with_scores(rows, scored))[:first], of, scored, of_all)


def _with_scores(rows: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    rows = rows.merge(scored[["company", "score"]], on="company", how="left")
    return rows.assign(score=rows["score"].fillna(0).astype("int64"))


def _first(store: EventStore, scope: Scope, of: ScoredDay, scored: pd.DataFrame, first: int) -> pd.DataFrame | None:
    """Returns companies of the scope among which its first ones are, found by their scores; None if that is not quick."""
    certain = scored[scored["sure"]]
    if len(certain) >= first and _has_all_scored_days(scope, of):
        return certain[["company", "sure", "last_seen"]]
    by_score = scored.sort_values("score", ascending=False, kind="stable")
    number = 2 * first
    while number <= _MOST_LISTED and number < len(by_score):
        # All that share the last score are taken: the last visit decides between them.
        named = by_score[by_score["score"] >= by_score["score"].iloc[number - 1]]
        if len(named) > _MOST_LISTED:
            return None
        rows = _companies(store, scope, of, list(named["company"]), sums=False)
        if int(rows["sure"].sum()) >= first:
            return rows
        number *= 5
    return None


def _has_all_scored_days(scope: Scope, of: ScoredDay) -> bool:
    """Whether the scope has all events that scores are made from, and none after them."""
    period, scored = scope.period, of.scope.period
    return not scope.filters and period.start_at <= scored.start_at and period.last_day == of.day and not period.moments


def _companies(
    store: EventStore,
    scope: Scope,
    of: ScoredDay,
    names: Collection[str] | None,
    *,
    listed: bool = True,
    sums: bool = True,
) -> pd.DataFrame:
    """Returns when each company was there last, or those of some names, and its sums over the period.

    If a company has certain events, only those count.
    """
    with company_rows(store, scope) as did:
        sure = is_sure(of.confirmed, did.c).label("sure")
        statement = (
            select(
                did.c.company,
                sure,
                func.max(did.c.last_at).label("last_seen"),
                *(_sums(did) if sums else ()),
            )
            .where(
                is_listed(of.confirmed, did.c) if listed else true(),
                true() if names is None else functions.is_one_of(did.c.company, sorted(names)),
            )
            .group_by(did.c.company, sure)
        )
        frame = _with_units(did.frame(statement))
    return frame[frame["sure"] | ~frame["company"].duplicated(keep=False)].reset_index(drop=True)


def _sums(did: Rows) -> tuple[ColumnElement[Any], ...]:
    return (
        func.count(did.c.visit_id.distinct()).label("visits"),
        func.sum(did.c.pageviews).label("pageviews"),
        func.sum(did.c.engaged_ms).label("engaged_ms"),
        func.min(did.c.first_at).label("first_seen"),
    )


def _with_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the frame with the right column types, also without rows, and with engaged time in seconds."""
    types: dict[str, Any] = {"company": object, "sure": bool}
    types |= dict.fromkeys(("visits", "visitors", "days", "people", "pageviews"), "int64")
    types |= dict.fromkeys(("first_seen", "last_seen"), "datetime64[us]")
    frame = frame.astype({name: kind for name, kind in types.items() if name in frame})
    if "engaged_ms" in frame:
        frame["engaged_seconds"] = frame.pop("engaged_ms").astype("float64") / 1000
    return frame


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows in the order of the leads; equal ones by name. No name is there twice, so the order is unique."""
    names = rows["company"].to_numpy(dtype=object)
    by_name = np.empty(len(rows), np.int64)
    by_name[np.argsort(names, kind="stable")] = np.arange(len(rows))
    order = np.lexsort((by_name, -rows["last_seen"].to_numpy().astype(np.int64), -rows["score"], ~rows["sure"]))
    return rows.iloc[order].reset_index(drop=True)
