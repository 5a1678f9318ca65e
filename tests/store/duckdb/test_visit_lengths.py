"""A store of version 1, before events said by how much they lengthen their visit: migrated, it gives the same figures.

`version_1.duckdb.gz` was made by version 1's own code: 3,000 events of the demo, and a site whose 400 events arrived in
no order. `version_1.json` has the answers that version 1 gave to queries of it.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, text

from tracker.db.models import Site
from tracker.stats.query.run import run_query
from tracker.store.duckdb import migrations
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import SCHEMA_VERSION, schema_version

HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "version_1.json").read_text())
NEW = ("visit_seconds", "visit_age_seconds", "utm_source", "utm_medium", "consented", "has_event_id")


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "events.duckdb").write_bytes(gzip.decompress((HERE / "version_1.duckdb.gz").read_bytes()))
    return f"duckdb:///{tmp_path}/events.duckdb"


def rows(store: EventStore, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store.rows(text(statement))]  # type: ignore[arg-type]


def check(store: EventStore) -> None:
    """The version, every answer, and that each visit's seconds are those from its first event to its last."""
    assert store.rows(select(schema_version.c.version)) == [(SCHEMA_VERSION,)]
    for one in ANSWERS:
        site = Site(
            domain=one["site"],
            stored_as=one["site"],
            time_zone="Europe/Paris",
            language="fr",
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        answer = run_query(store, site, one["query"], now=datetime(2026, 11, 24, 12, tzinfo=UTC))
        assert answer["results"] == one["results"], one["query"]
    wrong = rows(
        store,
        "select visit_id from events group by visit_id having sum(visit_seconds)"
        " <> date_diff('second', min(occurred_at), max(occurred_at))",
    )
    assert wrong == []
    began = "min(occurred_at) filter (visits > 0) over (partition by visit_id)"
    ages = f"select visit_age_seconds, date_diff('second', {began}, occurred_at) from events"
    assert [pair for pair in rows(store, ages) if pair[0] != pair[1]] == []


def test_a_migrated_store_gives_the_figures_that_it_gave_before(url: str) -> None:
    store = open_event_store(url)
    check(store)
    store.close()
    store = open_event_store(url)
    check(store)
    store.close()


def test_rows_stay_where_they_are_and_what_they_are(url: str) -> None:
    steps = dict(migrations.STEPS)
    migrations.STEPS.update(dict.fromkeys(steps, lambda _: None))
    try:
        before = open_event_store(url)
        old = rows(before, "select * exclude (event_id) from events order by rowid")
        ids = rows(before, "select site, visit_id, occurred_at, event_id from events where event_id is not null")
        with before.transaction() as connection:
            connection.execute(text("update schema_version set version = 1"))
        before.close()
    finally:
        migrations.STEPS.update(steps)
    after = open_event_store(url)
    assert rows(after, f"select * exclude ({', '.join(NEW)}) from events order by rowid") == old
    newest = max(moment for _, _, moment, _ in ids)
    assert {*rows(after, "select * from event_ids")} == {one for one in ids if newest - one[2] < timedelta(days=31)}
    assert rows(after, "select count(*) from events where has_event_id") == [(len(ids),)]
    after.close()


def test_a_migrated_store_has_the_columns_of_a_fresh_one(url: str, tmp_path: Path) -> None:
    columns = (
        "select column_name, data_type, is_nullable, column_default from duckdb_columns()"
        " where table_name = 'events' order by column_index"
    )
    fresh, migrated = open_event_store(f"duckdb:///{tmp_path}/fresh.duckdb"), open_event_store(url)
    assert rows(migrated, columns) == rows(fresh, columns)
    fresh.close(), migrated.close()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "_ROWS_A_PART", 500)


@pytest.fixture
def breaks_down() -> Iterator[None]:
    """The third part fails."""
    updates = 0

    def count(*arguments: Any) -> None:
        nonlocal updates
        if "update events" in arguments[2]:
            updates += 1
            if updates == 3:
                raise RuntimeError("no room")

    event.listen(Engine, "before_cursor_execute", count)
    yield
    event.remove(Engine, "before_cursor_execute", count)


@pytest.mark.usefixtures("small_parts")
def test_it_may_go_through_the_rows_in_parts(url: str) -> None:
    store = open_event_store(url)
    check(store)
    store.close()


@pytest.mark.usefixtures("small_parts")
def test_what_failed_half_way_is_done_again_at_the_next_start(url: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("breaks_down")
    with pytest.raises(RuntimeError, match="no room"):
        open_event_store(url)
    store = open_event_store(url)
    check(store)
    store.close()


_KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from tracker.store.duckdb import migrations
from tracker.store.engines import open_event_store

migrations._ROWS_A_PART = 500
left = int(sys.argv[2])

def strike(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "after_cursor_execute", strike)
open_event_store(sys.argv[1])
"""


@pytest.mark.parametrize("statements", [3, 5, 8, 13, 15])
def test_a_kill_in_the_middle_costs_nothing(url: str, statements: int) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, url, str(statements)], capture_output=True, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, os.fsdecode(killed.stderr)
    store = open_event_store(url)
    check(store)
    store.close()
