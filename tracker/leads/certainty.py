"""Whether a company is certain enough to be a lead: its confidence, and the publisher's own confirmation.

Owns the threshold, and how rows that earlier versions stored are read. A company that is not certain is listed last, and
stands in no email. Its visits never count for a company of the same name that is certain: anybody can type a name.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, case, func, literal, or_

from tracker.enrichment.company.cascade import UNPROVEN
from tracker.enrichment.event import SELF_IDENTIFIED
from tracker.store import functions
from tracker.store.schema import events

SURE = 0.5

# What earlier versions stored for a name that a visitor typed, without an email address at a company's domain.
_OLD_CONFIDENCE_OF_A_NAME = 0.8


def confidence() -> ColumnElement[float]:
    """The confidence of an event's company, by today's rules."""
    is_a_name = and_(
        events.c.company_method == SELF_IDENTIFIED,
        events.c.company_domain.is_(None),
        events.c.company_confidence == _OLD_CONFIDENCE_OF_A_NAME,
    )
    return case((is_a_name, literal(UNPROVEN)), else_=events.c.company_confidence)


def is_sure(confirmed: Collection[str] = ()) -> ColumnElement[bool]:
    """Whether an event's company is certain; `confirmed` are the names that the site's publisher has confirmed."""
    certain = func.coalesce(confidence(), 1.0) >= SURE  # the demo's rows and the oldest have none
    return or_(certain, events.c.company.in_(sorted(confirmed))) if confirmed else certain


def best_first() -> ColumnElement[float]:
    """The order for `arg_max` that takes a company's facts from its most certain event, and of those the newest."""
    return func.coalesce(confidence(), 0.0) * 1e11 + functions.epoch_seconds(events.c.occurred_at)
