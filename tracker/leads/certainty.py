"""Whether a company is certain enough to be a lead: its confidence, and the publisher's own confirmation.

Owns the threshold, and how rows of earlier versions are read. A company that is not certain is listed last and stands in
no email. Its visits never count for a certain company of the same name: anybody can type a name. A possible company
(tracker.stats.companies.tiers) is not listed with the others at all until the publisher confirms it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_

from tracker.enrichment.company.cascade import UNPROVEN
from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.stats.companies.tiers import SURE, is_possible
from tracker.store import functions
from tracker.store.schema import events

# What earlier versions stored for a typed name without an email address at a company's domain.
_OLD_CONFIDENCE_OF_A_NAME = 0.8


def confidence(own: Any = events.c) -> ColumnElement[float]:
    """Returns the SQL for the confidence, 0–1, of a row's company by today's rules; null for none.

    `own` are the columns of rows with a company: of events, or of what companies did (tracker.stats.companies.visit_rows).
    """
    is_a_name = and_(
        own.company_method == SELF_IDENTIFIED,
        own.company_domain.is_(None),
        own.company_confidence == _OLD_CONFIDENCE_OF_A_NAME,
    )
    return case((is_a_name, literal(UNPROVEN)), else_=own.company_confidence)


def is_sure(confirmed: Collection[str] = (), own: Any = events.c) -> ColumnElement[bool]:
    """Returns the SQL for whether a row's company is certain. `confirmed` are names that the publisher has confirmed."""
    certain = func.coalesce(confidence(own), 1.0) >= SURE  # the demo's rows and the oldest have none
    return or_(certain, own.company.in_(sorted(confirmed))) if confirmed else certain


def is_listed(confirmed: Collection[str] = (), own: Any = events.c) -> ColumnElement[bool]:
    """Returns the SQL for whether a row counts for a company among the leads: certain, confirmed or to be confirmed."""
    tier = ~func.coalesce(is_possible(own), false())
    counted = or_(tier, own.company.in_(sorted(confirmed))) if confirmed else tier
    return and_(own.company.is_not(None), counted)


def best_first(own: Any) -> ColumnElement[float]:
    """Returns the sort key for `arg_max` that prefers a company's most certain rows, and of those the newest."""
    return func.coalesce(confidence(own), 0.0) * 1e11 + functions.epoch_seconds(own.last_at)
