"""The two tiers of companies, as SQL over an event's columns: sure ones, and possible ones, which are kept apart.

A possible company is the owner of a network whose kind is open, where nothing else named anybody
(tracker.enrichment.company.cascade.by_open_network). Figures, lists and emails show sure companies; who asks for possible
ones asks with `is_possible`. `identification` says of each event how far its visitor's company is known.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, null

from tracker.store.schema import events

SURE = 0.5

_BY_NETWORK = "as_organisation"
# The networks of people at home and on the move, and those that programs and hidden people come from.
_LINES = ("isp", "mobile")
_HOSTS = ("hosting", "vpn", "content")


def is_possible(own: Any = events.c) -> ColumnElement[bool]:
    """Returns the SQL for whether a row's company is only a possible one; null, which is not true, without a company.

    Its values stand in the text: an engine compares what it selects with what it groups by, and takes two values that
    are passed beside the text for different.
    """
    return and_(
        own.company_method == literal_column(f"'{_BY_NETWORK}'"),
        own.company_confidence < literal_column(str(SURE)),
    )


def of_tier(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Returns a column that says something of the company, without what it says of possible ones."""
    return case((is_possible(), null()), else_=column)


def identification() -> ColumnElement[str]:
    """Returns the SQL for how far an event's company is known: `named`, `possible`, or by what kind of network it hides.

    `named` is a company that is sure, `possible` any other; without a company it is `line`, `hosting` or `other`. The values
    stand in the text, as those of `is_possible` do.
    """
    sure = func.coalesce(events.c.company_confidence, literal_column("1.0")) >= literal_column(str(SURE))
    return case(
        (and_(events.c.company.is_not(None), sure), _text("named")),
        (events.c.company.is_not(None), _text("possible")),
        (events.c.network_kind.in_([_text(kind) for kind in _LINES]), _text("line")),
        (events.c.network_kind.in_([_text(kind) for kind in _HOSTS]), _text("hosting")),
        else_=_text("other"),
    )


def _text(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'")
