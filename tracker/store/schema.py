"""The event store's tables as SQLAlchemy Core: the one definition of every column that an event has.

Rows are only inserted, selected and deleted. Every metric is a sum over rows: a row carries the deltas that it
adds (`visits`, `bounces`, `pageviews`, `engaged_ms`, `visit_seconds`), and the visit's source, place, device and
company stand on each of its events. Empty is null.

A visit is measured in seconds of the clock without their fractions: `visit_seconds` is by how many the event
lengthens its visit, `visit_age_seconds` how many after the visit's beginning it happened. The beginning is the event
that carries `visits` = 1; one that comes late and precedes it has a negative age.
"""

from __future__ import annotations

from typing import Any

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
    Numeric,
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

# What a site's local day adds up to, by a dimension and value, made from its events (tracker/stats/rollups): raw sums, and
# distinct visitors and visits of the day, with how many of them had the same value one day before (`_1`) and within two
# (`_2`). Ids that last are not among these.
ROLLUP_SUMS = (
    "events",
    "visitors",
    "visitors_1",
    "visitors_2",
    "visits",
    "touched",
    "touched_1",
    "touched_2",
    "pageviews",
    "engaged_ms",
    "bounces",
    "visits_begun",
    "visit_seconds",
    "depth",
    "reads",
)


def _key_of_rollups() -> list[Column[Any]]:
    return [
        Column("site", Text, nullable=False),
        Column("day", Date, nullable=False),
        Column("dimension", Text, nullable=False),
        Column("value", Text),
    ]


def _of_rollups() -> list[Column[Any]]:
    sums = [Column(name, BigInteger, nullable=False, server_default="0") for name in ROLLUP_SUMS]
    return [*_key_of_rollups(), *sums]


def _of_rollup_ids() -> list[Column[Any]]:
    return [*_key_of_rollups(), Column("visitor_id", BigInteger, nullable=False), Column("visit_id", BigInteger)]


rollups = Table("rollups", metadata, *_of_rollups())

# A day of more values of a dimension than are kept has none of them: a row of this dimension with the dimension's name for a value,
# whose `events` is the number of values, says that they are counted from the events.
BEYOND = "beyond"

# The ids that last, which are counted as distinct over any days; with the visit where its events may differ in the value.
rollup_ids = Table("rollup_ids", metadata, *_of_rollup_ids())

# The same of whole months, made from the rows of their days. The day is the first one.
month_rollups = Table("month_rollups", metadata, *_of_rollups())
month_rollup_ids = Table("month_rollup_ids", metadata, *_of_rollup_ids())

# As the first two, for the time of one question: days worked out for it, up to the moment `until`. Several rows of a day and
# value are to be added up.
_held = MetaData()
held_rollups = Table(
    "held_rollups", _held, *_of_rollups(), Column("until", DateTime, nullable=False), prefixes=["TEMPORARY"]
)
held_rollup_ids = Table(
    "held_rollup_ids", _held, *_of_rollup_ids(), Column("until", DateTime, nullable=False), prefixes=["TEMPORARY"]
)

# Rows of a day that no rule has judged, of the events that have a company as it is stored: what a visit did as one company,
# with its facts, so that corrections, confirmations and distinct counts hold when they are read.
COMPANY_FACTS = (
    "company",
    "company_domain",
    "company_method",
    "company_evidence",
    "company_confidence",
    "organisation",
    "asn",
    "network_kind",
    "country",
    "city",
    "device",
    "source",
)

# How the visit came beside its source, and with what: null in rows that were made by rules before 6 (tracker/stats/rollups).
VISIT_FACTS = (
    "channel",
    "social_kind",
    "campaign",
    "content",
    "term",
    "utm_source",
    "utm_medium",
    "entry_page",
    "browser",
    "os",
    "language",
)


def _of_company_visits() -> list[Column[Any]]:
    facts = [Column(name, events.c[name].type, nullable=name != "company") for name in COMPANY_FACTS]
    return [
        Column("site", Text, nullable=False),
        Column("day", Date, nullable=False),
        *facts,
        Column("visitor_id", BigInteger, nullable=False),
        Column("visit_id", BigInteger, nullable=False),
        Column("first_at", DateTime, nullable=False),
        Column("last_at", DateTime, nullable=False),
        Column("pageviews", BigInteger, nullable=False),
        Column("engaged_ms", BigInteger, nullable=False),
        Column("region", Text),
        *(Column(name, events.c[name].type) for name in VISIT_FACTS),
    ]


# What corrections and confirmations go by.
COMPANY_NAMES = COMPANY_FACTS[: COMPANY_FACTS.index("network_kind")]


def _of_company_pages() -> list[Column[Any]]:
    return [
        Column("site", Text, nullable=False),
        Column("day", Date, nullable=False),
        *(Column(name, events.c[name].type, nullable=name != "company") for name in COMPANY_NAMES),
        Column("path", Text),
        Column("title", Text),
        Column("views", BigInteger, nullable=False),
    ]


# Events other than views and times of reading, of anybody: what goals are about.
ACTION_COLUMNS = ("visitor_id", "visit_id", "occurred_at", "name", "path", "props")


def _of_actions() -> list[Column[Any]]:
    return [
        Column("site", Text, nullable=False),
        Column("day", Date, nullable=False),
        *(Column(name, events.c[name].type, nullable=events.c[name].nullable) for name in ACTION_COLUMNS),
    ]


company_visits = Table("company_visits", metadata, *_of_company_visits())
company_pages = Table("company_pages", metadata, *_of_company_pages())
actions = Table("actions", metadata, *_of_actions())

_held_rows = MetaData()
# The tables of such rows, with those that hold them while days are worked out.
KEPT_ROWS = {
    company_visits: Table("held_company_visits", _held_rows, *_of_company_visits(), prefixes=["TEMPORARY"]),
    company_pages: Table("held_company_pages", _held_rows, *_of_company_pages(), prefixes=["TEMPORARY"]),
    actions: Table("held_actions", _held_rows, *_of_actions(), prefixes=["TEMPORARY"]),
}

# The days whose rollups are what their events add up to; a change of events takes the days away that it concerns. A
# seal is of a time zone and of the rules of a version; the day is from `start_at` to before `end_at`, UTC.
sealed_days = Table(
    "sealed_days",
    metadata,
    Column("site", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("start_at", DateTime, nullable=False),
    Column("end_at", DateTime, nullable=False),
)

# The days that have rollups in a time zone and by the rules of a version. Those that are not sealed are all of one moment.
counted_days = Table(
    "counted_days",
    metadata,
    Column("site", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("rules", Integer, nullable=False),
)

# The months whose rollups are what the rows of their days add up to. Whoever counts one of these anew removes them.
counted_months = Table(
    "counted_months",
    metadata,
    Column("site", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("rules", Integer, nullable=False),
)


# What reached goals on sealed days (tracker/stats/goals/kept.py). `goal` is a hash of what it counts, so that a goal that counts
# something else has nothing; a goal has rows only on days of `goal_days`.
def _key_of_goals() -> list[Column[Any]]:
    return [
        Column("site", Text, nullable=False),
        Column("day", Date, nullable=False),
        Column("goal", Text, nullable=False),
    ]


# The sums of a goal's day: of all its events, and by hour and by currency. `visitors` and `touched`, the visits, are distinct
# as in `rollups`. A day with more single rows than are kept has none, and a mark by the dimension BEYOND.
GOAL_SUMS = ("events", "visitors", "visitors_1", "visitors_2", "touched", "touched_1", "touched_2")
# Amounts are added up as decimals, so that the order in which they are leaves the sum as it is.
AMOUNT = Numeric(38, 6)
goal_sums = Table(
    "goal_sums",
    metadata,
    *_key_of_goals(),
    Column("dimension", Text, nullable=False),
    Column("value", Text),
    *(Column(name, BigInteger, nullable=False) for name in GOAL_SUMS),
    Column("amount", AMOUNT),
)

# The ids that last, which are counted as distinct over any days.
goal_ids = Table(
    "goal_ids",
    metadata,
    *_key_of_goals(),
    Column("visitor_id", BigInteger, nullable=False),
    Column("visit_id", BigInteger, nullable=False),
)

# The single events of the visits that have a company.
goal_events = Table(
    "goal_events",
    metadata,
    *_key_of_goals(),
    Column("visit_id", BigInteger, nullable=False),
    Column("occurred_at", DateTime, nullable=False),
    Column("detail", Text),
)

# The visits that began on the day and reached any of a site's goals, by the values of dimensions. `goal` is a hash of what all
# of these goals count, together. A day with more values of a dimension than are kept has none of them, and a mark as in `rollups`.
goal_values = Table(
    "goal_values",
    metadata,
    *_key_of_goals(),
    Column("dimension", Text, nullable=False),
    Column("value", Text),
    Column("visits", BigInteger, nullable=False),
)

# The visits that these are made of, while they are.
held_goal_visits = Table(
    "held_goal_visits",
    MetaData(),
    Column("visit_id", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    prefixes=["TEMPORARY"],
)

# The events that the others are made of, while they are; with those that the same visitors made on the two days before.
held_goal_events = Table(
    "held_goal_events",
    MetaData(),
    *_key_of_goals(),
    Column("hour", Text, nullable=False),
    Column("visitor_id", BigInteger, nullable=False),
    Column("visit_id", BigInteger, nullable=False),
    Column("occurred_at", DateTime, nullable=False),
    Column("detail", Text),
    Column("revenue", Double),
    Column("currency", Text),
    Column("lasts", Boolean, nullable=False),
    Column("has_company", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)

goal_days = Table(
    "goal_days",
    metadata,
    Column("site", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("goal", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("rules", Integer, nullable=False),
)

# All that is kept of a site's days and months.
ROLLUP_TABLES = (
    goal_sums,
    goal_ids,
    goal_events,
    goal_values,
    goal_days,
    rollups,
    rollup_ids,
    month_rollups,
    month_rollup_ids,
    *KEPT_ROWS,
    sealed_days,
    counted_days,
    counted_months,
)

schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

EVENT_COLUMNS: tuple[str, ...] = tuple(column.name for column in events.columns)
