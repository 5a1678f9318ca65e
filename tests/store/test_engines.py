"""Which engines there are, and what others may ask of one that is not open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.store.engines import ENGINES as TESTED
from tracker.store.engines import ENGINES, capabilities_of, open_event_store, repairs, set_aside_log
from tracker.store.errors import StoreUnavailable

NOW = datetime(2026, 11, 16, tzinfo=UTC)


def test_the_contract_is_tested_on_every_engine() -> None:
    assert set(TESTED) == set(ENGINES)


@pytest.mark.parametrize("url", ["sqlite:///a", "clickhouse://host/db", "", "duckdbs:///a", "a.duckdb"])
def test_a_store_of_no_engine_is_refused_in_one_line(url: str) -> None:
    for asked in (capabilities_of, open_event_store):
        with pytest.raises(StoreUnavailable, match=r"is not supported; use duckdb:///path$"):
            asked(url)


def test_a_drivers_name_in_the_url_is_the_engines() -> None:
    assert capabilities_of("duckdb+duckdb_engine:///a") == capabilities_of("duckdb:///a")


def test_a_duckdb_file_belongs_to_one_process() -> None:
    assert capabilities_of("duckdb:///a").one_process


def test_what_was_set_aside_is_found_again(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path}/events.duckdb"
    assert set_aside_log(url, "the engine crashed", NOW) == []
    (tmp_path / "events.duckdb.wal").write_bytes(b"a log")
    moved = set_aside_log(url, "the engine crashed", NOW)
    assert [(repair.part, repair.kept_as.read_bytes()) for repair in moved] == [("log", b"a log")]
    assert repairs(url) == moved
    assert not (tmp_path / "events.duckdb.wal").exists()
