"""Imports an access log into the journal: all of it or nothing, and the same file once.

The hits are written to a file beside the journal's segments; then the import is recorded; then the file becomes a
segment by its name. An import that was killed before the record left nothing that counts, one that was killed after it
is finished by the next import, whatever it is of. One import runs at a time: the others wait for their turn.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from io import BufferedReader
from pathlib import Path

from sqlalchemy import select

from tracker import data_folder
from tracker.db.engine import AppDatabase
from tracker.db.models import ImportedLog, Site
from tracker.hit import encode_hit
from tracker.ingest.access_log import SkipReason, parse_line
from tracker.journal import list_segments
from tracker.journal.segments import sync_folder

_CHUNK_BYTES = 1024 * 1024
# Web servers take requests of 8 KB; what is longer is cut, and then no line of a log any more.
_LONGEST_LINE = 64 * 1024
_STAGED = ".part"
_LOCK = "import.lock"
_WAIT_SECONDS = 6 * 3600.0

OnBytes = Callable[[int], None]


class ImportRefused(ValueError):
    """The file cannot be imported; the message is one line."""


@dataclass
class LogImport:
    """What an import made of a file's lines. `segment` is the journal segment that now holds its hits."""

    file: Path
    segment: str
    lines: int = 0
    hits: int = 0
    skipped: Counter[SkipReason] = field(default_factory=Counter)


def import_log(
    file: Path, *, site: str, database: AppDatabase, journal_folder: Path, now: datetime, on_bytes: OnBytes
) -> LogImport:
    """Puts the page views of a log into the journal. `on_bytes` hears of the file's bytes as they are read.

    Raises ImportRefused when the file was imported before, cannot be read, or holds no log.
    """
    digest = _digest(file)
    with data_folder.acquire(journal_folder, _LOCK, wait_seconds=_WAIT_SECONDS):
        _clear_up(database, journal_folder, now)
        record = _find_record(database, site, digest)
        if record is not None:
            raise ImportRefused(
                f"{file} was imported on {record.imported_at:%Y-%m-%d} ({record.lines} lines); it is not counted twice"
            )
        return _import(file, digest, site=site, database=database, folder=journal_folder, now=now, on_bytes=on_bytes)


def _import(
    file: Path, digest: str, *, site: str, database: AppDatabase, folder: Path, now: datetime, on_bytes: OnBytes
) -> LogImport:
    staged = folder / f"import-{digest}-{site}{_STAGED}"
    result = LogImport(file, _segment_name(now, digest))
    _stage(file, staged, site, result, on_bytes)
    if result.lines == result.skipped[SkipReason.MALFORMED]:
        staged.unlink()
        if result.lines:
            raise ImportRefused(f"{file} holds no line in the combined log format")
        return result
    _record(database, site, digest, result, now)
    staged.rename(folder / result.segment)
    sync_folder(folder)
    return result


def _segment_name(now: datetime, digest: str) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{_writer(digest)}-000001.jsonl"


def _clear_up(database: AppDatabase, folder: Path, now: datetime) -> None:
    """Finishes what was recorded before its import was killed, and removes what was not: it holds addresses."""
    for staged in folder.glob(f"import-*{_STAGED}"):
        digest, _, site = staged.name.removeprefix("import-").removesuffix(_STAGED).partition("-")
        if _find_record(database, site, digest) is None:
            staged.unlink()
        else:
            staged.rename(folder / _segment_name(now, digest))


def forget_imports(database: AppDatabase, *, before: datetime, journal_folder: Path) -> None:
    """Lets logs that were imported before a moment be imported again, unless the journal still holds their hits."""
    held = {segment.writer for segment in list_segments(journal_folder)}
    staged = {path.name.split("-")[1] for path in journal_folder.glob(f"import-*{_STAGED}")}
    with database.transaction() as session:
        for record in session.scalars(select(ImportedLog).where(ImportedLog.imported_at < before)):
            if _writer(record.sha256) not in held and record.sha256 not in staged:
                session.delete(record)


def _writer(digest: str) -> str:
    """The writer's part of the name of a log's segment."""
    return digest[:8]


def _stage(file: Path, staged: Path, site: str, result: LogImport, on_bytes: OnBytes) -> None:
    try:
        with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            for line in _lines(file, on_bytes):
                result.lines += 1
                hit = parse_line(line, site=site)
                if isinstance(hit, SkipReason):
                    result.skipped[hit] += 1
                else:
                    result.hits += 1
                    target.write(encode_hit(hit) + b"\n")
            target.flush()
            os.fsync(target.fileno())
    except (OSError, EOFError, zlib.error) as problem:
        staged.unlink(missing_ok=True)
        raise ImportRefused(f"{file} could not be read to its end, nothing was imported: {problem}") from problem


def _lines(file: Path, on_bytes: OnBytes) -> Iterator[str]:
    """The file's lines as text, whatever its encoding; a line without end is cut."""
    with open(file, "rb") as raw:
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        source = gzip.open(raw) if packed else raw  # noqa: SIM115 - closed with the file below it
        read = 0
        while line := source.readline(_LONGEST_LINE):
            while not line.endswith(b"\n") and len(line) == _LONGEST_LINE and (more := source.readline(_LONGEST_LINE)):
                line = line[: _LONGEST_LINE - 1] + more[-1:]
            on_bytes(raw.tell() - read)
            read = raw.tell()
            yield line.decode("utf-8", "replace").rstrip("\r\n")


def _digest(file: Path) -> str:
    """The hash of the log's text, so that the same log packed again is known as well."""
    digest = sha256()
    try:
        with open(file, "rb") as raw:
            source: BufferedReader | gzip.GzipFile = raw
            if raw.peek(2)[:2] == b"\x1f\x8b":
                source = gzip.GzipFile(fileobj=raw)
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
    except (OSError, EOFError, zlib.error) as problem:
        raise ImportRefused(f"{file} cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
    return digest.hexdigest()


def _find_record(database: AppDatabase, site: str, digest: str) -> ImportedLog | None:
    with database.transaction() as session:
        return session.scalar(select(ImportedLog).join(Site).where(Site.domain == site, ImportedLog.sha256 == digest))


def _record(database: AppDatabase, site: str, digest: str, result: LogImport, now: datetime) -> None:
    with database.transaction() as session:
        site_id = session.scalars(select(Site.id).where(Site.domain == site)).one()
        session.add(
            ImportedLog(site_id=site_id, sha256=digest, file_name=result.file.name, lines=result.lines, imported_at=now)
        )
