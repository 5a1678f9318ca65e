"""What is DuckDB's own of the store; what every engine promises is in tests/store/test_contract.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.store.engines import MOMENT, columns
from tracker.store.batch import Batch
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import events


def count(store: EventStore) -> int:
    return int(store.rows(select(func.count()).select_from(events))[0][0])


def test_a_batch_is_stored_by_site_day_and_visitor(store: EventStore) -> None:
    day = 86_400_000_000
    rows = [
        ("b.fr", 1, MOMENT),
        ("a.fr", 2, MOMENT),
        ("a.fr", 1, MOMENT + day),
        ("a.fr", 2, MOMENT - 1),
        ("a.fr", 1, MOMENT),
    ]
    sites, visitors, moments = map(list, zip(*rows, strict=True))
    store.append(Batch(columns(5, site=sites, visitor_id=visitors, occurred_at=moments, asn=list(range(5)))))
    assert [row.asn for row in store.rows(select(events.c.asn))] == [4, 3, 1, 2, 0]


@pytest.mark.parametrize(
    ("asked", "least", "most"), [pytest.param(300, 300, 300, id="asked"), pytest.param(0, 128, 1024, id="by-itself")]
)
def test_the_memory_that_duckdb_takes_is_bounded(tmp_path: Path, asked: int, least: int, most: int) -> None:
    store = open_event_store(f"duckdb:///{tmp_path}/events.duckdb", memory_mb=asked)
    limit = store.rows(select(func.current_setting("memory_limit")))[0][0]
    store.close()
    number, unit = limit.split()
    megabytes = float(number) * {"MiB": 1, "GiB": 1024}[unit]
    assert least <= megabytes <= most


def test_memory_is_given_back_and_the_limit_stays(tmp_path: Path) -> None:
    store = open_event_store(f"duckdb:///{tmp_path}/events.duckdb", memory_mb=300)
    store.append(Batch(columns(1)))
    with store.snapshot() as snapshot:
        assert not store.give_back_memory()
        assert snapshot.rows(select(func.count()).select_from(events))[0][0] == 1
    assert store.give_back_memory()
    assert store.rows(select(func.current_setting("memory_limit")))[0][0] == "300.0 MiB"
    assert count(store) == 1
    store.close()


def test_threads_share_one_database_in_memory() -> None:
    store = open_event_store("duckdb:///:memory:")
    store.append(Batch(columns(1)))
    with store.transaction():
        assert count(store) == 1
    store.close()
