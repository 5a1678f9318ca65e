"""The app database: created on first use, migrated at start, refused when a newer version wrote it."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from tracker.db.engine import open_app_database
from tracker.db.errors import NewerDatabaseError
from tracker.db.models import Base


def test_it_is_created_on_first_use(tmp_path: Path) -> None:
    database = open_app_database(f"sqlite:///{tmp_path}/app.sqlite")
    assert {"sites", "users", "deliveries"} <= set(inspect(database.engine).get_table_names())
    database.close()


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    database = open_app_database(f"sqlite:///{tmp_path}/app.sqlite")
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    database.close()


def test_one_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.sqlite"
    database = open_app_database(url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(NewerDatabaseError, match="schema 9999, written by a newer version"):
        open_app_database(url)


def test_processes_that_start_at_once_do_not_trip_over_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/app.sqlite"
    context = multiprocessing.get_context("spawn")
    starters = [context.Process(target=open_app_database, args=(url,)) for _ in range(3)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert [starter.exitcode for starter in starters] == [0, 0, 0]
