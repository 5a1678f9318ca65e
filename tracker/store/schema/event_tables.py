"""The tables of events, of what was excluded, and of how far the journal is stored: every column that an event has.

Rows are only inserted, selected and deleted. Every metric is a sum over rows: a row carries the deltas that it
adds (`visits`, `bounces`, `pageviews`, `engaged_ms`, `visit_seconds`), and the visit's source, place, device and
company stand on each of its events. Empty is null.

A visit is measured in seconds of the clock without their fractions: `visit_seconds` is by how many the event
lengthens its visit, `visit_age_seconds` how many after the visit's beginning it happened. The beginning is the event
that carries `visits` = 1; one that comes late and precedes it has a negative age.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

SCHEMA_VERSION = 12

metadata = MetaData()

# `occurred_at` is UTC without a zone: DuckDB prunes row groups on it, and no engine converts it behind our back.
events = Table(
    "events",
    metadata,
    Column("site", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("occurred_at", DateTime, nullable=False),
    Column("has_event_id", Boolean),  # whether its client gave it an id: `event_ids`
    Column("visitor_id", BigInteger, nullable=False),
    Column("visit_id", BigInteger, nullable=False),
    Column("hostname", Text),
    Column("path", Text),
    Column("title", Text),
    Column("language", Text),
    Column("screen_width", Integer),
    Column("referrer", Text),
    Column("source", Text),
    Column("medium", Text),
    Column("channel", Text),
    Column("social_kind", Text),
    Column("campaign", Text),
    Column("content", Text),
    Column("term", Text),
    Column("country", Text),
    Column("region", Text),
    Column("city", Text),
    Column("asn", BigInteger),
    Column("organisation", Text),
    Column("network_kind", Text),
    Column("company", Text),
    Column("company_domain", Text),
    Column("company_method", Text),
    Column("company_evidence", Text),
    Column("company_confidence", Double),
    Column("device", Text),
    Column("browser", Text),
    Column("browser_version", Text),
    Column("os", Text),
    Column("os_version", Text),
    Column("entry_page", Text),
    Column("visits", SmallInteger, nullable=False),
    Column("bounces", SmallInteger, nullable=False),
    Column("pageviews", SmallInteger, nullable=False),
    Column("engaged_ms", BigInteger, nullable=False),
    Column("scroll_depth", SmallInteger),
    Column("revenue", Double),
    Column("currency", Text),
    Column("props", Text),  # a JSON object as text
    Column("visit_seconds", Integer, nullable=False),
    Column("visit_age_seconds", Integer, nullable=False),
    # As they stood in the page's URL; `source` and `medium` are what they mean. Null in rows stored before version 3.
    Column("utm_source", Text),
    Column("utm_medium", Text),
    # Whether `visitor_id` is one that the visitor agreed to, and lives on; else it is of one day. Null before version 3.
    Column("consented", Boolean),
)

# The ids that clients gave their events, which tell an event that is sent again: of those that may still be, and no longer.
event_ids = Table(
    "event_ids",
    metadata,
    Column("site", Text, nullable=False),
    Column("visit_id", BigInteger, nullable=False),
    Column("occurred_at", DateTime, nullable=False),
    Column("event_id", Text, nullable=False),
)

# One row a (batch, site, day, reason, detail): summed when read, so nothing is updated.
not_counted = Table(
    "not_counted",
    metadata,
    Column("site", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hits", BigInteger, nullable=False),
)

# How far each journal segment is stored, with what became of its hits; written with the events in one transaction.
# One row a (batch, segment); the furthest offset counts, the tallies are sums.
journal_positions = Table(
    "journal_positions",
    metadata,
    Column("segment", Text, nullable=False),
    Column("offset_bytes", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("pageviews", BigInteger, nullable=False),
    Column("dropped", JSON, nullable=False),  # reason -> hits
)

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

EVENT_COLUMNS: tuple[str, ...] = tuple(column.name for column in events.columns)
