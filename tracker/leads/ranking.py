"""Ranks the companies of a scope, as numbers: the certain first, then by score, then by the last visit.

Owns which events count for a company and what a score is made from. It reads the events of the scored days once. It reads
those of the whole period only when all companies are requested: companies with recent events come before all others, so
the first few are known without them. Other facts of a company are looked up for the rows that are shown
(tracker.leads.report).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select

from tracker.leads import scoring
from tracker.leads.certainty import is_listed, is_sure
from tracker.stats import metrics
from tracker.stats.local_time import truncated
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import EventStore
from tracker.store.schema import events

SCORED_DAYS = 30

ACTIVITY = ("visits", "days", "people", "pageviews", "engaged_seconds", "last_seen", "intent_pages")
"""What a score is made from, of the scored days; in a ranking's rows with `scored_` before it."""


@dataclass(frozen=True)
class Ranking:
    """The ranked companies. `rows` has one row a company, in the order of the leads.

    `company`, `sure` (whether it is certain), `score`, a column of points for each of scoring.CODES and `scored_…` for
    each of ACTIVITY (missing where it did nothing lately). Where all companies were asked for also `visits`, `pageviews`,
    `engaged_seconds`, `first_seen` and `last_seen` of the period (UTC without a zone). `now` is the moment
    (aware) of the scores, and `intent_pages` the paths that earn points.
    """

    rows: pd.DataFrame
    now: datetime
    intent_pages: Sequence[str]

    @property
    def since(self) -> datetime:
        """From when events count for a score, in the store's form: UTC without a zone."""
        return _since(self.now)


def rank(
    store: EventStore,
    scope: Scope,
    *,
    confirmed: Collection[str] = (),
    whose: ColumnElement[bool] | None = None,
    newest: datetime | None = None,
    first: int | None = None,
) -> Ranking:
    """Ranks the companies of a scope, or only those with events that meet `whose`. Returns the `first` rows, or all.

    Scores are of the SCORED_DAYS up to the `newest` event of any company of the scope (UTC without a zone), which is
    looked up if it is not given. So a score says who deserves a call now, however long the period is.
    """
    counted = and_(scope.where(), is_listed(confirmed) if whose is None else whose)
    companies = None
    if newest is None:
        newest, companies = _newest(store, scope, confirmed)
        if newest is None:
            return Ranking(_none(), scope.period.end_at, ())
    now = min(scope.period.end_at, newest.replace(tzinfo=UTC))
    lately = and_(counted, events.c.occurred_at > _since(now))
    pages = scoring.intent_pages(_paths(store, scope, lately))
    recent = _scored(_recent(store, scope, lately, confirmed, pages), now)
    certain = recent[recent["sure"]]
    if first is not None and len(certain) >= first:
        return Ranking(_ordered(certain.assign(last_seen=certain["scored_last_seen"]))[:first], now, pages)
    if companies is None or whose is not None:
        companies = _companies(store, scope, counted, confirmed)
    rows = companies.merge(recent, on=["company", "sure"], how="left")
    points = ["score", *scoring.CODES]
    rows[points] = rows[points].fillna(0).astype("int64")
    return Ranking(_ordered(rows)[:first], now, pages)


def newest_event(store: EventStore, scope: Scope, confirmed: Collection[str] = ()) -> datetime | None:
    """Returns the time of the last event that counts for any company of the scope (UTC without a zone); None for none."""
    return _newest(store, scope, confirmed)[0]


def _since(now: datetime) -> datetime:
    return naive(now - timedelta(days=SCORED_DAYS))


def _newest(store: EventStore, scope: Scope, confirmed: Collection[str]) -> tuple[datetime | None, pd.DataFrame | None]:
    """Returns the time of the last event that counts, and the sums of all companies if they were needed for it.

    Usually it is the last event of all. That event may not count: it may be uncertain while others of its company's are
    certain.
    """
    counted = and_(scope.where(), is_listed(confirmed))
    sure = is_sure(confirmed).label("sure")
    last = select(events.c.occurred_at, sure).where(counted).order_by(events.c.occurred_at.desc(), sure.desc()).limit(1)
    found = store.rows(scope.asked(last))
    if not found:
        return None, None
    if found[0].sure:
        return found[0].occurred_at, None
    companies = _companies(store, scope, counted, confirmed)
    return companies["last_seen"].max().to_pydatetime(), companies


def _companies(
    store: EventStore, scope: Scope, counted: ColumnElement[bool], confirmed: Collection[str]
) -> pd.DataFrame:
    """Returns the sums of each company over the period. If a company has certain events, only those count."""
    sure = is_sure(confirmed).label("sure")
    statement = (
        select(
            events.c.company,
            sure,
            metrics.VISITS_TOUCHED.label("visits"),
            metrics.PAGEVIEWS.label("pageviews"),
            metrics.ENGAGED_MS.label("engaged_ms"),
            func.min(events.c.occurred_at).label("first_seen"),
            func.max(events.c.occurred_at).label("last_seen"),
        )
        .where(counted)
        .group_by(events.c.company, sure)
    )
    frame = _with_units(store.frame(scope.asked(statement)))
    return frame[frame["sure"] | ~frame["company"].duplicated(keep=False)].reset_index(drop=True)


def _paths(store: EventStore, scope: Scope, lately: ColumnElement[bool]) -> list[str]:
    found = select(events.c.path).where(lately, events.c.pageviews > 0, events.c.path.is_not(None)).distinct()
    return sorted(path for (path,) in store.rows(scope.asked(found)))


def _recent(
    store: EventStore, scope: Scope, lately: ColumnElement[bool], confirmed: Collection[str], pages: Sequence[str]
) -> pd.DataFrame:
    """Returns the columns of ACTIVITY, with a row for each company's certain or uncertain events in the scored days."""
    sure = is_sure(confirmed).label("sure")
    day = truncated(scope.period, "day").label("day")
    by_day = (
        select(
            events.c.company,
            sure,
            day,
            metrics.VISITORS.label("visitors"),
            metrics.VISITS_TOUCHED.label("visits"),
            metrics.PAGEVIEWS.label("pageviews"),
            metrics.ENGAGED_MS.label("engaged_ms"),
            func.max(events.c.occurred_at).label("last_seen"),
        )
        .where(lately)
        .group_by(events.c.company, sure, day)
        .subquery("by_day")
    )
    of = by_day.c
    sums: list[ColumnElement[Any]] = [func.sum(of[name]).label(name) for name in ("visits", "pageviews", "engaged_ms")]
    people, last_seen = func.max(of.visitors).label("people"), func.max(of.last_seen).label("last_seen")
    statement = select(of.company, of.sure, func.count().label("days"), people, *sums, last_seen)
    frame = _with_units(store.frame(scope.asked(statement.group_by(of.company, of.sure))))
    wanting = _wanting(store, scope, lately, sure, pages)
    return frame.merge(wanting, on=["company", "sure"], how="left").fillna({"intent_pages": 0})


def _wanting(
    store: EventStore, scope: Scope, lately: ColumnElement[bool], sure: ColumnElement[bool], pages: Sequence[str]
) -> pd.DataFrame:
    """Returns how many different ones of `pages` each company viewed. Companies that viewed none are left out."""
    statement = (
        select(events.c.company, sure, func.count(events.c.path.distinct()).label("intent_pages"))
        .where(lately, events.c.pageviews > 0, events.c.path.in_(pages))
        .group_by(events.c.company, sure)
    )
    frame = store.frame(scope.asked(statement))
    return frame.astype({"company": object, "sure": bool})


def _with_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the frame with the right column types, also without rows, and with engaged time in seconds."""
    types: dict[str, Any] = {"company": object, "sure": bool}
    types |= dict.fromkeys(("visits", "visitors", "days", "people", "pageviews"), "int64")
    types |= dict.fromkeys(("first_seen", "last_seen"), "datetime64[us]")
    frame = frame.astype({name: kind for name, kind in types.items() if name in frame})
    frame["engaged_seconds"] = frame.pop("engaged_ms").astype("float64") / 1000
    return frame


def _scored(activity: pd.DataFrame, now: datetime) -> pd.DataFrame:
    points = scoring.parts(activity, now=now)
    named = activity.rename(columns={name: f"scored_{name}" for name in ACTIVITY})
    return named.join(points).assign(score=points.sum(axis=1))


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows in the order of the leads; equal ones by name. No name is there twice, so the order is unique."""
    names = rows["company"].to_numpy(dtype=object)
    by_name = np.empty(len(rows), np.int64)
    by_name[np.argsort(names, kind="stable")] = np.arange(len(rows))
    order = np.lexsort((by_name, -rows["last_seen"].to_numpy().astype(np.int64), -rows["score"], ~rows["sure"]))
    return rows.iloc[order].reset_index(drop=True)


def _none() -> pd.DataFrame:
    return pd.DataFrame(columns=["company", "sure", "score", *scoring.CODES, *(f"scored_{name}" for name in ACTIVITY)])
