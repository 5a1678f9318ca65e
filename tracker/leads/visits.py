"""One company's visits step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select

from tracker.leads.certainty import is_sure
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore
from tracker.store.schema import events

# A visit may have events from before it was known which company it is of, and after.
_AROUND = timedelta(days=2)


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
    newest = _newest(store, scope, company, only_sure=only_sure, limit=limit)
    if not newest:
        return []
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
        .where(
            scope.span(),
            events.c.occurred_at >= min(one.started_at for one in newest) - _AROUND,
            events.c.occurred_at <= max(one.last_at for one in newest) + _AROUND,
            events.c.visit_id.in_([one.visit_id for one in newest]),
        )
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


def _newest(store: EventStore, scope: Scope, company: str, *, only_sure: bool, limit: int) -> Sequence[Any]:
    """The newest visits as `visit_id`, `started_at` and `last_at`."""
    with company_rows(store, scope) as did:
        whose, started_at = did.c.company == company, func.min(did.c.first_at)
        statement = (
            select(did.c.visit_id, started_at.label("started_at"), func.max(did.c.last_at).label("last_at"))
            .where(and_(whose, is_sure(own=did.c)) if only_sure else whose)
            .group_by(did.c.visit_id)
            .order_by(started_at.desc(), did.c.visit_id)
            .limit(limit)
        )
        return did.rows(statement)
