"""What a report is of: a site, a period, and filters over a closed list of dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true

from tracker.enrichment.event import PAGEVIEW
from tracker.stats.periods import Period
from tracker.store.schema import events

Operator = Literal["is", "is_not", "contains", "contains_not"]


class Dimension(StrEnum):
    """What events are grouped and filtered by. The value is the name in addresses and queries."""

    PAGE = "page"
    ENTRY_PAGE = "entry_page"
    EXIT_PAGE = "exit_page"
    HOSTNAME = "hostname"
    TITLE = "title"
    SOURCE = "source"
    MEDIUM = "medium"
    CHANNEL = "channel"
    SOCIAL_KIND = "social_kind"
    CAMPAIGN = "campaign"
    CONTENT = "content"
    TERM = "term"
    REFERRER = "referrer"
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    DEVICE = "device"
    BROWSER = "browser"
    BROWSER_VERSION = "browser_version"
    OS = "os"
    OS_VERSION = "os_version"
    COMPANY = "company"
    COMPANY_DOMAIN = "company_domain"
    ORGANISATION = "organisation"
    NETWORK_KIND = "network_kind"
    EVENT = "event"
    LANGUAGE = "language"


_COLUMN_NAMES = {Dimension.PAGE: "path", Dimension.EVENT: "name", Dimension.EXIT_PAGE: "path"}

# What differs between the events of one visit; all else stands alike on each of them.
EVENT_LEVEL = frozenset({Dimension.PAGE, Dimension.TITLE, Dimension.HOSTNAME, Dimension.EVENT, Dimension.EXIT_PAGE})

# What a visitor may name in mid-visit, so that it stands only on the events from then on.
MAY_BE_GIVEN = frozenset({Dimension.COMPANY, Dimension.COMPANY_DOMAIN})


@dataclass(frozen=True)
class Filter:
    """Keeps the visits whose dimension is (or is not) one of the values, or contains one of them."""

    dimension: Dimension
    operator: Operator
    values: tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """A site's visits in a period, narrowed by filters; all filters must hold."""

    site: str
    period: Period
    filters: tuple[Filter, ...] = ()

    def where(self) -> ColumnElement[bool]:
        """The condition on event rows of the period. A filter on what one event shows keeps all of its visit."""
        return and_(self.span(), self.kept())

    def kept(self) -> ColumnElement[bool]:
        """What the filters alone ask of an event row."""
        return and_(
            true(),
            *(self.visits_with(one) if one.dimension in EVENT_LEVEL else matches(one) for one in self.filters),
        )

    def span(self, *, overrun: timedelta = timedelta(), before: timedelta = timedelta()) -> ColumnElement[bool]:
        """The site and the period alone; `overrun` reaches past the period's end, `before` before its start."""
        return and_(
            events.c.site == self.site,
            events.c.occurred_at >= naive(self.period.start_at - before),
            events.c.occurred_at < naive(self.period.end_at + overrun),
        )

    def visits_with(self, one: Filter) -> ColumnElement[bool]:
        """Visits that have an event which matches, or for a negative operator have none."""
        positive = Filter(one.dimension, "contains" if one.operator.startswith("contains") else "is", one.values)
        found: Select[Any]
        if one.dimension is Dimension.EXIT_PAGE:
            exits = exit_pages(self.span())
            found = select(exits.c.visit_id).where(_compare(exits.c.exit_page, positive))
        else:
            found = select(events.c.visit_id).where(self.span(), matches(positive))
        inside = events.c.visit_id.in_(found)
        return ~inside if one.operator in ("is_not", "contains_not") else inside


def exit_pages(condition: ColumnElement[bool]) -> Any:
    """A subquery (visit_id, exit_page): the page of each visit's last page view, none for a visit without one."""
    last_path = func.arg_max(events.c.path, events.c.occurred_at).filter(events.c.name == PAGEVIEW)
    return (
        select(events.c.visit_id, last_path.label("exit_page"))
        .where(condition)
        .group_by(events.c.visit_id)
        .subquery("exits")
    )


def naive(moment: datetime) -> datetime:
    """An aware moment as the store has it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def column_of(dimension: Dimension) -> ColumnElement[Any]:
    """The event column behind a dimension."""
    return events.c[_COLUMN_NAMES.get(dimension, dimension.value)]


def matches(one: Filter) -> ColumnElement[bool]:
    """Whether an event row matches a filter; a missing value is never equal and contains nothing."""
    return _compare(column_of(one.dimension), one)


def _compare(column: ColumnElement[Any], one: Filter) -> ColumnElement[bool]:
    """Null-safe: `*_not` is true of a missing value unless the missing value is what must not be."""
    if one.operator in ("is", "is_not"):
        named = [value for value in one.values if value != ""]
        inside = or_(column.in_(named) if named else false(), column.is_(None) if "" in one.values else false())
    else:
        inside = or_(false(), *(func.contains(func.lower(column), func.lower(literal(value))) for value in one.values))
    if not one.operator.endswith("not"):
        return inside
    return ~func.coalesce(inside, false())
