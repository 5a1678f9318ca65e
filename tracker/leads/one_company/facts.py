"""How the facts about a company are known: what named it, who named themselves, and from where its visits came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.leads.certainty import confidence, is_sure
from tracker.stats.companies.visit_rows import company_rows
from tracker.stats.scope import Scope
from tracker.store.protocol import EventStore


class Identification(NamedTuple):
    """One way in which visits were found to be of the company. Moments are UTC without a zone.

    `evidence` is as it is stored; `visitors` are people where they `said_so` with consent, else browsers of a day.
    """

    method: str | None
    evidence: str | None
    domain: str | None
    kind: str | None
    confidence: float | None
    visits: int
    visitors: int
    first_at: datetime
    last_at: datetime

    @property
    def said_so(self) -> bool:
        return self.method == SELF_IDENTIFIED


class Place(NamedTuple):
    """Where visits came from, by the IP addresses."""

    country: str | None
    city: str | None
    visits: int


def identifications(
    store: EventStore, scope: Scope, company: str, *, only_sure: bool = False
) -> Sequence[Identification]:
    """How the company's visits of the scope were identified, the most certain way first, then the most frequent."""
    with company_rows(store, scope) as did:
        own = did.c
        ways = (own.company_method, own.company_evidence, own.company_domain, own.network_kind)
        visits = func.count(own.visit_id.distinct())
        statement = (
            select(
                *ways,
                func.max(confidence(own)),
                visits,
                func.count(own.visitor_id.distinct()),
                func.min(own.first_at),
                func.max(own.last_at),
            )
            .where(_of(own, company, only_sure=only_sure))
            .group_by(*ways)
            .order_by(func.coalesce(func.max(confidence(own)), 0.0).desc(), visits.desc(), *ways)
        )
        rows: Sequence[Any] = did.rows(statement)
        return [Identification(*row) for row in rows]


def places(store: EventStore, scope: Scope, company: str, *, only_sure: bool = False) -> Sequence[Place]:
    """From where the company's visits of the scope came, the most frequent place first."""
    with company_rows(store, scope) as did:
        own, visits = did.c, func.count(did.c.visit_id.distinct())
        statement = (
            select(own.country, own.city, visits)
            .where(_of(own, company, only_sure=only_sure), own.country.is_not(None))
            .group_by(own.country, own.city)
            .order_by(visits.desc(), own.country, own.city)
        )
        rows: Sequence[Any] = did.rows(statement)
        return [Place(*row) for row in rows]


def _of(own: Any, company: str, *, only_sure: bool) -> ColumnElement[bool]:
    whose: ColumnElement[bool] = own.company == company
    return and_(whose, is_sure(own=own)) if only_sure else whose
