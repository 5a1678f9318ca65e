"""Brings the event store to this version's schema, step by step; refuses one that a newer version wrote.

A step is a function from a connection at version n to one at n + 1. It may commit in between when what it does can be
done again from the start, for the version is only raised after it. Released steps are never edited, so they name what
they change in SQL of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from tracker.store.errors import NewerStoreError
from tracker.store.schema import SCHEMA_VERSION, metadata, schema_version

# A step over all rows goes through them in parts of about so many, since DuckDB holds a transaction's changes in memory.
_ROWS_A_PART = 1_000_000

# Of each visit in a part: by how many seconds of the clock each row lengthens it, and how many after its beginning it is.
_FILL_LENGTHS = text("""
    update events set visit_seconds = lengths.lengthened, visit_age_seconds = lengths.age
    from (
        select
            row_number_in_table,
            second - coalesce(lag(second) over in_time, second) as lengthened,
            second - coalesce(min(second) filter (visits > 0) over in_visit, min(second) over in_visit) as age
        from (
            select rowid as row_number_in_table, visit_id, visits, epoch_us(occurred_at) // 1000000 as second
            from events where abs(visit_id % :parts) = :part
        )
        window
            in_visit as (partition by visit_id),
            in_time as (partition by visit_id order by second, row_number_in_table)
    ) as lengths
    where lengths.row_number_in_table = events.rowid and (lengths.lengthened <> 0 or lengths.age <> 0)
""")


def add_visit_lengths(connection: Connection) -> None:
    """1 to 2: each event says by how many seconds it lengthens its visit, and how old the visit is with it.

    Rewrites two columns, part by part, and leaves all others and the order of rows as they are. Done again from the
    start it fills in the same.
    """
    columns = ("visit_seconds", "visit_age_seconds")
    for column in columns:
        connection.execute(text(f"alter table events add column if not exists {column} integer default 0"))
        connection.execute(text(f"alter table events alter column {column} set not null"))
    connection.commit()
    parts = connection.execute(text("select count(*) from events")).scalar_one() // _ROWS_A_PART + 1
    for part in range(parts):
        connection.execute(_FILL_LENGTHS, {"parts": parts, "part": part})
        connection.commit()
    for column in columns:
        connection.execute(text(f"alter table events alter column {column} drop default"))


def add_campaign_words_and_consent(connection: Connection) -> None:
    """2 to 3: what a campaign's URL said word for word, and whether a visitor's id is one that they agreed to.

    Nobody knows either of the rows that are there, so they have neither. No row is rewritten.
    """
    for column, kind in (("utm_source", "varchar"), ("utm_medium", "varchar"), ("consented", "boolean")):
        connection.execute(text(f"alter table events add column if not exists {column} {kind}"))


# Steps by the version that they start from; a fresh store is created at SCHEMA_VERSION and needs none.
STEPS: dict[int, Callable[[Connection], None]] = {1: add_visit_lengths, 2: add_campaign_words_and_consent}


def migrate(connection: Connection) -> None:
    """Creates the tables, or migrates them. Raises NewerStoreError."""
    if not inspect(connection).has_table(schema_version.name):
        metadata.create_all(connection)
        connection.execute(schema_version.insert(), [{"version": SCHEMA_VERSION}])
        return
    version = connection.execute(select(schema_version.c.version)).scalar_one()
    if version > SCHEMA_VERSION:
        raise NewerStoreError(
            f"the event store is at schema {version}, written by a newer version (this one knows {SCHEMA_VERSION}):"
            " upgrade webleads-tracker"
        )
    for step in range(version, SCHEMA_VERSION):
        STEPS[step](connection)
    if version < SCHEMA_VERSION:
        connection.execute(schema_version.delete())
        connection.execute(schema_version.insert(), [{"version": SCHEMA_VERSION}])
