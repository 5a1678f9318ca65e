"""Brings the event store to this version's schema, step by step; refuses one that a newer version wrote.

A step is a function from a connection at version n to one at n + 1. Released steps are never edited.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select

from tracker.store.errors import NewerStoreError
from tracker.store.schema import SCHEMA_VERSION, metadata, schema_version

# Steps by the version that they start from; a fresh store is created at SCHEMA_VERSION and needs none.
STEPS: dict[int, Callable[[Connection], None]] = {}


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
