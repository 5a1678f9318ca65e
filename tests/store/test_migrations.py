"""The event store of another version: migrated step by step, or refused before anything is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from tests.running_service import webleads
from tests.store.engines import EngineUnderTest
from tracker.store import migrations
from tracker.store.engines import open_event_store
from tracker.store.errors import NewerStoreError
from tracker.store.schema import SCHEMA_VERSION, events, schema_version


def at_version(url: str, version: int) -> None:
    store = open_event_store(url)
    with store.transaction() as connection:
        connection.execute(schema_version.delete())
        connection.execute(schema_version.insert(), [{"version": version}])
    store.close()


def version_of(url: str) -> int:
    store = open_event_store(url)
    found = store.rows(select(schema_version.c.version))[0][0]
    store.close()
    return int(found)


def test_a_fresh_store_is_at_this_version(url: str) -> None:
    assert version_of(url) == SCHEMA_VERSION


def test_there_is_a_step_from_each_earlier_version(engine: EngineUnderTest) -> None:
    assert set(engine.steps) == set(range(1, SCHEMA_VERSION))


def test_steps_run_in_order_from_the_stores_version(
    url: str, engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_version(url, 1)
    ran: list[int] = []

    def step(number: int) -> None:
        def run(connection: Connection) -> None:
            ran.append(number)
            connection.execute(text(f"create table step_{number} (a integer)"))

        monkeypatch.setitem(engine.steps, number, run)

    step(SCHEMA_VERSION), step(SCHEMA_VERSION + 1)
    for number in range(1, SCHEMA_VERSION):
        monkeypatch.setitem(engine.steps, number, lambda _: None)
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 2)
    assert version_of(url) == SCHEMA_VERSION + 2
    assert version_of(url) == SCHEMA_VERSION + 2
    assert ran == [SCHEMA_VERSION, SCHEMA_VERSION + 1]


def test_a_step_that_fails_leaves_the_store_as_it_was(
    url: str, engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_version(url, SCHEMA_VERSION)

    def fail(connection: Connection) -> None:
        connection.execute(text("create table half_done (a integer)"))
        raise RuntimeError("no room")

    with monkeypatch.context() as patch:
        patch.setitem(engine.steps, SCHEMA_VERSION, fail)
        patch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
        with pytest.raises(RuntimeError, match="no room"):
            open_event_store(url)
    store = open_event_store(url)
    assert store.rows(select(schema_version.c.version)) == [(SCHEMA_VERSION,)]
    assert store.rows(text("select 1 from information_schema.tables where table_name = 'half_done'")) == []  # type: ignore[arg-type]
    store.close()


def test_a_newer_store_is_refused_with_one_line(url: str, tmp_path: Path) -> None:
    at_version(url, 99)
    with pytest.raises(
        NewerStoreError, match=rf"schema 99, written by a newer version \(this one knows {SCHEMA_VERSION}\)"
    ):
        open_event_store(url)
    for command in (["leads", "--site", "a.fr"], ["ingest", "--once"]):
        answer = webleads(*command, data=tmp_path)
        assert answer.returncode == 2, answer.stderr
        assert answer.stderr.strip().splitlines()[-1].endswith("upgrade webleads-tracker")
        assert "Traceback" not in answer.stderr


def test_columns_stand_as_the_schema_says(url: str) -> None:
    store = open_event_store(url)
    frame = store.frame(select(events).limit(0))
    assert list(frame.columns) == [column.name for column in events.columns]
    store.close()
