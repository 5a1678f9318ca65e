"""What a report is of: a site, a period, and filters over a closed list of dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from tracker.reports.periods import Period
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
        """The condition on event rows. A filter on what one event shows keeps all of its visit."""
        kept = (self._visits_with(one) if one.dimension in EVENT_LEVEL else matches(one) for one in self.filters)
        return and_(self.span(), *kept)

    def span(self) -> ColumnElement[bool]:
        """The site and the period alone."""
        return and_(
            events.c.site == self.site,
            events.c.occurred_at >= self.period.start_at.replace(tzinfo=None),
            events.c.occurred_at < self.period.end_at.replace(tzinfo=None),
        )

    def _visits_with(self, one: Filter) -> ColumnElement[bool]:
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
    """A subquery (visit_id, exit_page): the last page of each visit."""
    return (
        select(events.c.visit_id, func.arg_max(events.c.path, events.c.occurred_at).label("exit_page"))
        .where(condition, events.c.name == "pageview")
        .group_by(events.c.visit_id)
        .subquery("exits")
    )


def column_of(dimension: Dimension) -> ColumnElement[Any]:
    """The event column behind a dimension."""
    return events.c[_COLUMN_NAMES.get(dimension, dimension.value)]


def matches(one: Filter) -> ColumnElement[bool]:
    """Whether an event row matches a filter; a missing value is never equal and contains nothing."""
    return _compare(column_of(one.dimension), one)


def _compare(column: ColumnElement[Any], one: Filter) -> ColumnElement[bool]:
    if not one.values:
        return false() if one.operator in ("is", "contains") else ~false()
    if one.operator in ("is", "is_not"):
        named = [value for value in one.values if value != ""]
        inside = or_(column.in_(named) if named else false(), column.is_(None) if "" in one.values else false())
    else:
        inside = or_(*(func.contains(func.lower(column), value.lower()) for value in one.values))
    return or_(~inside, column.is_(None) & ("" not in one.values)) if one.operator.endswith("not") else inside
