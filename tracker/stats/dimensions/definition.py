"""All that a dimension is, except its name in the address bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from sqlalchemy import ColumnElement

from tracker.stats.messages import message


class Level(Enum):
    """What a dimension describes."""

    EVENT = "one event: the events of a visit may differ"
    VISIT = "a visit: it is the same on each of its events"
    COMPANY = "a company: what the publisher says of it, resolved to company ids before a statement is made"


@dataclass(frozen=True)
class Definition:
    """Everything about a dimension except its name in the address bar.

    `column` is the event column, where it is not named as the dimension is; `of_property` names the one of the
    publisher's own properties that it is of, where it is of one. `visit_column` says to which value of an
    event-level dimension a visit as a whole belongs (its bounce, its duration); without one it belongs to each that its
    events have. `of_last_page_view`: only the column of the visit's last page view counts. `in_mid_visit`: a visitor
    may name it during a visit, so that it stands only on the events from then on.

    `more` is a tab that opens from the panel's menu, and is
    counted from the events.

    `label` names a filter, `title` the tab and the page of all values. `done` and `not_done` word the filter that keeps
    visits with such an event. `vocabulary` names the labels of the values, which else stand as they are; `unknown` is
    the missing value, which is left out where `only_named`. `of_company`: possible companies have none. `worked_out` returns the
    SQL of a value that no column has.
    """

    label: str
    api: tuple[str, ...]
    level: Level = Level.VISIT
    column: str = ""
    of_property: str = ""
    visit_column: str = ""
    of_last_page_view: bool = False
    in_mid_visit: bool = False
    panel: Literal["pages", "sources", "companies", "places", "devices"] | None = None
    more: bool = False
    title: str = ""
    done: str = ""
    not_done: str = ""
    vocabulary: (
        Literal[
            "country",
            "channel",
            "social_kind",
            "language",
            "screen",
            "site_search",
            "device",
            "network_kind",
            "identification",
            "fit",
            "standing",
            "work",
            "sector",
            "activity",
            "size",
            "seat_region",
            "legal_state",
            "goal",
        ]
        | None
    ) = None
    unknown: str = message("Unknown")
    only_named: bool = False
    of_company: bool = False
    worked_out: Callable[[], ColumnElement[Any]] | None = None
