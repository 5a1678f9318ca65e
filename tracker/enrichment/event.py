"""One enriched event: the event store's columns as a struct, filled step by step.

What the events of a visit have in common is in groups that many events point to, so that the columns of a batch are
made with one look-up for each group. `tracker.store.schema` defines the columns' names and order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from tracker.enrichment.agent import Agent
    from tracker.enrichment.company.identified import Company
    from tracker.enrichment.source.attribution import Attribution

# The names of the events that the product itself knows; all others are the publisher's own.
PAGEVIEW = "pageview"
ENGAGEMENT = "engagement"
IDENTIFY = "Identify"

# The method of a company that the visitor named with consent: it is the visit's company from then on.
SELF_IDENTIFIED = "given"


class Whereabouts(NamedTuple):
    """The place and the network of an IP address, as columns."""

    country: str | None
    region: str | None
    city: str | None
    asn: int | None
    organisation: str | None
    network_kind: str | None


class VisitFacts(msgspec.Struct, frozen=True, gc=False):
    """What a visit's first event decides for all of the visit's events. The groups' fields stand as the columns do."""

    source: Attribution
    whereabouts: Whereabouts
    company: Company | None
    agent: Agent
    entry_page: str | None = None


class FactGroup(NamedTuple):
    """A group of VisitFacts by its name there: its fields, and the columns that they fill, in the same order."""

    name: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]

    def out_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The group's fields by name, out of a row by its columns' names."""
        return {field: row[column] for field, column in zip(self.fields, self.columns, strict=True)}


def _named_alike(name: str, fields: tuple[str, ...]) -> FactGroup:
    return FactGroup(name, fields, fields)


FACT_GROUPS = (
    _named_alike(
        "source",
        (
            *("referrer", "source", "medium", "channel", "social_kind", "campaign", "content", "term"),
            *("utm_source", "utm_medium"),
        ),
    ),
    _named_alike("whereabouts", Whereabouts._fields),
    FactGroup(
        "company",
        ("company", "company_domain", "company_method", "company_evidence", "company_confidence"),
        ("name", "domain", "method", "evidence", "confidence"),
    ),
    _named_alike("agent", ("device", "browser", "browser_version", "os", "os_version")),
)
# The columns of VisitFacts in their order.
VISIT_FACTS: tuple[str, ...] = (*(column for group in FACT_GROUPS for column in group.columns), "entry_page")
NO_COMPANY: tuple[None, ...] = (None,) * 5


class Event(msgspec.Struct, gc=False):
    """A row of the event store. `occurred_at` is whole microseconds since 1970 in UTC; empty is None.

    Enrichment fills what one hit tells; identity fills `visitor_id`, visits fill the rest and put the facts of the
    visit's first event in the place of the event's own.
    """

    site: str
    name: str
    occurred_at: int
    event_id: str | None
    visitor_id: int
    visit_id: int
    hostname: str | None
    path: str | None
    title: str | None
    language: str | None
    screen_width: int | None
    facts: VisitFacts
    visits: int = 0
    bounces: int = 0
    pageviews: int = 0
    engaged_ms: int = 0
    scroll_depth: int | None = None
    revenue: float | None = None
    currency: str | None = None
    props: str | None = None
    visit_seconds: int = 0
    visit_age_seconds: int = 0
    consented: bool = False


def columns_of(event: Event) -> dict[str, Any]:
    """All columns of one event by name, in the store's order."""
    columns: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(event).items():
        if name == "facts":
            for group in FACT_GROUPS:
                columns |= zip(group.columns, getattr(event.facts, group.name) or NO_COMPANY, strict=True)
            columns["entry_page"] = event.facts.entry_page
        else:
            columns[name] = value
    return columns


def wire_form(event: Event) -> dict[str, Any]:
    """The event as `webleads enrich` prints it, but for the words of evidence: columns by name, `occurred_at` in ISO 8601 UTC."""
    columns = columns_of(event)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=event.occurred_at)
    columns["occurred_at"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    columns["visitor_id"] = f"{event.visitor_id & 0xFFFFFFFFFFFFFFFF:016x}"
    columns["visit_id"] = f"{event.visit_id & 0xFFFFFFFFFFFFFFFF:016x}"
    return columns
