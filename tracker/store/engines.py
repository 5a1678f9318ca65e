"""The engines of the event store by their URL's scheme: what each can do, and where its code is.

Light to import: an engine loads when a store of its kind is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.store.errors import StoreUnavailable
from tracker.store.repairs import Repair

if TYPE_CHECKING:
    from tracker.store.protocol import EventStore


@dataclass(frozen=True)
class Capabilities:
    """What sets an engine apart for those who start and look after the service.

    `one_process`: the store belongs to the process that opened it, and all others ask that one. `has_files`: it lies in
    files of this machine, which can be damaged and are then set aside.
    """

    name: str
    one_process: bool
    has_files: bool


ENGINES: dict[str, Capabilities] = {"duckdb": Capabilities("DuckDB", one_process=True, has_files=True)}


def capabilities_of(url: str) -> Capabilities:
    """What the engine of a store's URL can do. Raises StoreUnavailable for a scheme that no engine has."""
    scheme = url.partition(":")[0]
    engine = ENGINES.get(scheme.partition("+")[0])
    if engine is None:
        raise StoreUnavailable(f"the event store {scheme} is not supported; use duckdb:///path")
    return engine


def open_event_store(url: str, *, wait_seconds: float = 0.0, memory_mb: int = 0) -> EventStore:
    """The event store at `url`, created on first use and at this version's schema; what is damaged is set aside.

    While another process holds it, tries again for `wait_seconds`. The engine may take `memory_mb` megabytes of this
    machine; 0 is for it to decide. Raises StoreUnavailable or NewerStoreError.
    """
    capabilities_of(url)
    from tracker.store.duckdb.opening import open_store

    return open_store(url, wait_seconds=wait_seconds, memory_mb=memory_mb)


def set_aside_log(url: str, reason: str, now: datetime) -> list[Repair]:
    """Moves the log away that its engine cannot replay; returns what was moved, nothing when there is none."""
    if not capabilities_of(url).has_files:
        return []
    from tracker.store.duckdb.recovery import set_aside

    return set_aside(url, "log", reason, now)


def repairs(url: str) -> list[Repair]:
    """The files that were set aside and still lie beside the store, the oldest first."""
    if not capabilities_of(url).has_files:
        return []
    from tracker.store.duckdb import recovery

    return recovery.repairs(url)


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of a Parquet file's columns. Raises StoreUnavailable, whose message does not name the file."""
    from tracker.store.duckdb import parquet

    return parquet.columns_of(path)


def parquet_rows(path: Path, present: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The number of all rows, and each row of a Parquet file: the wanted columns as text, empty where not `present`."""
    from tracker.store.duckdb import parquet

    return parquet.rows_of(path, present, wanted)
