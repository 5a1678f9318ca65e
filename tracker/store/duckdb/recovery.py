"""Recovery of a damaged event store: its files are moved aside, never repaired in place and never deleted.

DuckDB keeps what was committed since its last checkpoint in a log beside the file (`events.duckdb.wal`). A log that
cannot be replayed is moved aside. The store is then as it was at the checkpoint, with the journal positions of that time.
Ingest continues from these, because the journal keeps its segments until a checkpoint has covered them. A file that is
not a database any more is moved aside too. The store then starts empty, with what the journal still holds.

The files that were moved aside are also the record: as long as they exist, `webleads doctor` reports them.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from tracker.store.repairs import Repair

log = logging.getLogger(__name__)

_MARK = ".damaged-"
_STAMP = "%Y%m%dT%H%M%S%f"

# What DuckDB 2.0 says of damage, found by damaging its files (tests/store/duckdb/test_recovery.py does it again).
_LOG_DAMAGED = ("replaying WAL", "Corrupt WAL", "WAL file")
_FILE_DAMAGED = ("Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes")
# With one of these phrases an error is not about damage, whatever else it says.
_NO_DAMAGE = ("No space left", "Permission denied", "Out of Memory", "Too many open files", "Input/output error")


def damaged_part(message: str) -> str | None:
    """Returns which part of the store is damaged by an error on opening: `log`, `file`, or None."""
    if any(words in message for words in _NO_DAMAGE):
        return None
    if any(words in message for words in _LOG_DAMAGED):
        return "log"
    return "file" if any(words in message for words in _FILE_DAMAGED) else None


def set_aside(url: str, part: str, reason: str, now: datetime) -> list[Repair]:
    """Moves the damaged part aside; with the file, its log too. Returns what was moved; empty if there was nothing."""
    path = _file_of(url)
    if path is None:
        return []
    files = _logs(path) if part == "log" else [*_logs(path), *([path] if path.exists() else [])]
    moved = []
    for file in files:
        kept_as = file.with_name(f"{file.name}{_MARK}{now.astimezone(UTC):{_STAMP}}")
        file.rename(kept_as)
        moved.append(Repair("file" if file == path else "log", now, kept_as))
        log.error("the event store is damaged (%s): %s was set aside as %s", reason, file.name, kept_as.name)
    return moved


def repairs(url: str) -> list[Repair]:
    """The files that were set aside and still lie beside the store, the oldest first."""
    path = _file_of(url)
    if path is None or not path.parent.is_dir():
        return []
    found = []
    for kept_as in path.parent.glob(f"{path.name}*{_MARK}*"):
        stem, _, stamp = kept_as.name.rpartition(_MARK)
        with suppress(ValueError):  # not a file of ours
            at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
            found.append(Repair("file" if stem == path.name else "log", at, kept_as))
    return sorted(found, key=lambda repair: (repair.at, repair.part))


def _file_of(url: str) -> Path | None:
    """The store's file; None for a store in memory."""
    parsed = make_url(url)
    if parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database)


def _logs(path: Path) -> list[Path]:
    """The log and the two that DuckDB makes beside it around a checkpoint (`.wal.checkpoint`, `.wal.recovery`)."""
    return sorted(file for file in path.parent.glob(f"{path.name}.wal*") if _MARK not in file.name)
