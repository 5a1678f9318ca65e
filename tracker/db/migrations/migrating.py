"""Brings an app database of an earlier version to this version's schema, with Alembic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from tracker.db.errors import NewerDatabaseError
from tracker.db.migrations.schema_number import MIGRATIONS, newest_number, stored_number


def migrate(engine: Engine) -> None:
    """Runs the migrations that the database lacks. Raises NewerDatabaseError."""
    with engine.connect() as connection, _keys_not_enforced(connection):
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "BEGIN IMMEDIATE"
            )  # two processes that start at once migrate one after the other
        stored = stored_number(connection)
        if stored == newest_number():
            return
        config = _config()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if stored is not None and stored not in known:
            raise NewerDatabaseError(
                f"the app database is at schema {stored}, written by a newer version: upgrade webleads-tracker"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


@contextmanager
def _keys_not_enforced(connection: Connection) -> Iterator[None]:
    """A table that a migration makes anew is dropped, by which SQLite would delete all rows that refer to it.

    Outside a transaction, where alone the setting takes effect.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.rollback()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.rollback()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
