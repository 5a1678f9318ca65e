"""The copies of the app database: one a day, seven, whole before they count, and without a byte of a secret."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tracker.accounts.one_time_links import create_link
from tracker.db.copies import KEPT, folder_of, list_copies
from tracker.db.copy_schedule import CopySchedule
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.errors import AppDatabaseUnavailable
from tracker.db.models import LEFT_OUT_OF_COPIES, Base
from tracker.ingest.visits.salts import Salts
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
# Every table whose rows a copy holds; a new one is put here, or in LEFT_OUT_OF_COPIES beside the models.
COPIED = {
    "alert_members",
    "alert_rules",
    "alerts",
    "api_tokens",
    "outgoing_attempts",
    "outgoing_messages",
    "checklist_marks",
    "site_domains",
    "shared_links",
    "annotations",
    "funnels",
    "crm_records",
    "sites",
    "company_changes",
    "company_confirmations",
    "company_corrections",
    "goals",
    "company_list_entries",
    "company_lists",
    "company_notes",
    "company_tags",
    "company_work",
    "saved_views",
    "trash",
    "workflow_settings",
    "users",
    "report_recipients",
    "deliveries",
    "imported_logs",
    "register_choices",
    "register_match_revisions",
    "register_matches",
}
NEEDLE = b"a-needle-of-16-b"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "webleads.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[AppDatabase]:
    with closing(open_app_database(f"sqlite:///{path}")) as opened:
        add_site(opened, "a.fr", now=NOW)
        yield opened


def counts(path: Path) -> dict[str, int]:
    """Rows of a database by table."""
    with closing(open_app_database(f"sqlite:///{path}")) as opened, opened.engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


def files_with(needle: bytes, folder: Path) -> list[str]:
    """The names of all files below a folder that hold the bytes."""
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and needle in file.read_bytes())


def test_every_table_is_copied_or_left_out_on_purpose() -> None:
    assert COPIED | set(LEFT_OUT_OF_COPIES) == set(Base.metadata.tables)
    assert not COPIED & set(LEFT_OUT_OF_COPIES)


def test_a_copy_has_everything_but_what_is_left_out(database: AppDatabase, tmp_path: Path) -> None:
    Salts(database, now=lambda: NOW, random_bytes=os.urandom).of(date(2026, 11, 16))
    create_link(database, "first-user", now=NOW, lasts=timedelta(days=7))
    made = database.copy(NOW)
    assert made is not None
    made.path.rename(tmp_path / "looked-at.sqlite")
    found = counts(tmp_path / "looked-at.sqlite")
    assert {name: n for name, n in found.items() if n} == {"sites": 1}


def test_not_a_byte_of_a_secret_is_in_a_copy(database: AppDatabase, path: Path) -> None:
    Salts(database, now=lambda: NOW, random_bytes=lambda _: NEEDLE).of(date(2026, 11, 16))
    assert files_with(NEEDLE, path.parent)  # it is in the database
    database.copy(NOW)
    assert files_with(NEEDLE, folder_of(path)) == []
    assert files_with(b"a.fr", folder_of(path))


def test_one_a_day_is_kept_for_seven_days(database: AppDatabase, path: Path) -> None:
    for hours in range(0, 24 * 10, 8):
        database.copy(NOW + timedelta(hours=hours))
    days = [copy.at.date() for copy in list_copies(path)]
    assert len(days) == len(set(days)) == KEPT
    assert max(days) == (NOW + timedelta(hours=232)).date()


def test_a_copy_is_for_its_owner_alone(database: AppDatabase) -> None:
    before = os.umask(0)
    try:
        made = database.copy(NOW)
    finally:
        os.umask(before)
    assert made is not None
    assert made.path.stat().st_mode & 0o077 == 0
    assert made.path.parent.stat().st_mode & 0o077 == 0


def test_what_a_killed_copy_left_is_no_copy_and_goes(database: AppDatabase, path: Path) -> None:
    folder_of(path).mkdir()
    left = folder_of(path) / "webleads-20261116T030000.sqlite.part"
    left.write_bytes(b"half")
    assert list_copies(path) == []
    database.copy(NOW)
    assert not left.exists()
    assert len(list_copies(path)) == 1


def test_where_none_can_be_written_the_ones_before_stay(database: AppDatabase, path: Path) -> None:
    database.copy(NOW)
    blocked = folder_of(path) / f"webleads-{NOW + timedelta(days=1):%Y%m%dT%H%M%S}.sqlite"
    (blocked / "in the way").mkdir(parents=True)
    with pytest.raises(AppDatabaseUnavailable, match="no copy of the app database can be made in"):
        database.copy(NOW + timedelta(days=1))
    assert NOW in [copy.at for copy in list_copies(path)]
    assert not list(folder_of(path).glob("*.part"))


def test_a_database_in_memory_has_no_copies() -> None:
    with closing(open_app_database("sqlite://")) as database:
        assert database.copy(NOW) is None


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_copy_is_made_at_the_start_each_day_and_after_a_change(database: AppDatabase, path: Path) -> None:
    ticks = Ticks()
    schedule = CopySchedule(database, monotonic=ticks)

    def made(at: datetime, later: float) -> bool:
        before = list_copies(path)
        ticks.now += later
        schedule(at)
        return list_copies(path) != before

    assert made(NOW, 0)
    assert not made(NOW + timedelta(minutes=2), 120)  # nothing has changed
    add_site(database, "b.fr", now=NOW)
    assert made(NOW + timedelta(minutes=4), 120)
    add_site(database, "c.fr", now=NOW)
    assert not made(NOW + timedelta(minutes=4, seconds=10), 10)  # too soon
    assert made(NOW + timedelta(minutes=5), 60)
    assert made(NOW + timedelta(days=1), 86_400)


def test_a_copy_that_fails_is_tried_again_and_stops_nothing(
    database: AppDatabase, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ticks = Ticks()
    schedule = CopySchedule(database, monotonic=ticks)
    folder_of(path).write_text("no folder")
    schedule(NOW)
    assert "no copy of the app database can be made" in caplog.text
    folder_of(path).unlink()
    ticks.now = 61
    schedule(NOW)
    assert len(list_copies(path)) == 1
