"""Companies as leads: what each read in a period with its score, and one company's visits step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from tracker.leads.scoring import Activity, Score, score
from tracker.reports import metrics
from tracker.reports.local_time import truncated
from tracker.reports.scope import Scope
from tracker.store.engines import EventStore
from tracker.store.schema import events

_PAGES_SHOWN = 5
_FACTS = ("company_domain", "network_kind", "country", "city", "company_method", "company_evidence", "company_confidence")
COLUMNS = (
    "company", "company_domain", "network_kind", "score", "reasons", "visits", "visitors", "pageviews",
    "engaged_seconds", "first_seen", "last_seen", "sources", "pages", "country", "city", "method", "evidence",
    "confidence",
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


def leads(store: EventStore, scope: Scope, *, limit: int | None = None) -> pd.DataFrame:
    """A row a company, the best score first, then the one seen last. Columns as in COLUMNS.

    `reasons` are scoring.Reason, `sources` names by visits (Direct is none), `pages` titles or paths by views,
    `first_seen` and `last_seen` aware UTC, `engaged_seconds` the sum over all visits. The score looks back from the
    period's end.
    """
    companies = _companies(store, scope)
    if companies.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    days = _days(store, scope)
    pages = _pages(store, scope)
    sources = _sources(store, scope)
    now = min(scope.period.end_at, companies["last_seen"].max().to_pydatetime().replace(tzinfo=UTC))
    rows = [
        _lead(record, days[record["company"]], pages.get(record["company"], []), sources.get(record["company"], []), now)
        for record in companies.to_dict("records")
    ]
    rows.sort(key=lambda row: (-row["score"], -row["last_seen"].timestamp(), row["company"]))
    return pd.DataFrame(rows[:limit], columns=list(COLUMNS))


def company_visits(store: EventStore, scope: Scope, company: str, *, limit: int = 50) -> list[Visit]:
    """A company's visits in the period, the newest first, each with its events."""
    newest = (
        select(events.c.visit_id, func.min(events.c.occurred_at).label("started_at"))
        .where(scope.where(), events.c.company == company)
        .group_by(events.c.visit_id)
        .order_by(func.min(events.c.occurred_at).desc())
        .limit(limit)
        .subquery()
    )
    columns = ("occurred_at", "path", "title", "name", "engaged_ms", "visit_id", "source", "entry_page", "country", "city", "device")
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


def _lead(record: dict[Any, Any], days: tuple[int, int], pages: list[tuple[str, str]], sources: list[str], now: datetime) -> dict[str, Any]:
    last_seen = record["last_seen"].to_pydatetime().replace(tzinfo=UTC)
    activity = Activity(
        visits=int(record["visits"]),
        days=days[0],
        people=days[1],
        pageviews=int(record["pageviews"]),
        engaged_seconds=float(record["engaged_ms"]) / 1000,
        last_seen=last_seen,
        paths=[path for path, _ in pages],
    )
    result: Score = score(activity, now=now)
    return {
        "company": record["company"],
        "company_domain": record["company_domain"],
        "network_kind": record["network_kind"],
        "score": result.points,
        "reasons": list(result.reasons),
        "visits": activity.visits,
        "visitors": int(record["visitors"]),
        "pageviews": activity.pageviews,
        "engaged_seconds": activity.engaged_seconds,
        "first_seen": record["first_seen"].to_pydatetime().replace(tzinfo=UTC),
        "last_seen": last_seen,
        "sources": sources,
        "pages": [title for _, title in pages[:_PAGES_SHOWN]],
        "country": record["country"],
        "city": record["city"],
        "method": record["company_method"],
        "evidence": record["company_evidence"],
        "confidence": record["company_confidence"],
    }


def _companies(store: EventStore, scope: Scope) -> pd.DataFrame:
    statement = (
        select(
            events.c.company,
            metrics.VISITS.label("visits"),
            metrics.VISITORS.label("visitors"),
            metrics.PAGEVIEWS.label("pageviews"),
            metrics.ENGAGED_MS.label("engaged_ms"),
            func.min(events.c.occurred_at).label("first_seen"),
            func.max(events.c.occurred_at).label("last_seen"),
            *(func.arg_max(events.c[name], events.c.occurred_at).label(name) for name in _FACTS),
        )
        .where(scope.where(), events.c.company.is_not(None))
        .group_by(events.c.company)
    )
    frame = store.frame(statement)
    text = [name for name in _FACTS if name != "company_confidence"]
    frame[text] = frame[text].astype(object).where(frame[text].notna(), None)
    return frame


def _days(store: EventStore, scope: Scope) -> dict[str, tuple[int, int]]:
    """By company: the local days with an event, and the most visitors of one day."""
    day = truncated(scope.period, "day").label("day")
    by_day = (
        select(events.c.company, day, metrics.VISITORS.label("visitors"))
        .where(scope.where(), events.c.company.is_not(None))
        .group_by(events.c.company, day)
        .subquery("by_day")
    )
    statement = select(by_day.c.company, func.count(), func.max(by_day.c.visitors)).group_by(by_day.c.company)
    return {company: (int(days), int(people)) for company, days, people in store.rows(statement)}


def _pages(store: EventStore, scope: Scope) -> dict[str, list[tuple[str, str]]]:
    """By company: the pages that it read as (path, title or path), the most viewed first."""
    views = metrics.PAGEVIEWS.label("views")
    statement = (
        select(events.c.company, events.c.path, func.max(events.c.title), views)
        .where(scope.where(), events.c.company.is_not(None), events.c.pageviews > 0)
        .group_by(events.c.company, events.c.path)
        .order_by(views.desc(), events.c.path)
    )
    return _grouped((company, (path or "", title or path or "")) for company, path, title, _ in store.rows(statement))


def _sources(store: EventStore, scope: Scope) -> dict[str, list[str]]:
    """By company: the sources of its visits, the most frequent first."""
    visits = metrics.VISITS.label("visits")
    statement = (
        select(events.c.company, events.c.source, visits)
        .where(scope.where(), events.c.company.is_not(None), events.c.source.is_not(None))
        .group_by(events.c.company, events.c.source)
        .order_by(visits.desc(), events.c.source)
    )
    return _grouped((company, source) for company, source, _ in store.rows(statement))


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
