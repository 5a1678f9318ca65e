"""The two tiers of companies, as SQL over an event's columns: sure ones, and possible ones, which are kept apart.

A possible company is the owner of a network whose kind is open, where nothing else named anybody
(tracker.enrichment.company.cascade.by_open_network). Figures, lists and emails show sure companies; who asks for possible
ones asks with `is_possible`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, literal_column, null

from tracker.store.schema import events

SURE = 0.5

_BY_NETWORK = "as_organisation"


def is_possible() -> ColumnElement[bool]:
    """Returns the SQL for whether an event's company is only a possible one; null, which is not true, without a company.

    Its values stand in the text: an engine compares what it selects with what it groups by, and takes two values that
    are passed beside the text for different.
    """
    return and_(
        events.c.company_method == literal_column(f"'{_BY_NETWORK}'"),
        events.c.company_confidence < literal_column(str(SURE)),
    )


def of_tier(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Returns a column that says something of the company, without what it says of possible ones."""
    return case((is_possible(), null()), else_=column)
