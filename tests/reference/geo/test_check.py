from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.mmdb import BUSINESS, write_asn, write_city, write_database
from tracker.reference.geo import check
from tracker.reference.geo.check import check_files

MAXMIND = Path(__file__).parents[3] / "shared" / "data" / "maxmind"
BAD = sorted((MAXMIND / "bad-data").rglob("*.mmdb"))


def damaged(folder: Path) -> dict[str, Path]:
    """Damage of each part of a database: search tree, data, metadata, and files that are something else."""
    good = write_city(folder / "good.mmdb").read_bytes()
    middle = len(good) // 2
    contents = {
        "empty": b"",
        "a web page": b"<!doctype html><title>429 Too Many Requests</title>",
        "cut short": good[:middle],
        "no search tree": b"\xff" * middle + good[middle:],
        "tree of another file": good[middle:] + good,
        "gzip": b"\x1f\x8b" + good,
    }
    for name, content in contents.items():
        (folder / f"{name}.mmdb").write_bytes(content)
    write_city(folder / "built never.mmdb", built_at=0)
    write_database(folder / "another subject.mmdb", "Weather", {BUSINESS: {"rain": 1}})
    return {path.stem: path for path in sorted(folder.glob("*.mmdb"))}


def test_good_files_have_no_problem(tmp_path: Path) -> None:
    assert check_files([write_city(tmp_path / "a.mmdb"), write_asn(tmp_path / "b.mmdb")]) == [None, None]


def test_each_damage_is_one_line(tmp_path: Path) -> None:
    files = damaged(tmp_path)
    said = dict(zip(files, check_files(list(files.values())), strict=True))
    assert said.pop("good") is None
    assert {name for name, words in said.items() if words is None} == set()
    assert all(words and "\n" not in words and str(tmp_path) not in words for words in said.values())
    assert said["another subject"] == "it is a database of type “Weather”, which says nothing that is used here"
    assert "damaged" in str(said["built never"])


@pytest.mark.skipif(not BAD, reason="MaxMind's corrupt files are not beside the project")
def test_every_corrupt_file_of_maxmind_is_refused_in_one_line() -> None:
    assert len(BAD) == 21
    said = check_files(BAD)
    assert all(words and "\n" not in words for words in said)


# Stand for a file that crashes the reader, and for one that never ends.
CRASHES = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
NEVER_ENDS = "import time; time.sleep(60)"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (CRASHES, "ends the process with signal 11"),
        (NEVER_ENDS, "could not be read in 1 s)"),
        ("1/0", "exit code 1"),
    ],
)
def test_a_reader_that_dies_takes_nobody_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(program)
    monkeypatch.setattr(check, "PROBE", [sys.executable, str(probe)])
    [problem] = check_files([tmp_path / "x.mmdb"], seconds=1 if program == NEVER_ENDS else 60)
    assert problem
    assert words in problem
