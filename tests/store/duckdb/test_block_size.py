"""New files have small blocks; files from before keep theirs, and texts longer than a block are stored in either."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.store.engines import MOMENT, columns
from tracker.store.batch import Batch
from tracker.store.engines import open_event_store
from tracker.store.protocol import EventStore
from tracker.store.schema import events

SMALL, DEFAULT = 65_536, 262_144


@pytest.fixture(params=[SMALL, DEFAULT])
def block_size(request: pytest.FixtureRequest) -> int:
    size: int = request.param
    return size


@pytest.fixture
def url(tmp_path: Path, block_size: int) -> str:
    """A new file; one that was made before blocks were small has DuckDB's default."""
    file = tmp_path / "events.duckdb"
    if block_size == DEFAULT:
        store = open_event_store(f"duckdb:///{file}")
        store.close()
        copied = (
            "import duckdb, sys; c = duckdb.connect(); new, old = sys.argv[1:];"
            "c.execute(f\"ATTACH '{old}' AS old (READ_ONLY)\"); c.execute(f\"ATTACH '{new}' AS new (BLOCK_SIZE 262144)\");"
            "c.execute('COPY FROM DATABASE old TO new')"
        )
        older = tmp_path / "older.duckdb"
        subprocess.run([sys.executable, "-c", copied, str(older), str(file)], check=True)
        older.replace(file)
    return f"duckdb:///{file}"


def block_size_of(store: EventStore) -> int:
    found = store.rows(select(text("block_size")).select_from(text("pragma_database_size()")))
    return int(found[0][0])


def test_a_new_file_has_small_blocks_and_an_older_one_keeps_its_own(url: str, block_size: int) -> None:
    for _ in range(2):
        store = open_event_store(url)
        assert block_size_of(store) == block_size
        store.append(Batch(columns(2)))
        store.close()
    store = open_event_store(url)
    assert len(store.rows(select(events.c.site))) == 4
    store.close()


def test_texts_of_any_length_come_back_as_they_were(url: str) -> None:
    """Repeated and distinct ones, shorter and longer than a block, in parts of a column that are compressed and that are not."""
    lengths = [0, 1, 1_000, 4_000, 4_100, 16_300, 16_400, 65_000, 65_600, 300_000]
    titles = [letter * length for length in lengths for letter in "ab"] * 5
    referrers = [f"https://{number:0{number % 90}d}.example/" for number in range(len(titles))]
    moments = [MOMENT + number for number in range(len(titles))]
    batch = columns(len(titles), title=titles, referrer=referrers, occurred_at=moments, visitor_id=[1] * len(titles))
    store = open_event_store(url)
    store.append(Batch(batch))
    store.close()  # with a checkpoint, which compresses them
    store = open_event_store(url)
    found = store.rows(select(events.c.title, events.c.referrer).order_by(events.c.occurred_at))
    store.close()
    assert [tuple(row) for row in found] == list(zip(titles, referrers, strict=True))
