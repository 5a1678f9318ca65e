"""Fetches or refreshes a provider's databases. A download replaces the old file only if it is complete, valid and newer.

A download is written to a hidden file, which is renamed at the end. So a process that opens the database sees the old
or the new one, never a part. If a download fails, the reason is one line and the old database stays.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple

import maxminddb

from tracker import data_folder
from tracker.phrase import Phrase, message
from tracker.reference.geo.check import check_files
from tracker.reference.geo.download import DownloadFailed, Progress, fetch_file, fetch_text
from tracker.reference.geo.providers import Edition, editions
from tracker.settings import Settings

_NOTES = "fetched.json"
_MOST_BYTES = 3_000_000_000


class Refused(RuntimeError):
    """The download is not a usable database; `reason` says why in one line."""

    def __init__(self, sentence: str, **values: object) -> None:
        self.reason = Phrase(sentence, **values)
        super().__init__(self.reason)


class UpdateOutcome(NamedTuple):
    """The result for one database. `state` is `updated`, `current` (there is nothing newer) or `failed`."""

    name: str
    state: str
    words: str


# Takes a file's name and returns the function that is told of its progress.
Reporter = Callable[[str], Progress]


def update(
    settings: Settings,
    provider: str,
    *,
    now: datetime,
    report: Reporter = lambda _: lambda _received, _announced: None,
    host: str | None = None,
    seconds: float = 30.0,
) -> Iterator[UpdateOutcome]:
    """Fetches a provider's databases one by one and returns an outcome for each.

    `host` replaces the provider's server, for example by http://127.0.0.1:8080. Raises NotConfigured before anything is
    fetched, and FolderInUse.
    """
    wanted = editions(provider, settings, today=now.date(), host=host or settings.geo_mirror or None)
    settings.geo_folder.mkdir(parents=True, exist_ok=True)
    with data_folder.acquire(settings.data, "geo.lock", wait_seconds=1):
        yield from _update_all(settings.geo_folder, wanted, now, report, seconds)


def _update_all(
    folder: Path, wanted: list[Edition], now: datetime, report: Reporter, seconds: float
) -> Iterator[UpdateOutcome]:
    for edition in wanted:
        try:
            yield _update_one(folder, edition, report(edition.name), now, seconds)
        except (DownloadFailed, Refused) as problem:
            yield _failed(folder, edition, problem.reason)
        except OSError as problem:
            unwritten = message("it cannot be written to %(folder)s: %(why)s")
            yield _failed(folder, edition, Phrase(unwritten, folder=folder, why=problem.strerror))


def _failed(folder: Path, edition: Edition, reason: Phrase) -> UpdateOutcome:
    words = Phrase(message("%(reason)s; %(remains)s"), reason=reason, remains=_what_remains(folder / edition.name))
    return UpdateOutcome(edition.name, "failed", words)


def _update_one(folder: Path, edition: Edition, progress: Progress, now: datetime, seconds: float) -> UpdateOutcome:
    target = folder / edition.name
    present = _about_if_readable(target)
    # A file that cannot be read is fetched again, whatever was noted of it.
    noted = _notes(folder).get(edition.name, {}) if present else {}
    checksum = _checksum(edition, seconds)
    if checksum and noted.get("sha256") == checksum:
        return UpdateOutcome(edition.name, "current", f"the newest, {_age(target, now)}")
    with _workplace(folder) as place:
        url, received = _fetch(edition, place / "download", progress, noted, seconds)
        if received is None:
            return UpdateOutcome(edition.name, "current", f"the newest, {_age(target, now)}")
        if checksum and received != checksum:
            raise Refused(
                message("its checksum is not the one that the provider publishes, so it was damaged on the way")
            )
        fresh = place / edition.name
        _unpack(place / "download", fresh, edition.packing)
        _judge(fresh, edition, present, now)
        _put_in_place(fresh, target)
    _note(folder, edition.name, {"sha256": received, "source": url.partition("?")[0]})
    return UpdateOutcome(edition.name, "updated", f"{target.stat().st_size / 1e6:.1f} MB, {_age(target, now)}")


def _checksum(edition: Edition, seconds: float) -> str | None:
    """Returns the SHA-256 that the provider publishes; None when it publishes none. Raises DownloadFailed, Refused."""
    if edition.checksum_url is None:
        return None
    try:
        text = fetch_text(edition.checksum_url, edition.headers, seconds=seconds)
    except DownloadFailed as problem:
        if edition.checksum_is_optional and problem.status == 404:
            return None
        raise
    try:
        checksum = edition.read_checksum(text).lower()
        int(checksum, 16)
    except (ValueError, KeyError, TypeError, IndexError):
        raise Refused(message("the provider’s answer is not a checksum")) from None
    return checksum


def _fetch(
    edition: Edition, target: Path, progress: Progress, noted: dict[str, Any], seconds: float
) -> tuple[str, str | None]:
    """Fetches the first URL that exists. Returns the URL and the SHA-256; None when the present file is the same."""
    for number, url in enumerate(edition.urls, start=1):
        # Where no checksum is published, a file of the same name is the same file: the name contains the month.
        if edition.checksum_url is None and noted.get("source") == url:
            return url, None
        try:
            return url, fetch_file(url, edition.headers, target, on_progress=progress, seconds=seconds)
        except DownloadFailed as problem:
            if problem.status != 404 or number == len(edition.urls):
                raise
    raise AssertionError("an edition has an address")


def _unpack(packed: Path, target: Path, packing: str) -> None:
    if not packed.stat().st_size:
        raise Refused(message("it is empty"))
    try:
        if packing == "gzip":
            with gzip.open(packed) as source:
                _copy(source, target)
        elif packing == "tar.gz":
            with tarfile.open(packed, "r:gz") as archive:
                _copy(_database_in(archive), target)
        else:
            packed.replace(target)
    except (EOFError, zlib.error, tarfile.TarError, gzip.BadGzipFile):
        unlike = message("it is a damaged %(packing)s file, or something else (%(seen)s)")
        raise Refused(unlike, packing=packing, seen=_looks_like(packed)) from None


def _database_in(archive: tarfile.TarFile) -> IO[bytes]:
    for member in archive:
        if member.isfile() and member.name.endswith(".mmdb"):
            source = archive.extractfile(member)
            assert source is not None
            return source
    raise Refused(message("there is no database in the archive"))


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path) -> None:
    written = 0
    with open(target, "wb") as file:
        while piece := source.read(1 << 20):
            written += len(piece)
            if written > _MOST_BYTES:
                raise Refused(message("it unpacks to more than %(bytes)s bytes"), bytes=_MOST_BYTES)
            file.write(piece)


_WEB_PAGE = message("it is a web page")


def _looks_like(path: Path) -> Phrase:
    with open(path, "rb") as file:
        start = file.read(200).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return Phrase(_WEB_PAGE)
    return Phrase(message("its beginning is something else or its end is missing"))


def _judge(fresh: Path, edition: Edition, present: tuple[str, int] | None, now: datetime) -> None:
    """Raises Refused for a database that is damaged, of another type, from the future, or older than the present one."""
    [problem] = check_files([fresh])
    if problem is not None:
        if _looks_like(fresh) == _WEB_PAGE:
            raise Refused(message("it is a web page and no database"))
        raise Refused(problem.sentence, **problem.values)
    kind, built_at = _about(fresh)
    if edition.is_type.lower() not in kind.lower():
        raise Refused(message("it is a %(kind)s database where %(name)s was asked for"), kind=kind, name=edition.name)
    if built_at > now.timestamp() + 86_400:
        raise Refused(message("it says that it was built on %(day)s, which is in the future"), day=_day(built_at))
    if present is not None and built_at < present[1]:
        older = message("it was built on %(day)s, before the one in use (%(present)s)")
        raise Refused(older, day=_day(built_at), present=_day(present[1]))


def _about(path: Path) -> tuple[str, int]:
    """Returns a checked database's type and its build time in seconds since 1970."""
    with maxminddb.open_database(str(path)) as opened:
        about = opened.metadata()
        return about.database_type, about.build_epoch


def _about_if_readable(path: Path) -> tuple[str, int] | None:
    if not path.is_file() or check_files([path]) != [None]:
        return None
    return _about(path)


def _put_in_place(fresh: Path, target: Path) -> None:
    with open(fresh, "rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Creates a hidden folder on the same disk as the databases. Deletes what a killed update left behind."""
    for left in folder.glob(".update-*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=".update-", dir=folder) as place:
        yield Path(place)


def _notes(folder: Path) -> dict[str, Any]:
    try:
        notes = json.loads((folder / _NOTES).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _note(folder: Path, name: str, about: dict[str, Any]) -> None:
    temporary = folder / f"{_NOTES}.new"
    temporary.write_text(json.dumps(_notes(folder) | {name: about}, indent=1), encoding="utf-8")
    temporary.replace(folder / _NOTES)


def _what_remains(path: Path) -> Phrase:
    about = _about_if_readable(path)
    if about is None:
        return Phrase(message("there is none in use"))
    return Phrase(message("the one of %(day)s stays in use"), day=_day(about[1]))


def _age(path: Path, now: datetime) -> str:
    built_at = _about(path)[1]
    days = (now - datetime.fromtimestamp(built_at, UTC)).days
    return f"built on {_day(built_at)}" + (f", {days} days ago" if days > 45 else "")


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def last_fetched_at(folder: Path) -> datetime | None:
    """Returns when databases were last fetched into a folder (aware UTC); None if never."""
    try:
        return datetime.fromtimestamp((folder / _NOTES).stat().st_mtime, UTC)
    except OSError:
        return None
