"""Reads Parquet files, which the engine can; a file's rows come in batches, so that memory does not depend on its size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from tracker.store.errors import StoreUnavailable

_BATCH = 20_000
_MEMORY = "256MB"


def columns_of(path: Path) -> tuple[str, ...]:
    """Returns the names of a Parquet file's columns. Raises StoreUnavailable for a damaged file."""
    with _connection() as connection:
        try:
            found = connection.execute("SELECT name FROM parquet_schema(?) WHERE num_children IS NULL", [str(path)])
            return tuple(name for (name,) in found.fetchall())
        except duckdb.Error as problem:
            raise StoreUnavailable("is not a Parquet file, or a damaged one") from problem


def rows_of(path: Path, present: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Returns the number of all rows, and each row: the wanted columns as text, empty where missing."""
    quoted = {one: f'"{one.replace(chr(34), chr(34) * 2)}"' for one in present}
    texts = ", ".join(f"coalesce(CAST({quoted[one]} AS VARCHAR), '')" if one in quoted else "''" for one in wanted)
    with _connection() as connection:
        try:
            counted = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
            total = int(counted[0]) if counted else 0
            # The names of the columns are the file's own, and quoted.
            result = connection.execute(f"SELECT {texts} FROM read_parquet(?)", [str(path)])  # noqa: S608
            while batch := result.fetchmany(_BATCH):
                yield from ((total, list(row)) for row in batch)
        except duckdb.Error as problem:
            raise StoreUnavailable("is a damaged Parquet file") from problem


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute("SET threads = 1")
    return connection
