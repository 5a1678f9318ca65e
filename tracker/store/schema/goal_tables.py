"""The tables of what is kept of the goals that were reached on sealed days (`tracker/stats/goals/kept.py`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Integer, MetaData, Numeric, Table, Text

from tracker.store.schema.event_tables import metadata


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
