"""Whether a company is certain enough to be a lead: its confidence, and the publisher's own confirmation.

Owns the threshold, and how rows of earlier versions are read. A company that is not certain is listed last and stands in
no email. Its visits never count for a certain company of the same name: anybody can type a name. A possible company
(tracker.stats.companies.tiers) is not listed with the others at all until the publisher confirms it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_

from tracker.enrichment.company.cascade import UNPROVEN
from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.stats.companies.tiers import SURE, is_possible
from tracker.store import functions
from tracker.store.schema import events

# What earlier versions stored for a typed name without an email address at a company's domain.
_OLD_CONFIDENCE_OF_A_NAME = 0.8


def confidence() -> ColumnElement[float]:
    """Returns the SQL for the confidence, 0–1, of an event's company by today's rules; null for none."""
    is_a_name = and_(
        events.c.company_method == SELF_IDENTIFIED,
        events.c.company_domain.is_(None),
        events.c.company_confidence == _OLD_CONFIDENCE_OF_A_NAME,
    )
    return case((is_a_name, literal(UNPROVEN)), else_=events.c.company_confidence)


def is_sure(confirmed: Collection[str] = ()) -> ColumnElement[bool]:
    """Returns the SQL for whether an event's company is certain. `confirmed` are names that the publisher has confirmed."""
    certain = func.coalesce(confidence(), 1.0) >= SURE  # the demo's rows and the oldest have none
    return or_(certain, events.c.company.in_(sorted(confirmed))) if confirmed else certain


def is_listed(confirmed: Collection[str] = ()) -> ColumnElement[bool]:
    """Returns the SQL for whether an event counts for a company among the leads: certain, confirmed or to be confirmed."""
    tier = ~func.coalesce(is_possible(), false())
    counted = or_(tier, events.c.company.in_(sorted(confirmed))) if confirmed else tier
    return and_(events.c.company.is_not(None), counted)


def best_first() -> ColumnElement[float]:
    """Returns the sort key for `arg_max` that prefers a company's most certain events, and of those the newest."""
    return func.coalesce(confidence(), 0.0) * 1e11 + functions.epoch_seconds(events.c.occurred_at)
