"""A store of version 2, before events had a campaign's own words and whether their visitor agreed to their id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import SCHEMA_VERSION, events, schema_version

FOLDER = Path(__file__).parents[2] / "upgrade/issue_10.tar.xz"
NEW = ("utm_source", "utm_medium", "consented")
OLD = tuple(column.name for column in events.columns if column.name not in NEW)


@pytest.fixture
def url(tmp_path: Path) -> str:
    with tarfile.open(FOLDER) as archive:
        archive.extract("data/events.duckdb", tmp_path, filter="data")
    return f"duckdb:///{tmp_path}/data/events.duckdb"


def check(store: EventStore, rows: int) -> None:
    assert store.rows(select(schema_version.c.version)) == [(SCHEMA_VERSION,)]
    found = store.frame(select(events))
    assert len(found) == rows
    assert list(found.columns) == [*OLD, *NEW]
    assert found[list(NEW)].isna().all(axis=None)
    assert not found[["site", "visit_seconds"]].isna().any(axis=None)


def rows_before(url: str) -> int:
    """The rows of the file as it is, counted by the engine itself."""
    asked = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).sql('select count(*) from events').fetchall()[0][0])"
    command = [sys.executable, "-c", asked, url.removeprefix("duckdb:///")]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def test_what_nobody_knows_of_old_rows_is_empty_and_all_else_is_as_it_was(url: str) -> None:
    rows = rows_before(url)
    store = open_event_store(url)
    check(store, rows)
    store.close()


def test_a_migrated_store_has_the_columns_of_a_fresh_one(url: str, tmp_path: Path) -> None:
    columns = text(
        "select column_name, data_type, is_nullable, column_default from duckdb_columns()"
        " where table_name = 'events' order by column_index"
    )
    fresh, migrated = open_event_store(f"duckdb:///{tmp_path}/fresh.duckdb"), open_event_store(url)
    assert migrated.rows(columns) == fresh.rows(columns)  # type: ignore[arg-type]
    fresh.close(), migrated.close()


_KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from tracker.store.engines import open_event_store

left = int(sys.argv[2])

def strike(*arguments):
    global left
    if "alter table" in arguments[2] or "schema_version" in arguments[2]:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "after_cursor_execute", strike)
open_event_store(sys.argv[1])
"""


@pytest.mark.parametrize("statements", [1, 2, 3, 4, 5, 6])
def test_a_kill_in_the_middle_costs_nothing(url: str, statements: int) -> None:
    rows = rows_before(url)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, url, str(statements)], capture_output=True, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, os.fsdecode(killed.stderr)
    store = open_event_store(url)
    check(store, rows)
    store.close()
