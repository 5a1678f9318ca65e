"""Builds a register's file beside the one in use, and puts it in its place at the end: whole, or not at all.

The file is SQLite's, written once and only read afterwards. While it is built, nothing is synced: a build that is cut off is
thrown away.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.reference.registers.entries import Entry, Place, Sort
from tracker.reference.registers.name_keys import name_keys, town_key

# Files of another format are not read; a change of the tables or of the keys of names raises it.
FORMAT = 2
# From this rank on (fifty employees) a company counts as one that others are taken for.
LARGE = 6

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entries (
  id INTEGER PRIMARY KEY, number TEXT, name TEXT, names TEXT, form TEXT, activity TEXT, activity_list TEXT,
  activity_2025 TEXT, size TEXT, size_year TEXT, category TEXT, founded TEXT, ceased TEXT, state TEXT, country TEXT,
  rank INTEGER, parents TEXT
);
CREATE TABLE places (
  entry INTEGER, place INTEGER, is_seat INTEGER, postcode TEXT, town TEXT, town_key TEXT, area TEXT,
  PRIMARY KEY (entry, place)
) WITHOUT ROWID;
CREATE TABLE names (
  key TEXT, rank INTEGER, entry INTEGER, sort INTEGER, is_loose INTEGER, PRIMARY KEY (key, rank, entry, sort, is_loose)
) WITHOUT ROWID;
CREATE TABLE large (key TEXT, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;
CREATE TABLE staged.names (key TEXT, rank INTEGER, entry INTEGER, sort INTEGER, is_loose INTEGER);
CREATE TABLE staged.parents (child TEXT, is_ultimate INTEGER, parent TEXT, PRIMARY KEY (child, is_ultimate)) WITHOUT ROWID;
CREATE TABLE staged.with_children (parent TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_INSERT_ENTRY = "INSERT OR IGNORE INTO entries VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_CACHE_KB = 96_000
_BATCH = 5_000

Keyed = tuple[str, int, int, int, int]
PlaceRow = tuple[int, int, int, str, str, str, str]


class BuildFailed(RuntimeError):
    """The register's file could not be made; the message says why in one line."""


class Builder:
    """Takes the entries and places of a register. Made by `building`, which puts the file in its place."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._entries: list[tuple[object, ...]] = []
        self._names: list[Keyed] = []
        self._places: list[PlaceRow] = []
        self.count = 0

    def add(self, number: int, entry: Entry, rank: int) -> None:
        """Adds an entry under a number of its own; one that is there already stays. `rank` orders companies by size."""
        others = "\n".join(f"{sort.value}{name}" for sort, name in entry.names)
        own_number = None if entry.number == f"{number:09d}" else entry.number
        self._entries.append(
            (
                *(number, own_number, entry.name, others or None, entry.form, entry.activity, entry.activity_list),
                *(entry.activity_2025, entry.size, entry.size_year, entry.category, entry.founded, entry.ceased),
                *(entry.state.value, entry.country, rank, " ".join(entry.parents) or None),
            )
        )
        for sort, name in ((Sort.NAME, entry.name), *entry.names):
            self.add_name(number, sort, name, rank)
        self.count += 1
        if len(self._entries) >= _BATCH:
            self.flush()

    def add_name(self, number: int, sort: Sort, name: str, rank: int) -> None:
        """Adds a name by which an entry is found."""
        keys = name_keys(name)
        if keys is None:
            return
        self._names.append((keys.exact, rank, number, sort.value, 0))
        if keys.loose != keys.exact:
            self._names.append((keys.loose, rank, number, sort.value, 1))

    def add_national(self, number: int, country: str, registered: str, rank: int) -> None:
        """Adds the number that an entry has in the register of its country, by which it is found as well."""
        if registered and country:
            self._names.append((national_key(country, registered), rank, number, Sort.NAME.value, 1))

    def add_place(self, number: int, place: int, where: Place) -> None:
        """Adds an establishment of an entry."""
        postcode, town, is_seat, area = where
        self._places.append((number, place, int(is_seat), postcode, town, town_key(town), area))
        if len(self._places) >= _BATCH:
            self.flush()

    def add_parents(self, rows: Iterable[tuple[str, int, str]]) -> None:
        """Adds relations: the number of a child, whether the parent is its ultimate one, and the parent's. The last one counts."""
        self._connection.executemany("INSERT OR REPLACE INTO staged.parents VALUES (?,?,?)", rows)
        self._connection.execute("INSERT OR IGNORE INTO staged.with_children SELECT parent FROM staged.parents")

    def parents_of(self, number: str) -> list[str]:
        """Returns the numbers of the parents that were added, the direct one first."""
        rows = self._connection.execute(
            "SELECT parent FROM staged.parents WHERE child = ? ORDER BY is_ultimate", (number,)
        )
        return [parent for (parent,) in rows]

    def has_children(self, number: str) -> bool:
        """Whether the number is a parent's."""
        return bool(
            self._connection.execute("SELECT 1 FROM staged.with_children WHERE parent = ?", (number,)).fetchone()
        )

    def rank_of(self, number: int) -> int | None:
        """Returns the rank of an entry that was added; None where there is none."""
        self._flush_entries()
        row = self._connection.execute("SELECT rank FROM entries WHERE id = ?", (number,)).fetchone()
        return None if row is None else int(row[0])

    def flush(self) -> None:
        """Writes what was added so far."""
        self._flush_entries()
        self._write("INSERT OR IGNORE INTO places VALUES (?,?,?,?,?,?,?)", self._places)

    def _flush_entries(self) -> None:
        self._write(_INSERT_ENTRY, self._entries)
        self._write("INSERT INTO staged.names VALUES (?,?,?,?,?)", self._names)

    def _write(self, statement: str, rows: list[tuple[object, ...]] | list[Keyed] | list[PlaceRow]) -> None:
        if rows:
            self._connection.executemany(statement, rows)
            rows.clear()

    def finish(self, about: Iterable[tuple[str, str]]) -> None:
        """Sorts the names into their table, and writes down what the register is of."""
        self.flush()
        run = self._connection.execute
        run("CREATE INDEX entries_by_number ON entries (number) WHERE number IS NOT NULL")
        run("INSERT OR IGNORE INTO names SELECT * FROM staged.names ORDER BY 1, 2, 3, 4, 5")
        run(
            "INSERT OR IGNORE INTO large SELECT key, entry FROM staged.names"
            " WHERE rank >= ? AND sort = 0 AND is_loose = 0 ORDER BY 1, 2",
            (LARGE,),
        )
        own = [
            ("format", str(FORMAT)),
            ("entries", str(self._counted("entries"))),
            ("places", str(self._counted("places"))),
        ]
        self._connection.executemany("INSERT INTO about VALUES (?,?)", [*about, *own])
        self._connection.commit()

    def _counted(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - named above


def national_key(country: str, registered: str) -> str:
    """Returns the key of a number in the register of a country, which no name has."""
    return f"#{country} {''.join(filter(str.isalnum, registered)).upper()}"


@contextmanager
def building(target: Path) -> Iterator[Builder]:
    """Gives a builder of a new file, and replaces the old one at the end. Raises BuildFailed; then the old one stays."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target), TemporaryDirectory(prefix=f".{target.stem}-", dir=target.parent) as place:
            fresh = Path(place) / target.name
            with closing(_connect(fresh)) as connection:
                yield Builder(connection)
                with suppress(sqlite3.OperationalError):
                    connection.execute("DETACH staged")
            with open(fresh, "rb+") as file:
                os.fsync(file.fileno())
            fresh.replace(target)
    except (sqlite3.Error, OSError) as problem:
        reason = str(getattr(problem, "strerror", None) or problem)
        raise BuildFailed(f"{target.name} cannot be written to {target.parent}: {reason}") from problem


def remove_cut_off(target: Path) -> None:
    """Removes what a build of a register left that was cut off; nothing while one is under way."""
    with suppress(BuildFailed, OSError), _alone(target):
        pass


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keeps another build of the same register away, and removes what one left that was cut off."""
    with open(target.parent / f".{target.stem}.lock", "wb") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise BuildFailed(
                f"{target.stem} is being imported by another process; wait until that has ended"
            ) from None
        for left in target.parent.glob(f".{target.stem}-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _connect(fresh: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(fresh, isolation_level=None)
    run = connection.execute
    # What is sorted goes beside the file, and not to a folder for temporary files that may be small.
    run(f"PRAGMA temp_store_directory = '{str(fresh.parent).replace(chr(39), chr(39) * 2)}'")
    run("PRAGMA temp_store = FILE")
    run("ATTACH ? AS staged", (str(fresh.with_suffix(".staged")),))
    for database in ("main", "staged"):
        run(f"PRAGMA {database}.journal_mode = OFF")
        run(f"PRAGMA {database}.synchronous = OFF")
        run(f"PRAGMA {database}.cache_size = -{_CACHE_KB}")
    connection.executescript(_TABLES)
    run("BEGIN")
    return connection
