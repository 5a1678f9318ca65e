"""Reads the files that registers publish, row by row and within bounds: CSV, CSV in ZIP, and Parquet.

Whatever is wrong with a file is a BadFile of one line. Memory does not depend on the file's size.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import IO, NamedTuple

from tracker.store.engines import parquet_columns, parquet_rows
from tracker.store.errors import StoreUnavailable

# The stock files unpack to eight times their size; a text that unpacks to a hundred times it is no register.
_MOST_UNPACKED = 100
_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 20
_ROWS_BETWEEN_REPORTS = 20_000
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHERWISE_COMPRESSED = (b"\x1f\x8b", b"\xfd7zX", b"(\xb5/\xfd", b"BZh", b"7z\xbc\xaf")
_IS_ENCRYPTED = 1

Row = Sequence[str]
# Called with the bytes read so far of the file, and its size.
Progress = Callable[[int, int], None]
# Takes a file and returns the function that is told of its progress.
Reporter = Callable[[Path], Progress]


class BadFile(ValueError):
    """A file is not what was asked for; the message is one line and names the file."""


class Table(NamedTuple):
    """A file's columns, and its rows: the values of the columns that were asked for, as text, empty where missing."""

    columns: tuple[str, ...]
    rows: Callable[[Sequence[str]], Iterator[Row]]


@contextmanager
def open_table(path: Path, progress: Progress = lambda _read, _size: None) -> Iterator[Table]:
    """Opens a file of a register. Raises BadFile, also while its rows are read."""
    try:
        if not S_ISREG(path.stat().st_mode):  # a pipe would be waited for, and has no end to begin a ZIP file with
            raise BadFile(f"{path}: is not a file; download the register's file and name that")
        with open(path, "rb") as file, _unchanged(file, path):
            start = file.read(4)
            file.seek(0)
            if start == b"PAR1":
                yield _parquet(path, progress)
            elif start.startswith(_OTHERWISE_COMPRESSED):
                raise BadFile(
                    f"{path.name}: is compressed, and not as ZIP; unpack it, or use the file as it is published"
                )
            elif start in _ZIP:
                with zipfile.ZipFile(file) as archive, archive.open(_member(archive, path)) as member:
                    yield _csv(member, path, _reporter(file, path, progress))
            else:
                yield _csv(file, path, _reporter(file, path, progress))
    except StoreUnavailable as problem:
        raise BadFile(f"{path.name}: {problem}") from problem
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise BadFile(f"{path.name}: the ZIP file is damaged or its end is missing; download it again") from problem
    except OSError as problem:
        raise BadFile(f"{path}: cannot be read ({problem.strerror or problem})") from problem


@contextmanager
def _unchanged(file: IO[bytes], path: Path) -> Iterator[None]:
    """Refuses a file that another program wrote to while it was read: the rest of it may be missing."""
    before = os.fstat(file.fileno())
    yield
    after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise BadFile(f"{path.name}: was changed while it was read; wait until it is complete")


class FileKind(NamedTuple):
    """A kind of file that a register publishes: what to call it, a column that only it has, and those it must have."""

    name: str
    mark: str
    needed: Sequence[str]


def by_kind(paths: Sequence[Path], kinds: Sequence[FileKind], *, publisher: str) -> dict[FileKind, list[Path]]:
    """Returns the files of each kind, told apart by their columns; without any mark a file is of the last kind. Raises BadFile."""
    found: dict[FileKind, list[Path]] = {kind: [] for kind in kinds}
    for path in paths:
        with open_table(path) as table:
            columns = set(table.columns)
        kind = next((one for one in kinds if one.mark in columns), kinds[-1])
        missing = [one for one in kind.needed if one not in columns]
        if len(missing) == len(kind.needed):
            raise BadFile(f"{path.name}: is neither {' nor '.join(one.name for one in reversed(kinds))}")
        if missing:
            raise BadFile(
                f"{path.name}: the column {missing[0]} is missing, so it is not {kind.name} as {publisher} publishes it"
            )
        if found[kind]:
            raise BadFile(f"{found[kind][0].name} and {path.name}: both are {kind.name}; give the newest of them alone")
        found[kind].append(path)
    return found


def _reporter(file: IO[bytes], path: Path, progress: Progress) -> Callable[[], None]:
    size = path.stat().st_size
    return lambda: progress(min(file.tell(), size), size)


def _member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    names = {one: one.filename.lower() for one in archive.infolist() if not one.filename.startswith("__MACOSX/")}
    members = [one for one, name in names.items() if name.endswith(".csv")]
    if len(members) != 1:
        raise BadFile(f"{path.name}: has {len(members)} CSV files where one is expected")
    if members[0].flag_bits & _IS_ENCRYPTED:
        raise BadFile(f"{path.name}: is protected by a password; use the file as it is published")
    if members[0].file_size > _MOST_UNPACKED * max(members[0].compress_size, 1):
        raise BadFile(f"{path.name}: unpacks to more than {_MOST_UNPACKED} times its size, as no register does")
    return members[0]


def _csv(file: IO[bytes], path: Path, report: Callable[[], None]) -> Table:
    reader = csv.reader(_lines(file, path, report))
    try:
        columns = tuple(next(reader, ()))
    except csv.Error as problem:
        raise BadFile(f"{path.name}: is not a CSV file ({problem})") from problem
    return Table(columns, lambda wanted: _picked(reader, columns, wanted, path))


def _picked(reader: Iterator[list[str]], columns: Sequence[str], wanted: Sequence[str], path: Path) -> Iterator[Row]:
    places = [columns.index(one) if one in columns else None for one in wanted]
    width = len(columns)
    try:
        for number, row in enumerate(reader, start=2):
            if len(row) != width:
                if not row:
                    continue
                raise BadFile(f"{path.name}: row {number} has {len(row)} values, and the file {width} columns")
            yield [row[place] if place is not None else "" for place in places]
    except csv.Error as problem:
        raise BadFile(f"{path.name}: is not a CSV file ({problem})") from problem


def _lines(file: IO[bytes], path: Path, report: Callable[[], None]) -> Iterator[str]:
    """The lines of a text in UTF-8, read in blocks: a line that never ends is refused instead of read."""
    rest = b""
    first = True
    while block := file.read(_BLOCK):
        report()
        block = rest + block
        cut = block.rfind(b"\n") + 1
        if not cut and len(block) > _LONGEST_LINE:
            raise BadFile(f"{path.name}: has a line of more than {_LONGEST_LINE:,} bytes, so it is not a CSV file")
        rest = block[cut:]
        if cut:
            text = _decoded(block[:cut], path)
            # A line keeps its end, which may stand within quotes. Nothing else ends a line.
            yield from io.StringIO(text.removeprefix("\ufeff") if first else text, newline="\n")
            first = False
    if rest:
        yield _decoded(rest, path).removeprefix("\ufeff" if first else "")
    report()


def _decoded(block: bytes, path: Path) -> str:
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise BadFile(
            f"{path.name}: is not text in UTF-8 (perhaps Latin-1 or UTF-16); use the file as it is published"
        ) from problem
    if "\0" in text:
        raise BadFile(f"{path.name}: is not a text file")
    return text


def _parquet(path: Path, progress: Progress) -> Table:
    def rows(wanted: Sequence[str]) -> Iterator[Row]:
        size = path.stat().st_size
        found = parquet_rows(path, [one for one in wanted if one in columns], wanted)
        for done, (total, row) in enumerate(found, start=1):
            if done % _ROWS_BETWEEN_REPORTS == 0:
                progress(size * done // max(total, 1), size)
            yield row
        progress(size, size)

    columns = parquet_columns(path)
    return Table(columns, rows)
