"""The tables of what is kept of days and months: figures made from their events, rows that no rule has judged, and seals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, MetaData, Table, Text

from tracker.store.schema.event_tables import events, metadata

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
