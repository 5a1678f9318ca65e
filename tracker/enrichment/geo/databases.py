"""The open geo and network databases: which file answers what, and an IP address's records in them.

Files come from a `Stock`, which may look into a folder or keep checked copies; this module only reads them. Records are
read as plain dictionaries through maxminddb's C extension: geoip2's model objects cost ten to twenty times the lookup.
Answers are not cached here, since the pipeline caches what it makes of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import maxminddb

from tracker.enrichment.geo.records import (
    Fields,
    NetworkRecord,
    Place,
    Record,
    Use,
    network_parser,
    place_parser,
    use_of,
)

__all__ = ["Database", "Databases", "Files", "FolderStock", "NetworkRecord", "Place", "Stock", "Use", "is_fast"]

log = logging.getLogger(__name__)

_RECORDS_TO_SEE = 50
# The errors of a look-up where a record is damaged, or has another schema than its type's.
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, IndexError, maxminddb.InvalidDatabaseError)


class Files(NamedTuple):
    """The files to read now. `problems` are one line each, about files that are not used and why."""

    paths: Sequence[Path]
    problems: Sequence[str] = ()


class Stock(Protocol):
    """Where database files come from."""

    def look(self) -> Files | None:
        """The files, or None when nothing has changed since the last look."""


class FolderStock:
    """The `*.mmdb` files of a folder, read in place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: object = None

    def look(self) -> Files | None:
        """All files when one was added, removed or replaced. A folder that does not exist is empty."""
        found = list_files(self._folder)
        if found == self._seen:
            return None
        self._seen = found
        return Files(tuple(found))


def list_files(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """The databases in a folder by name, each with its size, time and inode, by which a replaced file is detected."""
    if not folder.is_dir():
        return {}
    stats = ((path, path.stat()) for path in sorted(folder.glob("*.mmdb")) if path.is_file())
    return {path: (stat.st_size, stat.st_mtime_ns, stat.st_ino) for path, stat in stats}


class Database(NamedTuple):
    """One open file. `built_at` is its publisher's time in seconds since 1970."""

    path: Path
    use: Use
    database_type: str
    description: str
    built_at: int
    look_up: Callable[[str], Any]


class Databases:
    """Looks IP addresses up; never raises. Where several files answer the same, the newest is asked first."""

    def __init__(self, stock: Stock, *, warn: bool = True) -> None:
        """`warn` logs what is wrong with files; `problems` has it in any case."""
        self._stock = stock
        self._warn = warn
        self.opened: Sequence[Database] = ()
        self.problems: Sequence[str] = ()
        self.reload_if_changed()

    @classmethod
    def open(cls, folder: Path) -> Databases:
        """Opens the databases in a folder, without copies; a folder that does not exist is empty."""
        return cls(FolderStock(folder))

    def reload_if_changed(self) -> bool:
        """Opens the databases again when the stock has changed. Returns whether it had."""
        files = self._stock.look()
        if files is None:
            return False
        opened, problems = _open_all(files.paths)
        self.opened = sorted(opened, key=lambda one: (list(Use).index(one.use), -one.built_at))
        before, self.problems = self.problems, [*files.problems, *problems]
        self._places = [(one.look_up, where) for one in self.opened if (where := place_parser(one.use))]
        self._networks = [(one.look_up, whose) for one in self.opened if (whose := network_parser(one.use))]
        for words in self.problems:
            if self._warn and words not in before:
                log.warning("%s", words)
        return True

    @property
    def knows_places(self) -> bool:
        return bool(self._places)

    @property
    def knows_networks(self) -> bool:
        """Whether an AS or an organisation can be looked up, not only a kind of connection."""
        return any(one.use in {Use.ENTERPRISE, Use.FLAT, Use.ISP, Use.ASN} for one in self.opened)

    def place(self, ip: str, language: str = "fr") -> Place:
        """The place of an IP address: the first database with a country decides; one that agrees may add the city."""
        best = Place()
        for look_up, read in self._places:
            try:
                record = look_up(ip)
                found = read(record, language) if record else None
            except _UNREADABLE:
                continue
            if found is None or (best.country and found.country != best.country):
                continue
            if found.city or found.region:
                return found
            best = best if best.country else found
        return best

    def network_record(self, ip: str) -> NetworkRecord:
        """The network of an IP address, from all databases together."""
        known: Fields = {}
        for look_up, read in self._networks:
            try:
                record: Record | None = look_up(ip)
                if record:
                    known = {name: value for name, value in read(record).items() if value} | known
            except _UNREADABLE:
                continue
        return NetworkRecord(**known)


def is_fast() -> bool:
    """Whether maxminddb's C extension is there; the code in Python takes about thirty times as long."""
    try:
        import maxminddb.extension  # noqa: F401 - whether it can be loaded is the question
    except ImportError:
        return False
    return True


def _open_all(paths: Iterable[Path]) -> tuple[list[Database], list[str]]:
    opened: list[Database] = []
    problems: list[str] = []
    for path in paths:
        try:
            opened.append(_open(path))
        except Exception as problem:  # noqa: BLE001 - a damaged file fails in many ways, each of them only about this file
            problems.append(f"{path.name} is not a usable geo database: {one_line(problem)}")
    return opened, problems


def _open(path: Path) -> Database:
    opened = maxminddb.open_database(str(path))
    about = opened.metadata()
    use = use_of(about.database_type, fields_of(opened))
    if use is None:
        raise ValueError(f"it is of type “{about.database_type}”, which says nothing that is used here")
    description = about.description.get("en") or next(iter(about.description.values()), "")
    return Database(path, use, about.database_type, description, about.build_epoch, opened.get)


def fields_of(opened: maxminddb.Reader) -> set[str]:
    """The names of the fields of the first records, of flat ones at least."""
    records = (record for _, record in islice(opened, _RECORDS_TO_SEE))
    return {name for record in records if isinstance(record, dict) for name in record}


def one_line(problem: BaseException) -> str:
    """An error in one line."""
    return " ".join(str(problem).split())[:200] or type(problem).__name__
