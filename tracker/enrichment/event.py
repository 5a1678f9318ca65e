"""One enriched event: the event store's columns as a struct, filled step by step.

The field names and their order are the store's columns; `tracker.store.schema` is the definition.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

# The names of the events that the product itself knows; all others are the publisher's own.
PAGEVIEW = "pageview"
ENGAGEMENT = "engagement"
IDENTIFY = "Identify"

# The method of a company that the visitor named with consent: it holds from then on, whatever the visit began with.
GIVEN = "given"


class Event(msgspec.Struct, gc=False):
    """A row of the event store. `occurred_at` is whole microseconds since 1970 in UTC; empty is None.

    Enrichment fills what one hit tells; identity fills `visitor_id`, visits fill the rest and overwrite the
    visit's facts with those of its first event.
    """

    site: str
    name: str
    occurred_at: int
    event_id: str | None = None
    visitor_id: int = 0
    visit_id: int = 0
    hostname: str | None = None
    path: str | None = None
    title: str | None = None
    language: str | None = None
    screen_width: int | None = None
    referrer: str | None = None
    source: str | None = None
    medium: str | None = None
    channel: str | None = None
    social_kind: str | None = None
    campaign: str | None = None
    content: str | None = None
    term: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    asn: int | None = None
    organisation: str | None = None
    network_kind: str | None = None
    company: str | None = None
    company_domain: str | None = None
    company_method: str | None = None
    company_evidence: str | None = None
    company_confidence: float | None = None
    device: str | None = None
    browser: str | None = None
    browser_version: str | None = None
    os: str | None = None
    os_version: str | None = None
    entry_page: str | None = None
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


# What a visit's first event decides for all of the visit's events.
VISIT_FACTS: tuple[str, ...] = (
    "referrer",
    "source",
    "medium",
    "channel",
    "social_kind",
    "campaign",
    "content",
    "term",
    "country",
    "region",
    "city",
    "asn",
    "organisation",
    "network_kind",
    "company",
    "company_domain",
    "company_method",
    "company_evidence",
    "company_confidence",
    "device",
    "browser",
    "browser_version",
    "os",
    "os_version",
    "entry_page",
)


def take_visit_facts(event: Event, facts: tuple[Any, ...]) -> None:
    """Gives an event its visit's facts, in the order of VISIT_FACTS."""
    (
        event.referrer,
        event.source,
        event.medium,
        event.channel,
        event.social_kind,
        event.campaign,
        event.content,
        event.term,
        event.country,
        event.region,
        event.city,
        event.asn,
        event.organisation,
        event.network_kind,
        event.company,
        event.company_domain,
        event.company_method,
        event.company_evidence,
        event.company_confidence,
        event.device,
        event.browser,
        event.browser_version,
        event.os,
        event.os_version,
        event.entry_page,
    ) = facts


def wire_form(event: Event) -> dict[str, Any]:
    """The event as `webleads enrich` prints it: columns by name, `occurred_at` in ISO 8601 UTC."""
    columns: dict[str, Any] = msgspec.structs.asdict(event)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=event.occurred_at)
    columns["occurred_at"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    columns["visitor_id"] = f"{event.visitor_id & 0xFFFFFFFFFFFFFFFF:016x}"
    columns["visit_id"] = f"{event.visit_id & 0xFFFFFFFFFFFFFFFF:016x}"
    return columns
