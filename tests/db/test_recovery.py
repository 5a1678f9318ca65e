"""A damaged app database is restored from the service's own copy; what is not damage is left alone and said."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from tracker.accounts.users import count_users, create_user
from tracker.db import recovery
from tracker.db.copies import folder_of, list_copies
from tracker.db.engine import AppDatabase, open_app_database
from tracker.db.errors import AppDatabaseDamaged, AppDatabaseUnavailable
from tracker.db.migrations.schema_number import MIGRATIONS
from tracker.ingest.visits.salts import Salts
from tracker.sites.sites import add_site, list_sites

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
SITES = ["blog.exemple.fr", "boutique.exemple.fr"]


@pytest.fixture
def path(made_once: Path, tmp_path: Path) -> Path:
    """A database with two sites, many rows more and a copy; a third site came after the copy."""
    shutil.copytree(made_once, tmp_path / "data")
    return tmp_path / "data" / "webleads.sqlite"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "webleads.sqlite"
    with closing(opened(path)) as database:
        for domain in SITES:
            add_site(database, domain, now=NOW, recipients=[f"{n}@{domain}" for n in range(300)])
        create_user(database, "anna@exemple.fr", "a long password", now=NOW)
        database.copy(NOW)
        add_site(database, "later.exemple.fr", now=NOW)
    return path.parent


def opened(path: Path) -> AppDatabase:
    return open_app_database(f"sqlite:///{path}")


def domains(database: AppDatabase) -> list[str]:
    return [site.domain for site in list_sites(database)]


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zero_pages(path: Path) -> None:
    with open(path, "r+b") as file:
        file.seek(8192)
        file.write(bytes(path.stat().st_size - 8192))


def overwrite_header(path: Path) -> None:
    with open(path, "r+b") as file:
        file.write(os.urandom(200))


def scribble(path: Path) -> None:
    with open(path, "r+b") as file:
        for offset in range(4096, path.stat().st_size, 4096):
            file.seek(offset)
            file.write(b"\xff" * 64)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_another(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").touch()


def remove(path: Path) -> None:
    path.unlink()


DAMAGE = [
    cut,
    zero_pages,
    overwrite_header,
    scribble,
    empty,
    lambda path: path.write_bytes(os.urandom(50_000)),
    lambda path: path.write_bytes(bytes(50_000)),
    lambda path: path.write_text("<html>not found</html>"),
    replace_by_another,
    replace_by_a_folder,
    remove,
]
IDS = "cut zeroed header scribbled empty random zeros web-page another-database folder removed".split()


@pytest.mark.parametrize("damage", DAMAGE, ids=IDS)
def test_damage_of_any_kind_is_restored_from_the_copy(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)
    with closing(opened(path)) as database:
        assert domains(database) == SITES
        assert count_users(database) == 1
        add_site(database, "new.exemple.fr", now=NOW)
    (told,) = recovery.restores(path)
    assert told.copy_of == NOW
    assert "restored on" in recovery.describe(told)
    assert "from the copy of 2026-11-16 07:00 UTC" in recovery.describe(told)
    if told.kept_as:
        assert (path.parent / told.kept_as).exists()
    with closing(opened(path)) as again:
        assert domains(again) == [*SITES[:1], SITES[1], "new.exemple.fr"]
    assert len(recovery.restores(path)) == 1


@pytest.mark.parametrize(
    "damage", [d for d, name in zip(DAMAGE, IDS, strict=True) if name != "removed"][:4], ids=IDS[:4]
)
def test_damage_while_it_is_used_is_found_and_restored(path: Path, damage: Callable[[Path], None]) -> None:
    with closing(opened(path)) as database:
        database.forget_deleted()
        damage(path)
        with pytest.raises(AppDatabaseUnavailable, match=r"webleads\.sqlite"):
            database.copy(NOW + timedelta(days=1))
        assert database.damage
        assert len(list_copies(path)) == 1
        database.repair(NOW)
        assert database.damage is None
        assert domains(database) == SITES


@pytest.mark.parametrize("damage", [remove, replace_by_another], ids=["removed", "replaced"])
def test_a_file_that_is_taken_away_while_it_is_used_is_restored(path: Path, damage: Callable[[Path], None]) -> None:
    with closing(opened(path)) as database:
        damage(path)
        database.look()
        assert database.damage
        database.repair(NOW)
        assert domains(database) == SITES
        add_site(database, "new.exemple.fr", now=NOW)
    with closing(opened(path)) as again:
        assert "new.exemple.fr" in domains(again)


@pytest.mark.parametrize("damage", [remove, empty, replace_by_another], ids=["removed", "emptied", "replaced"])
def test_one_that_is_taken_away_before_its_first_copy_is_not_begun_anew(
    path: Path, damage: Callable[[Path], None]
) -> None:
    shutil.rmtree(folder_of(path))
    with closing(opened(path)) as database:
        database.forget_deleted()
        database.engine.dispose()
        damage(path)
        with pytest.raises(AppDatabaseUnavailable):
            list_sites(database)
        with pytest.raises(AppDatabaseDamaged, match="no good copy"):
            database.repair(NOW)
        assert database.damage


def test_a_backup_that_is_moved_into_its_place_is_used(path: Path) -> None:
    shutil.copy(list_copies(path)[0].path, path.with_name("backup"))
    with closing(opened(path)) as database:
        path.with_name("backup").replace(path)
        database.look()
        database.repair(NOW)
        assert domains(database) == SITES
    assert recovery.restores(path) == []


def test_a_transaction_that_meets_damage_says_so(path: Path) -> None:
    with closing(opened(path)) as database:
        database.forget_deleted()
        overwrite_header(path)
        database.engine.dispose()
        with pytest.raises(AppDatabaseUnavailable, match=r"webleads\.sqlite cannot be used \(file is not a database\)"):
            list_sites(database)
        assert database.damage == "file is not a database"


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_a_log_that_is_gone_costs_nothing_once_it_was_written_back(path: Path, suffix: str) -> None:
    database = opened(path)
    database.forget_deleted()
    kept = path.read_bytes()
    database.close()
    path.write_bytes(kept)
    path.with_name(path.name + suffix).unlink(missing_ok=True)
    with closing(opened(path)) as again:
        assert len(domains(again)) == 3


@pytest.mark.parametrize("garbage", [b"\xff" * 5000, bytes(5000), b"x"], ids=["ones", "zeros", "short"])
def test_a_log_of_garbage_is_set_aside_and_told(path: Path, garbage: bytes) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(garbage)
    with closing(opened(path)) as database:
        assert len(domains(database)) == 3
    (told,) = recovery.restores(path)
    assert told.copy_of is None
    assert (path.parent / told.kept_as).read_bytes() == garbage
    assert "log was damaged" in recovery.describe(told)


def test_a_log_that_a_killed_process_left_is_replayed(path: Path) -> None:
    program = (
        "import os, sys; from datetime import UTC, datetime; from tracker.db.engine import open_app_database;"
        " from tracker.sites.sites import add_site; database = open_app_database(sys.argv[1]);"
        " add_site(database, 'killed.exemple.fr', now=datetime.now(UTC)); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, f"sqlite:///{path}"], check=False)
    assert path.with_name(f"{path.name}-wal").stat().st_size
    with closing(opened(path)) as database:
        assert "killed.exemple.fr" in domains(database)
    assert recovery.restores(path) == []


def test_without_a_good_copy_nothing_is_touched_and_the_remedy_is_said(path: Path) -> None:
    shutil.rmtree(folder_of(path))
    cut(path)
    before = path.read_bytes()
    with pytest.raises(
        AppDatabaseDamaged, match=r"webleads\.sqlite is damaged .* no good copy .* put a backup in its"
    ) as said:
        opened(path)
    assert "\n" not in str(said.value)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.damaged-*"))


def test_an_empty_file_without_a_copy_is_a_first_start(tmp_path: Path) -> None:
    (tmp_path / "app.sqlite").touch()
    with closing(opened(tmp_path / "app.sqlite")) as database:
        assert domains(database) == []


def test_a_damaged_copy_is_passed_over_for_the_one_before_it(path: Path) -> None:
    with closing(opened(path)) as database:
        newest = database.copy(NOW + timedelta(days=1))
    assert newest is not None
    cut(newest.path)
    cut(path)
    with closing(opened(path)) as database:
        assert domains(database) == SITES
    assert recovery.restores(path)[0].copy_of == NOW


def test_a_copy_that_was_cut_off_is_never_taken(path: Path) -> None:
    (only,) = list_copies(path)
    only.path.rename(only.path.with_name(f"{only.path.name}.part"))
    cut(path)
    with pytest.raises(AppDatabaseDamaged):
        opened(path)


def test_a_copy_of_an_older_version_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "app.sqlite"
    copy = folder_of(path) / "app-20261115T030000.sqlite"
    copy.parent.mkdir()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "insert into sites (domain, time_zone, language, excluded_networks, disabled_rules, created_at)"
                " values ('a.fr', 'UTC', 'fr', '', '', '2026-11-01 00:00:00')"
            )
        )
        connection.commit()
    engine.dispose()
    path.write_bytes(b"garbage" * 1000)
    with closing(opened(path)) as database:
        assert domains(database) == ["a.fr"]


def test_a_restored_database_has_no_salts_so_the_days_visitors_get_new_ids(path: Path) -> None:
    with closing(opened(path)) as database:
        before = Salts(database, now=lambda: NOW, random_bytes=os.urandom).of(date(2026, 11, 16))
        database.copy(NOW)
    cut(path)
    with closing(opened(path)) as database:
        assert Salts(database, now=lambda: NOW, random_bytes=os.urandom).of(date(2026, 11, 16)) != before


def test_what_was_set_aside_goes_with_the_secrets_of_its_days(path: Path) -> None:
    cut(path)
    opened(path).close()
    (kept,) = [one for one in path.parent.glob("*.damaged-*") if one.name.startswith("webleads.sqlite.damaged")]
    recovery.forget_set_aside(path, datetime.now(UTC) - timedelta(hours=1))
    assert kept.exists()
    recovery.forget_set_aside(path, datetime.now(UTC) + timedelta(hours=1))
    assert not list(path.parent.glob("*.damaged-*"))
    assert path.exists()


def test_it_is_told_for_a_week(path: Path) -> None:
    cut(path)
    opened(path).close()
    assert len(recovery.restores(path, datetime.now(UTC))) == 1
    assert recovery.restores(path, datetime.now(UTC) + timedelta(days=8)) == []


@pytest.mark.parametrize("notes", ["", "[", "{}", "[[", "null", '[{"at": 1}]', "[" * 100_000])
def test_garbage_in_the_notes_is_no_reason_to_fail(path: Path, notes: str) -> None:
    (folder_of(path) / "restored.json").write_text(notes)
    assert recovery.restores(path) == []
    cut(path)
    opened(path).close()
    assert len(recovery.restores(path)) == 1


def test_processes_that_find_it_damaged_at_once_restore_it_once(path: Path) -> None:
    cut(path)
    program = "import sys; from tracker.db.engine import open_app_database; open_app_database(sys.argv[1]).close()"
    starts = [subprocess.Popen([sys.executable, "-c", program, f"sqlite:///{path}"]) for _ in range(3)]
    assert [start.wait() for start in starts] == [0, 0, 0]
    assert len(recovery.restores(path)) == 1


def test_a_link_to_a_disk_that_is_not_mounted_is_no_damage(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "disk" / "webleads.sqlite")
    with pytest.raises(AppDatabaseUnavailable, match=r"is a link to .* is its disk mounted"):
        opened(path)
    assert path.is_symlink()


def test_a_full_disk_is_no_damage(path: Path) -> None:
    with closing(opened(path)) as database:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
        with pytest.raises(AppDatabaseUnavailable, match=r"disk is full\): make room on the disk"):
            add_site(database, "large.exemple.fr", now=NOW, recipients=[f"{n}@exemple.fr" for n in range(5000)])
        assert database.damage is None
        assert set(SITES) <= set(domains(database))


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """A folder that somebody else may enter."""
    folder = Path(tempfile.mkdtemp(prefix="webleads-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def as_another_user(work: Callable[[], object]) -> str:
    """What it raises when a user runs it who is not the superuser, whom no right binds."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            work()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the parent looks at it
            sender.send(f"{type(problem).__name__} {problem}")
        else:
            sender.send("nothing")

    child = context.Process(target=run)
    child.start()
    said = str(receiver.recv()) if receiver.poll(60) else "no answer"
    child.join()
    return said


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"),
    [(0o444, 0o777), (0o000, 0o777), (0o666, 0o555)],
    ids=["read-only", "foreign", "folder"],
)
def test_missing_rights_are_no_damage_and_say_the_remedy(
    nobodys_folder: Path, file_mode: int, folder_mode: int
) -> None:
    path = nobodys_folder / "webleads.sqlite"
    with closing(opened(path)) as database:
        add_site(database, "a.fr", now=NOW)
        database.copy(NOW)
    (nobodys_folder / "webleads.sqlite.lock").chmod(0o666)
    path.chmod(file_mode)
    nobodys_folder.chmod(folder_mode)
    said = as_another_user(lambda: add_site(opened(path), "b.fr", now=NOW))
    assert said.startswith("AppDatabaseUnavailable")
    assert "let the service's user" in said
    assert stat.S_IMODE(path.stat().st_mode) == file_mode
    assert not list(nobodys_folder.glob("*.damaged-*"))


def test_a_server_that_is_away_is_one_line() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(AppDatabaseUnavailable):
        open_app_database("postgresql+psycopg://a:b@127.0.0.1:1/c")
