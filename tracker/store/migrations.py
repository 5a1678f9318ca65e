"""Brings an event store to this version's schema, step by step; refuses one that a newer version wrote.

A step is a function from a connection at version n to one at n + 1. It may commit in between when what it does can be
done again from the start, for the version is only raised after it. Released steps are never edited, so they name what
they change in SQL of their own; each engine has its own (`tracker.store.duckdb.migrations`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, inspect, select

from tracker.store.errors import NewerStoreError
from tracker.store.schema import SCHEMA_VERSION, metadata, schema_version

Step = Callable[[Connection], None]


def migrate(connection: Connection, steps: Mapping[int, Step]) -> None:
    """Creates the tables, or migrates them by the steps, each under the version it starts from. Raises NewerStoreError."""
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
        steps[step](connection)
    if version < SCHEMA_VERSION:
        connection.execute(schema_version.delete())
        connection.execute(schema_version.insert(), [{"version": SCHEMA_VERSION}])
