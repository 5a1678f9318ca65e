"""Companies as leads: what each read in a period with its score, and one company's visits step by step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, or_, select

from tracker.leads.certainty import best_first, confidence, is_sure
from tracker.leads.companies import Company, company_ids
from tracker.leads.scoring import Activity, Score, score
from tracker.stats import metrics
from tracker.stats.local_time import truncated
from tracker.stats.scope import Scope
from tracker.store import functions
from tracker.store.protocol import EventStore
from tracker.store.schema import events

SCORED_DAYS = 30
NO_SCORE = Score(0, ())

_PAGES_SHOWN = 5
_FACTS = (
    "company_domain",
    "network_kind",
    "country",
    "city",
    "company_method",
    "company_evidence",
)
COLUMNS = (
    "company", "company_id", "company_domain", "network_kind", "score", "reasons", "visits", "visitors", "pageviews",
    "engaged_seconds", "first_seen", "last_seen", "sources", "pages", "country", "city", "method", "evidence",
    "confidence", "sure",
)  # fmt: skip


@dataclass
class VisitStep:
    """One event of a visit; `occurred_at` is aware UTC."""

    occurred_at: datetime
    path: str | None
    title: str | None
    name: str
    engaged_seconds: float


@dataclass
class Visit:
    """One visit with its events in their order."""

    started_at: datetime
    source: str | None
    entry_page: str | None
    country: str | None
    city: str | None
    device: str | None
    steps: list[VisitStep] = field(default_factory=list)


def leads(
    store: EventStore, scope: Scope, *, confirmed: Collection[str] = (), limit: int | None = None
) -> pd.DataFrame:
    """A row a company, the certain ones first, the best score first, then the one seen last. Columns as in COLUMNS.

    `company_id` is the company's id (tracker.leads.companies), `reasons` are scoring.Reason, `sources` names by visits (Direct is none), `pages` titles or paths by views,
    `first_seen` and `last_seen` aware UTC, `engaged_seconds` the sum over all visits. The score is of the last
    SCORED_DAYS before the newest visit of any company: who deserves a call now, however long the period. `sure` is
    whether the company is certain (tracker.leads.certainty), which those that the publisher has `confirmed` are; of a
    company that is certain, only the visits that are certainly its own count.
    """
    companies, condition = _companies(store, scope, confirmed)
    if companies.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    newest = companies["last_seen"].max().to_pydatetime()
    rows = _leads(store, scope, companies, condition, newest)[:limit]
    ids = company_ids(store, scope.site, _as_companies(companies), only={row["company"] for row in rows})
    return _frame(rows, ids)


def one_lead(
    store: EventStore, scope: Scope, name: str, known: Collection[Company], *, confirmed: Collection[str] = ()
) -> pd.DataFrame:
    """The row of one company as `leads` has it, or none; `known` are the scope's companies (tracker.leads.companies)."""
    companies, condition = _companies(store, scope, confirmed, whose=events.c.company == name)
    if companies.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    newest = max(one.last_seen for one in known)
    ids = company_ids(store, scope.site, known, only={name})
    return _frame(_leads(store, scope, companies, condition, newest), ids)


def _as_companies(frame: pd.DataFrame) -> list[Company]:
    columns = ["company", "company_domain", "sure", "first_seen", "last_seen"]
    return [Company(*values) for values in frame[columns].itertuples(index=False, name=None)]


def _leads(
    store: EventStore, scope: Scope, companies: pd.DataFrame, condition: ColumnElement[bool], newest: datetime
) -> list[dict[str, Any]]:
    """The rows of `leads` without their ids, in its order; `newest` is when any company of the scope was seen last."""
    now = min(scope.period.end_at, newest.replace(tzinfo=UTC))
    scores = _scores(store, scope, condition, now)
    pages = _pages(store, condition)
    sources = _sources(store, condition)
    rows = [
        _lead(
            record,
            scores.get(record["company"], NO_SCORE),
            pages.get(record["company"], []),
            sources.get(record["company"], []),
        )
        for record in companies.to_dict("records")
    ]
    rows.sort(key=lambda row: (not row["sure"], -row["score"], -row["last_seen"].timestamp(), row["company"]))
    return rows


def _frame(rows: Sequence[dict[str, Any]], ids: Mapping[str, str]) -> pd.DataFrame:
    named = [row | {"company_id": ids[row["company"]]} for row in rows]
    frame = pd.DataFrame(named, columns=list(COLUMNS), dtype=object)
    return frame.astype(dict.fromkeys(("score", "visits", "visitors", "pageviews"), "int64") | {"sure": "bool"})


def company_visits(
    store: EventStore, scope: Scope, company: str, *, only_sure: bool = False, limit: int = 50
) -> list[Visit]:
    """A company's visits in the period, the newest first, each with its events; `only_sure` those certainly its own."""
    whose = events.c.company == company
    newest = (
        select(events.c.visit_id, func.min(events.c.occurred_at).label("started_at"))
        .where(scope.where(), and_(whose, is_sure()) if only_sure else whose)
        .group_by(events.c.visit_id)
        .order_by(func.min(events.c.occurred_at).desc())
        .limit(limit)
        .subquery()
    )
    columns = (
        "occurred_at",
        "path",
        "title",
        "name",
        "engaged_ms",
        "visit_id",
        "source",
        "entry_page",
        "country",
        "city",
        "device",
    )
    statement = (
        select(*(events.c[name] for name in columns))
        .join(newest, newest.c.visit_id == events.c.visit_id)
        .where(scope.span())
        .order_by(events.c.occurred_at, events.c.pageviews.desc())
    )
    visits: dict[int, Visit] = {}
    for row in store.rows(statement):
        moment = row.occurred_at.replace(tzinfo=UTC)
        visit = visits.get(row.visit_id)
        if visit is None:
            visit = visits[row.visit_id] = Visit(moment, row.source, row.entry_page, row.country, row.city, row.device)
        visit.steps.append(VisitStep(moment, row.path, row.title, row.name, row.engaged_ms / 1000))
    return sorted(visits.values(), key=lambda visit: visit.started_at, reverse=True)


def _lead(record: dict[Any, Any], scored: Score, pages: list[tuple[str, str]], sources: list[str]) -> dict[str, Any]:
    return {
        "company": record["company"],
        "company_domain": record["company_domain"],
        "network_kind": record["network_kind"],
        "score": scored.points,
        "reasons": list(scored.reasons),
        "visits": int(record["visits"]),
        "visitors": int(record["visitors"]),
        "pageviews": int(record["pageviews"]),
        "engaged_seconds": float(record["engaged_ms"]) / 1000,
        "first_seen": record["first_seen"].to_pydatetime().replace(tzinfo=UTC),
        "last_seen": record["last_seen"].to_pydatetime().replace(tzinfo=UTC),
        "sources": sources,
        "pages": [title for _, title in pages[:_PAGES_SHOWN]],
        "country": record["country"],
        "city": record["city"],
        "method": record["company_method"],
        "evidence": record["company_evidence"],
        "confidence": record["confidence"],
        "sure": bool(record["sure"]),
    }


def _scores(store: EventStore, scope: Scope, counted: ColumnElement[bool], now: datetime) -> dict[str, Score]:
    """By company: the score of what it did in the days before `now`; a company that did nothing then is left out."""
    since = (now - timedelta(days=SCORED_DAYS)).replace(tzinfo=None)
    condition = and_(counted, events.c.occurred_at > since)
    pages = _pages(store, condition)
    day = truncated(scope.period, "day").label("day")
    by_day = (
        select(
            events.c.company,
            day,
            metrics.VISITORS.label("visitors"),
            metrics.VISITS_TOUCHED.label("visits"),
            metrics.PAGEVIEWS.label("pageviews"),
            metrics.ENGAGED_MS.label("engaged_ms"),
            func.max(events.c.occurred_at).label("last_seen"),
        )
        .where(condition)
        .group_by(events.c.company, day)
    )
    found: dict[str, Score] = {}
    for company, days in store.frame(by_day).groupby("company"):
        activity = Activity(
            visits=int(days["visits"].sum()),
            days=len(days),
            people=int(days["visitors"].max()),
            pageviews=int(days["pageviews"].sum()),
            engaged_seconds=float(days["engaged_ms"].sum()) / 1000,
            last_seen=days["last_seen"].max().to_pydatetime().replace(tzinfo=UTC),
            paths=[path for path, _ in pages.get(str(company), [])],
        )
        found[str(company)] = score(activity, now=now)
    return found


def _companies(
    store: EventStore, scope: Scope, confirmed: Collection[str], *, whose: ColumnElement[bool] | None = None
) -> tuple[pd.DataFrame, ColumnElement[bool]]:
    """A row a company, of all or of `whose` events, and the condition on the events that count for these rows."""
    counted = and_(scope.where(), events.c.company.is_not(None) if whose is None else whose)
    sure = is_sure(confirmed).label("sure")
    statement = (
        select(
            events.c.company,
            metrics.VISITS_TOUCHED.label("visits"),
            metrics.VISITORS.label("visitors"),
            metrics.PAGEVIEWS.label("pageviews"),
            metrics.ENGAGED_MS.label("engaged_ms"),
            func.min(events.c.occurred_at).label("first_seen"),
            func.max(events.c.occurred_at).label("last_seen"),
            func.max(confidence()).label("confidence"),
            sure,
            *(functions.arg_max(events.c[name], best_first()).label(name) for name in _FACTS),
        )
        .where(counted)
        .group_by(events.c.company, sure)
    )
    frame = store.frame(statement)
    facts = list(_FACTS)
    frame[facts] = frame[facts].astype(object).where(frame[facts].notna(), None)
    frame["sure"] = frame["sure"].astype(bool)
    both = set(frame.loc[frame["sure"], "company"]) & set(frame.loc[~frame["sure"], "company"])
    if not both:
        return frame, counted
    own = or_(is_sure(confirmed), events.c.company.not_in(sorted(both)))
    return frame[frame["sure"] | ~frame["company"].isin(both)], and_(counted, own)


def _pages(store: EventStore, condition: ColumnElement[bool]) -> dict[str, list[tuple[str, str]]]:
    """By company: the pages that it read as (path, title or path), the most viewed first."""
    views = metrics.PAGEVIEWS.label("views")
    statement = (
        select(events.c.company, events.c.path, func.max(events.c.title), views)
        .where(condition, events.c.pageviews > 0)
        .group_by(events.c.company, events.c.path)
        .order_by(views.desc(), events.c.path)
    )
    return _grouped((company, (path or "", title or path or "")) for company, path, title, _ in store.rows(statement))


def _sources(store: EventStore, condition: ColumnElement[bool]) -> dict[str, list[str]]:
    """By company: the sources of its visits, the most frequent first."""
    visits = metrics.VISITS_TOUCHED.label("visits")
    statement = (
        select(events.c.company, events.c.source, visits)
        .where(condition, events.c.source.is_not(None))
        .group_by(events.c.company, events.c.source)
        .order_by(visits.desc(), events.c.source)
    )
    return _grouped((company, source) for company, source, _ in store.rows(statement))


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
