"""Results taken from DuckDB as columns are what pandas makes of rows, of each type that a statement selects."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd
import pytest
from sqlalchemy import Select, create_engine, text

from tracker.store.duckdb.frames import read_frame

ROW = "(1::bigint, 'é', date '2026-01-01', timestamp '2026-01-01 00:00:01.25', true, 1::hugeint, 1.5::double, 1.5::decimal(9, 2), 7)"
NONE = "(null, null, null, null, null, null, null, null, null)"
NAMES = "t(number, word, day, moment, yes, total, share, price, whole)"


@pytest.mark.parametrize(
    "rows",
    [(ROW,), (ROW, ROW), (ROW, NONE), (NONE, ROW), (NONE,), ()],
    ids=["one", "two", "null last", "null first", "only nulls", "none"],
)
def test_columns_are_those_that_pandas_makes_of_rows(rows: tuple[str, ...]) -> None:
    values = ", ".join(rows or (ROW,))
    statement = text(f"select * from (values {values}) {NAMES}" + ("" if rows else " where false"))
    engine = create_engine("duckdb:///:memory:")
    with engine.connect() as connection:
        found = read_frame(connection, cast("Select[Any]", statement))
        pd.testing.assert_frame_equal(found, pd.read_sql(statement, connection))
    engine.dispose()
