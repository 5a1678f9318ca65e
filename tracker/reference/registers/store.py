"""Looks companies up in a register's file: by number, and by the keys of their names. Only reads.

A file that was replaced is opened anew by the next look-up; one that is being read stays readable until then.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracker.reference.registers.building import FORMAT, national_key
from tracker.reference.registers.entries import Entry, Place, Sort, State
from tracker.reference.registers.name_keys import NameKeys

log = logging.getLogger(__name__)

_COLUMNS = (
    "e.id, e.number, e.name, e.names, e.form, e.activity, e.activity_list, e.activity_2025, e.size, e.size_year, e.category,"
    " e.founded, e.ceased, e.state, e.country, e.rank, e.parents"
)
# An entry with its seat in one statement: a name that many companies have is asked for a lead.
_WITH_SEAT = "LEFT JOIN places p ON p.entry = e.id AND p.is_seat = 1"
_COLUMNS += ", p.postcode, p.town, p.area, p.town_key"
_BY_ID = f"SELECT {_COLUMNS} FROM entries e {_WITH_SEAT} WHERE e.id = ? LIMIT 1"  # noqa: S608 - names of columns only
_BY_NUMBER = f"SELECT {_COLUMNS} FROM entries e {_WITH_SEAT} WHERE e.number = ? LIMIT 1"  # noqa: S608 - the same
_BY_KEY = (
    f"SELECT n.sort, n.is_loose, {_COLUMNS} FROM names n JOIN entries e ON e.id = n.entry {_WITH_SEAT}"  # noqa: S608
    " WHERE n.key = ? ORDER BY n.rank DESC LIMIT ?"
)
# Of a name that more companies have than these, the largest are looked at and the rest are counted.
MOST_NAMESAKES = 40


class Edition(NamedTuple):
    """Which edition of a register a file is of. Days are ISO dates; `as_of` is the newest change in it."""

    register: str
    as_of: str
    imported_at: str
    entries: int
    places: int


class Found(NamedTuple):
    """An entry found by a name: what the name is to it, whether only the loose key is the same, and its seat's town by its key."""

    id: int
    entry: Entry
    sort: Sort
    is_loose: bool
    rank: int
    town_key: str


class _Opened(NamedTuple):
    stamp: tuple[int, int, int]
    connection: sqlite3.Connection
    edition: Edition


class RegisterStore:
    """The file of one register. Every method answers as if it were empty where there is none. Safe for threads."""

    def __init__(self, register: str, path: Path) -> None:
        self.register = register
        self.path = path
        self._lock = threading.Lock()
        self._open: _Opened | None = None
        self._refused: tuple[int, int, int] | None = None

    def edition(self) -> Edition | None:
        """Returns the edition in use; None where there is none."""
        with self._lock:
            opened = self._current()
            return opened.edition if opened else None

    def entry(self, number: str) -> Entry | None:
        """Returns the entry with a number of the register; None where there is none."""
        rows = self._rows(_BY_ID, (int(number),)) if _is_id(number) else self._rows(_BY_NUMBER, (number,))
        return self._counted(self._entry(rows[0]), rows[0][0]) if rows else None

    def registered_as(self, country: str, number: str) -> Entry | None:
        """Returns the entry that has a number in the register of its country; None where there is none, or more than one."""
        rows = self._rows(_BY_KEY, (national_key(country, number), 2))
        return self._counted(self._entry(rows[0][2:]), rows[0][2]) if len(rows) == 1 else None

    def named(self, keys: NameKeys) -> list[Found]:
        """Returns the entries that have one of these keys, the largest first, each once, as its best name has it.

        Their `places` are not counted (`with_places` does it).
        """
        found: dict[int, Found] = {}
        for key in dict.fromkeys((keys.exact, keys.loose)):
            rows = self._rows(_BY_KEY, (key, MOST_NAMESAKES * 2))
            for sort, is_loose, *row in rows:
                loose = bool(is_loose) or key != keys.exact
                known = found.get(row[0])
                if known is None or (loose, sort) < (known.is_loose, known.sort):
                    found[row[0]] = Found(row[0], self._entry(row), Sort(sort), loose, row[15], row[20] or "")
        # Of the same size the older number first, which is of the older company.
        return sorted(found.values(), key=lambda one: (-one.rank, one.id))[:MOST_NAMESAKES]

    def family(self, key: str) -> list[tuple[int, str, int]]:
        """Returns the large companies whose names begin with a key and go on: their ids, keys and ranks."""
        return [
            (int(entry), str(own), int(rank))
            for entry, own, rank in self._rows(
                "SELECT l.entry, l.key, e.rank FROM large l JOIN entries e ON e.id = l.entry WHERE l.key > ? AND l.key < ? LIMIT 50",
                (f"{key} ", f"{key}!"),
            )
        ]

    def with_places(self, one: Found) -> Entry:
        """Returns the entry of what was found with its establishments counted."""
        return self._counted(one.entry, one.id)

    def in_town(self, entries: Collection[int], town: str) -> set[int]:
        """Returns those of these entries that have an establishment in a town (by its key)."""
        if not entries or not town:
            return set()
        rows = self._rows(
            f"SELECT DISTINCT entry FROM places WHERE town_key = ? AND entry IN ({','.join('?' * len(entries))})",  # noqa: S608
            (town, *entries),
        )
        return {int(entry) for (entry,) in rows}

    def nearest(self, number: str, town: str, areas: Collection[str]) -> Place | None:
        """Returns the establishment of an entry in a town (by its key), else its first one in these areas; the seat first."""
        entry = self._id(number)
        if entry is None:
            return None
        wanted = sorted(areas)
        rows = self._rows(
            "SELECT postcode, town, is_seat, area FROM places WHERE entry = ?"  # noqa: S608 - question marks only
            f" AND (town_key = ? OR area IN ({','.join('?' * len(wanted))}))"
            " ORDER BY town_key = ? DESC, is_seat DESC, place LIMIT 1",
            (entry, town, *wanted, town),
        )
        return next((Place(postcode, name, bool(seat), area) for postcode, name, seat, area in rows if name), None)

    def _id(self, number: str) -> int | None:
        if _is_id(number):
            return int(number)
        rows = self._rows("SELECT id FROM entries WHERE number = ?", (number,))
        return int(rows[0][0]) if rows else None

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        with self._lock:
            opened = self._current()
            return opened.connection.execute(statement, values).fetchall() if opened else []

    def _entry(self, row: Sequence[Any]) -> Entry:
        number, own, name, others, form, activity, kept_list, activity_2025, size, year, category, *rest = row
        founded, ceased, state, country, _, parents, postcode, town, area, _ = rest
        return Entry(
            register=self.register,
            number=own or f"{number:09d}",
            name=name,
            names=tuple((Sort(int(one[0])), one[1:]) for one in (others or "").split("\n") if one),
            form=form,
            activity=activity,
            activity_list=kept_list,
            activity_2025=activity_2025,
            size=size,
            size_year=year,
            category=category,
            founded=founded,
            ceased=ceased,
            state=State(state),
            country=country,
            seat=Place(postcode or "", town or "", True, area or ""),
            parents=tuple((parents or "").split()),
        )

    def _counted(self, entry: Entry, number: int) -> Entry:
        rows = self._rows("SELECT count(*) FROM places WHERE entry = ?", (number,))
        return entry._replace(places=int(rows[0][0]) if rows else 0)

    def _current(self) -> _Opened | None:
        try:
            about = self.path.stat()
        except OSError:
            self._close()
            return None
        stamp = about.st_ino, about.st_mtime_ns, about.st_size
        if self._open is not None and self._open.stamp == stamp:
            return self._open
        if stamp == self._refused:
            return None
        self._close()
        self._open = self._opened(stamp)
        self._refused = None if self._open else stamp
        return self._open

    def _opened(self, stamp: tuple[int, int, int]) -> _Opened | None:
        connection = None
        try:
            # Nothing changes the file any more, so it needs no lock, and no write permission either.
            address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            about = dict(connection.execute("SELECT name, value FROM about").fetchall())
            _check_format(about)
            edition = Edition(
                self.register,
                about.get("as_of", ""),
                about.get("imported_at", ""),
                int(about["entries"]),
                int(about["places"]),
            )
        except (sqlite3.Error, KeyError, ValueError) as problem:
            log.warning("the register %s cannot be used: %s", self.path.name, problem)
            if connection is not None:
                connection.close()
            return None
        return _Opened(stamp, connection, edition)

    def _close(self) -> None:
        if self._open is not None:
            self._open.connection.close()
            self._open = None


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) == 9


def _check_format(about: Mapping[str, str]) -> None:
    if about.get("format") != str(FORMAT):
        raise ValueError("it is of another version of webleads: import the register again")
