"""Inserts a batch's events into DuckDB: as columns, visitor by visitor, and without the columns in which nothing stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
from sqlalchemy import Connection, Dialect, Table, column, select, text

from tracker.store.arrays import Places, column_array, column_in_order, is_empty
from tracker.store.schema import EVENT_COLUMNS, event_ids, events

_NULLABLE = frozenset(one.name for one in events.columns if one.nullable)


def insert_events(connection: Connection, columns: Mapping[str, Any]) -> None:
    """Inserts events in the connection's transaction. `columns` has values for every name in EVENT_COLUMNS, and for `event_id` or not.

    A column without any value is left to the table's default, which is nothing.
    """
    arrays, together = _arrays(columns)
    statements = [_insertion(connection.dialect, events, tuple(arrays))]
    if "event_id" in columns and not is_empty(columns["event_id"]):
        arrays["event_id"] = column_in_order("event_id", columns["event_id"], together)
        statements.append(_insertion_of_ids(connection.dialect))
    _execute(connection, statements, arrays)


def insert_rows(connection: Connection, table: Table, columns: Mapping[str, Any]) -> None:
    """Inserts the same events, without ids, into another table with their columns."""
    arrays, _ = _arrays(columns)
    _execute(connection, [_insertion(connection.dialect, table, tuple(arrays))], arrays)


def _arrays(columns: Mapping[str, Any]) -> tuple[dict[str, Any], Places]:
    """The columns in which something stands, in the order of the places, which is returned too."""
    together = _together(columns)
    given = {name: columns[name] for name in EVENT_COLUMNS if name not in _NULLABLE or not is_empty(columns[name])}
    return {name: column_in_order(name, values, together) for name, values in given.items()}, together


def _execute(connection: Connection, statements: Sequence[str], arrays: Mapping[str, Any]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.register("batch", arrays)  # as it is: a DataFrame would look through each text for its type
    try:
        for statement in statements:
            connection.exec_driver_sql(statement)
    except BaseException:
        with suppress(duckdb.Error):  # a transaction that failed takes no command but its end, and hides why
            driver.unregister("batch")
        raise
    driver.unregister("batch")


def _together(columns: Mapping[str, Any]) -> Places:
    """The places of a batch's rows in the order in which they are stored: by site, day, visitor and time.

    What a visitor's rows share is then stored once a visitor: a fifth less on disk. The day comes before the visitor, so
    that row groups are still left out by time. DuckDB's own sort moves whole rows, which costs several times as much.
    """
    occurred_at, sites = column_array("occurred_at", columns["occurred_at"]), list(columns["site"])
    numbers = {site: number for number, site in enumerate(sorted(set(sites)))}
    visitors = column_array("visitor_id", columns["visitor_id"])
    keys = [occurred_at, visitors, occurred_at.astype("datetime64[D]")]
    if len(numbers) > 1:
        keys.append(np.array([numbers[site] for site in sites]))
    return np.lexsort(keys)


# The rows of a batch beside a table of one row, as they stand: what DuckDB reads in several threads it copies twice on its way
# into a table.
_ROWS = "batch POSITIONAL JOIN (SELECT 1)"


# The statement that stores a batch. The engine's dialect lets nothing be kept, and a batch is compiled for 5 ms.
@lru_cache(maxsize=64)
def _insertion(dialect: Dialect, table: Table, names: tuple[str, ...]) -> str:
    named: list[Any] = [column(name) for name in names]
    rows = select(*named).select_from(text(_ROWS))
    return str(table.insert().from_select(list(names), rows).compile(dialect=dialect))


@lru_cache(maxsize=4)
def _insertion_of_ids(dialect: Dialect) -> str:
    names = event_ids.columns.keys()
    named: list[Any] = [column(name) for name in names]
    rows = select(*named).select_from(text(_ROWS)).where(column("event_id").is_not(None))
    return str(event_ids.insert().from_select(names, rows).compile(dialect=dialect))
