from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mmdb import write_asn, write_city
from tracker.enrichment.geo.databases import Databases
from tracker.reference.geo.check import check_files
from tracker.reference.geo.verified_copies import VerifiedCopies

BAD = sorted((Path(__file__).parents[3] / "shared" / "data" / "maxmind" / "bad-data").rglob("*.mmdb"))


class Counted:
    """The real check, with what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, paths: Sequence[Path]) -> Sequence[str | None]:
        self.asked += [path.name.removesuffix(".new") for path in paths]
        return check_files(paths)


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    folder = tmp_path / "geo"
    folder.mkdir()
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "geo-in-use"


def settle(databases: Databases) -> bool:
    """Two looks: a file that stands still between them is complete."""
    return databases.reload_if_changed() or databases.reload_if_changed()


def test_good_files_are_read_from_their_copies(incoming: Path, kept: Path) -> None:
    write_city(incoming / "city.mmdb")
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    assert [one.path for one in databases.opened] == [kept / "city.mmdb"]
    assert databases.place("192.0.2.1").city == "Quimper"


def test_a_file_overwritten_in_place_changes_nothing_until_it_is_checked(incoming: Path, kept: Path) -> None:
    write_city(incoming / "city.mmdb")
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    (incoming / "city.mmdb").write_bytes(b"")  # a map of this very file would now end the process with SIGBUS
    assert databases.place("192.0.2.1").city == "Quimper"
    assert settle(databases)
    assert databases.place("192.0.2.1").city == "Quimper"
    [problem] = databases.problems
    assert problem.startswith("city.mmdb is not used: it is damaged or no MaxMind database")
    assert problem.endswith("stays in use")


def test_a_bad_file_is_still_replaced_by_the_old_one_after_a_restart(incoming: Path, kept: Path) -> None:
    write_city(incoming / "city.mmdb")
    Databases(VerifiedCopies(incoming, kept, keeps=True))
    (incoming / "city.mmdb").write_bytes(b"<html>")
    for keeps in (False, True):
        restarted = Databases(VerifiedCopies(incoming, kept, keeps=keeps))
        assert restarted.place("192.0.2.1").city == "Quimper"
        assert len(restarted.problems) == 1


def test_a_good_file_takes_over_while_serving(incoming: Path, kept: Path) -> None:
    write_asn(incoming / "x.mmdb")
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    fresh = write_city(incoming / "fresh")
    fresh.replace(incoming / "x.mmdb")
    assert settle(databases)
    assert databases.place("192.0.2.1").city == "Quimper"
    assert not databases.knows_networks
    assert list(databases.problems) == []


def test_a_file_that_is_still_being_copied_is_waited_for(incoming: Path, kept: Path) -> None:
    check = Counted()
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True, check=check))
    whole = write_city(incoming / "whole").read_bytes()
    for written in (1_000, 2_000, len(whole)):
        (incoming / "city.mmdb").write_bytes(whole[:written])
        assert not databases.reload_if_changed()
    assert databases.reload_if_changed()
    assert databases.place("192.0.2.1").city == "Quimper"
    assert check.asked == ["city.mmdb"]


def test_a_removed_file_is_no_longer_used(incoming: Path, kept: Path) -> None:
    write_city(incoming / "city.mmdb")
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    (incoming / "city.mmdb").unlink()
    assert settle(databases)
    assert not databases.opened
    assert not list(kept.glob("*.mmdb"))


def test_a_file_is_checked_once(incoming: Path, kept: Path) -> None:
    check = Counted()
    write_city(incoming / "city.mmdb")
    (incoming / "bad.mmdb").write_bytes(b"nothing")
    for keeps in (True, True, False):
        databases = Databases(VerifiedCopies(incoming, kept, keeps=keeps, check=check))
        assert [problem.partition(":")[0] for problem in databases.problems] == ["bad.mmdb is not used"]
        assert databases.knows_places
    assert sorted(check.asked) == ["bad.mmdb", "city.mmdb"]


def test_a_reader_that_does_not_keep_writes_nothing(incoming: Path, kept: Path) -> None:
    write_city(incoming / "city.mmdb")
    (incoming / "bad.mmdb").write_bytes(b"nothing")
    for copies in (VerifiedCopies(incoming, None, keeps=False), VerifiedCopies(incoming, kept, keeps=False)):
        databases = Databases(copies)
        assert databases.place("192.0.2.1").city == "Quimper"
        assert len(databases.problems) == 1
    assert sorted(path.name for path in incoming.iterdir()) == ["bad.mmdb", "city.mmdb"]
    assert not kept.exists()


def test_files_are_read_in_place_when_they_cannot_be_copied(incoming: Path, tmp_path: Path) -> None:
    write_city(incoming / "city.mmdb")
    (tmp_path / "a file").touch()
    databases = Databases(VerifiedCopies(incoming, tmp_path / "a file", keeps=True))
    assert databases.place("192.0.2.1").city == "Quimper"
    assert "cannot be copied" in databases.problems[0]


def test_notes_that_cannot_be_read_are_made_again(incoming: Path, kept: Path) -> None:
    write_city(incoming / "city.mmdb")
    kept.mkdir()
    (kept / "checked.json").write_text('{"city.mmdb": [')
    assert Databases(VerifiedCopies(incoming, kept, keeps=True)).knows_places


@pytest.mark.skipif(not BAD, reason="MaxMind's corrupt files are not beside the project")
def test_every_corrupt_file_of_maxmind_over_a_good_one_leaves_the_good_one_in_use(incoming: Path, kept: Path) -> None:
    names = [f"{number}.mmdb" for number in range(len(BAD))]
    for name in names:
        write_city(incoming / name)
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    for name, bad in zip(names, BAD, strict=True):
        shutil.copyfile(bad, incoming / name)
    assert settle(databases)
    assert sorted(problem.partition(" ")[0] for problem in databases.problems) == sorted(names)
    assert all(problem.endswith("stays in use") for problem in databases.problems)
    assert len(databases.opened) == len(BAD)
    assert databases.place("192.0.2.1").city == "Quimper"


@pytest.mark.parametrize("damage", ["cut", "removed", "overwritten"])
def test_a_copy_that_was_damaged_is_made_again(incoming: Path, kept: Path, damage: str) -> None:
    write_city(incoming / "city.mmdb")
    Databases(VerifiedCopies(incoming, kept, keeps=True))
    content = (kept / "city.mmdb").read_bytes()
    if damage == "removed":
        (kept / "city.mmdb").unlink()
    else:
        (kept / "city.mmdb").write_bytes(content[:100] if damage == "cut" else bytes(len(content)))
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    assert databases.problems == []
    assert [one.path for one in databases.opened] == [kept / "city.mmdb"]
    assert databases.place("192.0.2.1").city == "Quimper"


@pytest.mark.parametrize(
    "notes", ["", "[", "[" * 100_000, "[]", '{"../secret.key": 1}', '{"city.mmdb": {"seen": []}}', "\x00"]
)
def test_garbage_in_the_notes_is_checked_anew(incoming: Path, kept: Path, notes: str) -> None:
    write_city(incoming / "city.mmdb")
    kept.mkdir()
    (kept / "checked.json").write_text(notes)
    (kept.parent / "secret.key").touch()
    databases = Databases(VerifiedCopies(incoming, kept, keeps=True))
    assert databases.place("192.0.2.1").city == "Quimper"
    assert (kept.parent / "secret.key").exists()
