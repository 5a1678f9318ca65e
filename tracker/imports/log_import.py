"""Imports an access log into the journal: all of it or nothing, and the same file once.

1. The hits are written to a file beside the journal's segments.
2. The import is recorded.
3. The file is renamed and so becomes a segment.

An import that was killed before step 2 counts nothing. One that was killed after step 2 is finished by the next import
of any log. Only one import runs at a time.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from tracker import data_folder
from tracker.db.engine import AppDatabase
from tracker.db.models import ImportedLog, Site
from tracker.hit import encode_hit
from tracker.imports.access_log import LogReading, SkipReason
from tracker.imports.log_file import LogUnreadable, OnBytes, digest_of, lines_of
from tracker.journal import list_segments
from tracker.journal.segments import sync_folder

_STAGED = ".part"
_LOCK = "import.lock"
_WAIT_SECONDS = 6 * 3600.0
_MAX_HOSTS = 1000


class ImportRefused(ValueError):
    """The file cannot be imported; the message is one line."""


@dataclass
class LogImport:
    """The result of an import: its lines, hits and skipped lines. `segment` is the journal segment with its hits."""

    file: Path
    segment: str
    lines: int = 0
    hits: int = 0
    skipped: Counter[SkipReason] = field(default_factory=Counter)
    other_hosts: Counter[str] = field(default_factory=Counter)


def survey(files: Iterable[Path], reading: LogReading, on_bytes: OnBytes) -> None:
    """Does the first reading, over all files together. A file that cannot be read is refused later, by `import_log`."""
    for file in files:
        reading.begin_file()
        with suppress(LogUnreadable):
            for line in lines_of(file, on_bytes):
                reading.survey(line)
    reading.finish_survey()


def import_log(
    file: Path, *, reading: LogReading, database: AppDatabase, journal_folder: Path, now: datetime, on_bytes: OnBytes
) -> LogImport:
    """Puts the page views of a surveyed log into the journal.

    `on_bytes` is called with the number of bytes of each read. A log without any page view may be imported again.
    Raises ImportRefused when the file was imported before, cannot be read, or is not an access log.
    """
    site = reading.log.site
    try:
        digest = digest_of(file)
    except LogUnreadable as problem:
        raise ImportRefused(str(problem)) from problem
    with data_folder.acquire(journal_folder, _LOCK, wait_seconds=_WAIT_SECONDS):
        _clear_up(database, journal_folder, now)
        record = _find_record(database, site, digest)
        if record is not None:
            raise ImportRefused(
                f"{file} was imported on {record.imported_at:%Y-%m-%d} ({record.lines:,} {'line' if record.lines == 1 else 'lines'}); it is not counted twice"
            )
        return _import(file, digest, reading, database=database, folder=journal_folder, now=now, on_bytes=on_bytes)


def _import(
    file: Path,
    digest: str,
    reading: LogReading,
    *,
    database: AppDatabase,
    folder: Path,
    now: datetime,
    on_bytes: OnBytes,
) -> LogImport:
    site = reading.log.site
    staged = folder / f"import-{digest}-{site}{_STAGED}"
    result = LogImport(file, _segment_name(now, digest))
    _stage(file, staged, reading, result, on_bytes)
    if not result.hits:
        staged.unlink()
        if result.lines and result.lines == result.skipped[SkipReason.MALFORMED] + result.skipped[SkipReason.DIRECTIVE]:
            raise ImportRefused(
                f"{file} holds no line of an access log; docs/operator.md lists the formats that are read"
            )
        return result
    _record(database, site, digest, result, now)
    staged.rename(folder / result.segment)
    sync_folder(folder)
    return result


def _segment_name(now: datetime, digest: str) -> str:
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{_writer(digest)}-000001.jsonl"


def _clear_up(database: AppDatabase, folder: Path, now: datetime) -> None:
    """Finishes an import that was killed after its record, and deletes files of other killed ones: they hold IP addresses."""
    for staged in folder.glob(f"import-*{_STAGED}"):
        digest, _, site = staged.name.removeprefix("import-").removesuffix(_STAGED).partition("-")
        if _find_record(database, site, digest) is None:
            staged.unlink()
        else:
            staged.rename(folder / _segment_name(now, digest))


def forget_imports(database: AppDatabase, *, before: datetime, journal_folder: Path) -> None:
    """Deletes the records of imports before a time, so that these logs can be imported again.

    Logs whose hits are still in the journal keep their records.
    """
    held = {segment.writer for segment in list_segments(journal_folder)}
    staged = {path.name.split("-")[1] for path in journal_folder.glob(f"import-*{_STAGED}")}
    with database.transaction() as session:
        for record in session.scalars(select(ImportedLog).where(ImportedLog.imported_at < before)):
            if _writer(record.sha256) not in held and record.sha256 not in staged:
                session.delete(record)


def _writer(digest: str) -> str:
    """Returns the part of a segment's name that stands for its writer."""
    return digest[:8]


def _stage(file: Path, staged: Path, reading: LogReading, result: LogImport, on_bytes: OnBytes) -> None:
    reading.begin_file()
    try:
        with open(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            for text in lines_of(file, on_bytes):
                result.lines += 1
                hit, line = reading.read(text)
                if not isinstance(hit, SkipReason):
                    result.hits += 1
                    target.write(encode_hit(hit) + b"\n")
                    continue
                result.skipped[hit] += 1
                if hit is SkipReason.ANOTHER_HOST and line is not None and line.host:
                    _count_host(result.other_hosts, line.host)
            target.flush()
            os.fsync(target.fileno())
    except (OSError, LogUnreadable) as problem:
        staged.unlink(missing_ok=True)
        raise ImportRefused(f"{file} could not be read to its end, nothing was imported: {problem}") from problem


def _count_host(hosts: Counter[str], host: str) -> None:
    hosts[host if host in hosts or len(hosts) < _MAX_HOSTS else "…"] += 1


def _find_record(database: AppDatabase, site: str, digest: str) -> ImportedLog | None:
    with database.transaction() as session:
        return session.scalar(select(ImportedLog).join(Site).where(Site.domain == site, ImportedLog.sha256 == digest))


def _record(database: AppDatabase, site: str, digest: str, result: LogImport, now: datetime) -> None:
    with database.transaction() as session:
        site_id = session.scalars(select(Site.id).where(Site.domain == site)).one()
        session.add(
            ImportedLog(site_id=site_id, sha256=digest, file_name=result.file.name, lines=result.lines, imported_at=now)
        )
