"""What is deleted from SQLite's file is gone from the disk's files as well: the database, its log, its copies."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.db.test_copies import NEEDLE, files_with
from tracker.db.engine import open_app_database
from tracker.ingest.visits.salts import Salts

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
DAY = date(2026, 11, 16)


def delete_plainly(path: Path) -> None:
    """As a version without `secure_delete` did: it kept a salt and deleted it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("INSERT INTO salts VALUES ('2026-11-10', ?, '2026-11-10')", (NEEDLE,))
        connection.commit()
        connection.execute("DELETE FROM salts")
        connection.commit()
        connection.execute("PRAGMA user_version=0")
        connection.commit()


def test_a_deleted_salt_is_in_no_file(tmp_path: Path) -> None:
    path = tmp_path / "webleads.sqlite"
    with closing(open_app_database(f"sqlite:///{path}")) as database:
        salts = Salts(database, now=lambda: NOW, random_bytes=lambda _: NEEDLE)
        salts.delete_made_before(NOW)  # the first call of a process has nothing to delete
        salts.of(DAY)
        database.copy(NOW)
        assert files_with(NEEDLE, tmp_path) == ["webleads.sqlite-wal"]
        database.forget_deleted()
        assert files_with(NEEDLE, tmp_path) == ["webleads.sqlite"]
        salts.delete_made_before(NOW + timedelta(days=3))
        database.copy(NOW + timedelta(days=3))
        assert files_with(NEEDLE, tmp_path) == []
    assert files_with(NEEDLE, tmp_path) == []


def test_a_reader_that_holds_up_the_log_delays_it_to_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "webleads.sqlite"
    with closing(open_app_database(f"sqlite:///{path}")) as database:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=10")
        salts = Salts(database, now=lambda: NOW, random_bytes=lambda _: NEEDLE)
        salts.of(DAY)
        with closing(sqlite3.connect(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM salts").fetchall()
            salts.delete_made_before(NOW + timedelta(days=3))
            assert files_with(NEEDLE, tmp_path)
            reader.rollback()
        salts.delete_made_before(NOW + timedelta(days=3))
        assert files_with(NEEDLE, tmp_path) == []


def test_one_that_died_between_deletion_and_log_is_tidied_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "webleads.sqlite"
    with closing(open_app_database(f"sqlite:///{path}")) as database:
        Salts(database, now=lambda: NOW, random_bytes=lambda _: NEEDLE).of(DAY)
        with database.transaction() as session:
            session.connection().exec_driver_sql("DELETE FROM salts")
        assert files_with(NEEDLE, tmp_path) == ["webleads.sqlite-wal"]
        Salts(database, now=lambda: NOW, random_bytes=os.urandom).delete_made_before(NOW)
        assert files_with(NEEDLE, tmp_path) == []


def test_what_an_earlier_version_deleted_goes_with_the_first_start(tmp_path: Path) -> None:
    path = tmp_path / "webleads.sqlite"
    open_app_database(f"sqlite:///{path}").close()
    delete_plainly(path)
    assert files_with(NEEDLE, tmp_path) == ["webleads.sqlite"]
    with closing(open_app_database(f"sqlite:///{path}")):
        assert files_with(NEEDLE, tmp_path) == []


@pytest.mark.parametrize(("pragma", "value"), [("secure_delete", 1), ("temp_store", 2), ("foreign_keys", 1)])
def test_every_connection_is_set_up(tmp_path: Path, pragma: str, value: int) -> None:
    with (
        closing(open_app_database(f"sqlite:///{tmp_path}/app.sqlite")) as database,
        database.engine.connect() as one,
        database.engine.connect() as two,
    ):
        assert [each.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() for each in (one, two)] == [value, value]
