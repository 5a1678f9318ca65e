"""What companies did in the days that a score looks at, and their scores: of a site's day, whoever asks and however.

Owns which events count for a company's score: those of the 30 local days up to the day, without filters. If a company was
ever certain before the day is over, only its certain events count, since anybody can type a name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import ColumnElement, func, select

from tracker.leads import scoring
from tracker.leads.certainty import is_listed, is_sure
from tracker.leads.score_rules import DEFAULT_RULES, Rules
from tracker.stats.companies.visit_rows import company_rows, page_rows, scope_ever
from tracker.stats.goals.conversions import conversions_by_company
from tracker.stats.periods import Period
from tracker.stats.rollups.moment import once_of_present
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class ScoredDay:
    """The local day that scores are of, on a site by its rules; `confirmed` companies are certain."""

    site: str
    day: date
    time_zone: ZoneInfo
    confirmed: Collection[str] = ()
    rules: Rules = DEFAULT_RULES

    @property
    def scope(self) -> Scope:
        """The events that count: of the days up to it."""
        first = self.day - timedelta(days=scoring.SCORED_DAYS - 1)
        return Scope(self.site, Period(first, self.day + timedelta(days=1), self.time_zone, "scored"))

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What tells it from others on the same site."""
        return self.day, self.time_zone.key, tuple(sorted(self.confirmed)), self.rules

    @property
    def sure(self) -> ColumnElement[bool]:
        return is_sure(self.confirmed).label("sure")


def scores(store: EventStore, of: ScoredDay) -> pd.DataFrame:
    """Returns the scores of all companies with events that count: a row each.

    The columns are `company`, `sure` (whether it is certain), `score`, one of points for each of scoring.CODES, those of
    scoring.ACTIVITY, and `last_seen` (UTC without a zone).
    """
    found = once_of_present(store, of.scope, ("scores", *of.key), lambda page: _scores(page, of, None))
    return found.copy()


def scores_of_unlisted(store: EventStore, of: ScoredDay, company: str) -> pd.DataFrame:
    """Returns the same of a company that is not among them: a possible one is in no list, and its page shows what it did."""
    return _scores(store, of, company)


def _scores(store: EventStore, of: ScoredDay, company: str | None) -> pd.DataFrame:
    def whose(own: Any) -> ColumnElement[bool]:
        return is_listed(of.confirmed, own) if company is None else own.company == company

    key = ["company", "sure"]
    frame = _sums(store, of, whose)
    frame = frame.merge(_goals(store, of), on=key, how="left")
    frame = frame.merge(_buying(store, of, whose), on=key, how="left")
    added = {"goals_reached": 0, "goal_weight": 0.0, "buying_weight": 0.0}
    frame = frame.astype(dict.fromkeys(added, "float64")).fillna(added).astype({"goals_reached": "int64"})
    frame = _certain_only(store, of, frame)
    points = scoring.parts(frame, day=pd.Timestamp(of.day))
    return frame.join(points).assign(score=points.sum(axis=1))


def _certain_only(store: EventStore, of: ScoredDay, frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows that count: no uncertain one of a company that is, or ever was, certain."""
    frame = frame[frame["sure"] | ~frame["company"].duplicated(keep=False)]
    doubtful = sorted(frame.loc[~frame["sure"], "company"])
    if doubtful:
        with company_rows(store, scope_ever(store, of.site, of.day, of.time_zone)) as did:
            ever = select(did.c.company).where(did.c.company.in_(doubtful), is_sure(own=did.c))
            certain = {row.company for row in did.rows(ever.distinct())}
        frame = frame[frame["sure"] | ~frame["company"].isin(certain)]
    return frame.reset_index(drop=True)


def _sums(store: EventStore, of: ScoredDay, whose: Callable[[Any], ColumnElement[bool]]) -> pd.DataFrame:
    with company_rows(store, of.scope) as did:
        sure = is_sure(of.confirmed, did.c).label("sure")
        by_day = (
            select(
                did.c.company,
                sure,
                did.c.day,
                func.count(did.c.visitor_id.distinct()).label("visitors"),
                func.count(did.c.visit_id.distinct()).label("visits"),
                func.sum(did.c.pageviews).label("pageviews"),
                func.sum(did.c.engaged_ms).label("engaged_ms"),
                func.max(did.c.last_at).label("last_seen"),
            )
            .where(whose(did.c))
            .group_by(did.c.company, sure, did.c.day)
            .subquery("by_day")
        )
        one = by_day.c
        sums: list[ColumnElement[Any]] = [
            func.sum(one[name]).label(name) for name in ("visits", "pageviews", "engaged_ms")
        ]
        statement = select(
            one.company,
            one.sure,
            func.count().label("days"),
            func.max(one.visitors).label("people"),
            func.max(one.day).label("last_day"),
            func.max(one.last_seen).label("last_seen"),
            *sums,
        ).group_by(one.company, one.sure)
        frame = _typed(did.frame(statement))
    frame["engaged_seconds"] = frame.pop("engaged_ms").astype("float64") / 1000
    return frame


def _goals(store: EventStore, of: ScoredDay) -> pd.DataFrame:
    """Returns how many different goals each company reached, and the points of the one that weighs most."""
    points = {goal.key: goal.points for goal in of.rules.goals}
    reached = conversions(store, of)
    reached["points"] = reached["goal"].map(points).astype("float64")
    by_company = reached.groupby(["company", "sure"])["points"]
    found = by_company.agg(goals_reached="size", goal_weight="max").reset_index()
    return found.astype({"company": object, "sure": bool})


def conversions(store: EventStore, of: ScoredDay) -> pd.DataFrame:
    """Returns the goals that companies reached in the scored days, as `conversions_by_company` does, by `sure` as well."""

    def work(page: EventStore) -> pd.DataFrame:
        return conversions_by_company(page, of.scope, of.rules.goals, of.sure)

    return once_of_present(store, of.scope, ("conversions", *of.key), work).copy()


def buying_pages(store: EventStore, of: ScoredDay) -> dict[str, float]:
    """Returns the weights of the buying pages that a company viewed, by path; not to be changed."""

    def work(page: EventStore) -> dict[str, float]:
        with page_rows(page, of.scope) as did:
            paths = did.rows(select(did.c.path).where(did.c.path.is_not(None)).distinct())
        return of.rules.buying_pages.of(sorted(path for (path,) in paths))

    return once_of_present(store, of.scope, ("buying pages", *of.key), work)


def _buying(store: EventStore, of: ScoredDay, whose: Callable[[Any], ColumnElement[bool]]) -> pd.DataFrame:
    """Returns the weights of the buying pages that each company viewed, added up."""
    weights = buying_pages(store, of)
    with page_rows(store, of.scope) as did:
        sure = is_sure(of.confirmed, did.c).label("sure")
        viewed = select(did.c.company, sure, did.c.path).where(whose(did.c), did.c.path.in_(sorted(weights)))
        frame = _typed(did.frame(viewed.distinct()))
    frame["buying_weight"] = frame["path"].map(weights).astype("float64")
    return frame.groupby(["company", "sure"])[["buying_weight"]].sum().reset_index()


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the frame with the right column types, also without rows."""
    types: dict[str, Any] = {"company": object, "sure": bool, "path": object}
    types |= dict.fromkeys(("visits", "days", "people", "pageviews", "goals_reached"), "int64")
    types |= dict.fromkeys(("last_day", "last_seen"), "datetime64[us]")
    return frame.astype({name: kind for name, kind in types.items() if name in frame})
