"""The number of the app database's schema: the one that a database has, and the one that this version makes.

Alembic knows both as well, but takes 10 MB of a service that has nothing to migrate.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

MIGRATIONS = Path(__file__).parent

_VERSIONS = table("alembic_version", column("version_num"))


def stored_number(connection: Connection) -> str | None:
    """Returns the schema's number, such as "0022"; None for a database that has no schema yet."""
    if not inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.scalar(select(_VERSIONS.c.version_num))


@cache
def newest_number() -> str:
    """Returns the number of this version's schema: its newest migration's, with which the file's name begins."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
