"""One company's visits step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import and_, func, select

from tracker.leads.certainty import is_sure
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events


@dataclass
class VisitStep:
    """One event of a visit; `occurred_at` is aware UTC, `props` a JSON object as text."""

    occurred_at: datetime
    path: str | None
    title: str | None
    name: str
    engaged_seconds: float
    props: str | None = None


@dataclass
class CompanyVisit:
    """One visit with its events in their order."""

    started_at: datetime
    source: str | None
    entry_page: str | None
    country: str | None
    city: str | None
    device: str | None
    steps: list[VisitStep] = field(default_factory=list)


def company_visits(
    store: EventStore, scope: Scope, company: str, *, only_sure: bool = False, limit: int = 50
) -> list[CompanyVisit]:
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
        "props",
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
    visits: dict[int, CompanyVisit] = {}
    for row in store.rows(scope.asked(statement)):
        moment = row.occurred_at.replace(tzinfo=UTC)
        visit = visits.get(row.visit_id)
        if visit is None:
            visit = visits[row.visit_id] = CompanyVisit(
                moment, row.source, row.entry_page, row.country, row.city, row.device
            )
        visit.steps.append(VisitStep(moment, row.path, row.title, row.name, row.engaged_ms / 1000, row.props))
    return sorted(visits.values(), key=lambda visit: visit.started_at, reverse=True)
