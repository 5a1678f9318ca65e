from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.reference.registers.published import imported, unit
from tracker.reference.registers.name_keys import name_keys
from tracker.reference.registers.store import RegisterStore


def test_a_register_that_is_not_there_is_empty(tmp_path: Path) -> None:
    store, keys = RegisterStore("sirene", tmp_path / "sirene.sqlite"), name_keys("Alpha")
    assert keys is not None
    assert (store.edition(), store.entry("100000001"), store.named(keys)) == (None, None, [])


def test_takes_up_a_replaced_file(tmp_path: Path) -> None:
    target = imported(tmp_path, [unit("100000001", "ALPHA")])
    store = RegisterStore("sirene", target)
    before = store.entry("100000001")
    imported(tmp_path, [unit("100000001", "ALPHA BETA")])
    after = store.entry("100000001")
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("ALPHA", "ALPHA BETA")


def test_a_file_of_another_version_is_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    target = imported(tmp_path, [unit("100000001", "ALPHA")])
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("UPDATE about SET value = '0' WHERE name = 'format'")
        connection.commit()
    assert RegisterStore("sirene", target).edition() is None
    assert "import the register again" in caplog.text


def test_a_damaged_file_is_not_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "sirene.sqlite").write_bytes(b"not a database" * 1000)
    assert RegisterStore("sirene", tmp_path / "sirene.sqlite").edition() is None
    assert "cannot be used" in caplog.text
