"""The geo and network databases in DATA/geo: which file answers what, and what an address has in them.

Every `*.mmdb` is used for what its own database type says. A damaged file is named in one line and left out.
`geoip2` opens them; records are read through its reader as plain dictionaries, since building its model objects
costs ten times the lookup.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
from geoip2.database import Reader

log = logging.getLogger(__name__)

_CACHED = 65_536


class Place(NamedTuple):
    """Where an address is; `country` is ISO 3166-1 alpha-2, names are in English or the database's language."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    time_zone: str | None = None


class NetworkRecord(NamedTuple):
    """What the databases know of the network of an address."""

    asn: int | None = None
    organisation: str | None = None
    isp: str | None = None
    isp_organisation: str | None = None
    domain: str | None = None
    user_type: str | None = None
    connection_type: str | None = None
    is_hosting: bool = False
    is_vpn: bool = False
    is_tor: bool = False


# What a database type is used for, by a part of its name, the special before the general.
_USES = (
    ("enterprise", "enterprise"),
    ("anonymous", "anonymous"),
    ("connection-type", "connection type"),
    ("domain", "domain"),
    ("isp", "isp"),
    ("asn", "network (asn)"),
    ("city", "place (city)"),
    ("location", "place (city)"),
    ("country", "place (country)"),
)
_PLACE_USES = ("enterprise", "place (city)", "place (country)")


class Databases:
    """The open databases. Lookups are cached by address; they never raise."""

    def __init__(self, folder: Path, readers: dict[str, tuple[Path, Reader]], problems: list[str]) -> None:
        self._folder = folder
        self._readers = readers
        self.problems = problems
        self._seen = _fingerprint(folder)
        self._lookups: dict[str, Callable[[str], Any]] = {use: _raw(reader) for use, (_, reader) in readers.items()}
        self.place = lru_cache(maxsize=_CACHED)(self._place)
        self.network_record = lru_cache(maxsize=_CACHED)(self._network_record)

    @classmethod
    def open(cls, folder: Path) -> Databases:
        """Opens what is in a folder; one that does not exist is empty."""
        readers: dict[str, tuple[Path, Reader]] = {}
        problems: list[str] = []
        for path in sorted(folder.glob("*.mmdb")) if folder.is_dir() else ():
            try:
                reader = Reader(str(path))
                use = _use_of(reader.metadata().database_type)
                _raw(reader)("192.0.2.1")
            except Exception as problem:  # noqa: BLE001 - a damaged file fails in many ways, each of them only about this file
                problems.append(f"{path.name} is no usable geo database: {_one_line(problem)}")
                continue
            if use is None:
                problems.append(f"{path.name} is a {reader.metadata().database_type} database, which is not used here")
                continue
            readers[use] = (path, reader)
        for words in problems:
            log.warning("%s", words)
        return cls(folder, readers, problems)

    @property
    def uses(self) -> dict[str, Path]:
        """Which file answers what."""
        return {use: path for use, (path, _) in self._readers.items()}

    def reload_if_changed(self) -> bool:
        """Opens the databases again when a file was added, removed or replaced; whether that was so."""
        if _fingerprint(self._folder) == self._seen:
            return False
        fresh = Databases.open(self._folder)
        self.__init__(self._folder, fresh._readers, fresh.problems)  # type: ignore[misc]  # noqa: SLF001
        return True

    def _look_up(self, use: str, address: str) -> dict[str, Any]:
        lookup = self._lookups.get(use)
        if lookup is None:
            return {}
        try:
            return lookup(address) or {}
        except (ValueError, maxminddb.InvalidDatabaseError, UnicodeError):
            return {}

    def _place(self, address: str) -> Place:
        for use in _PLACE_USES:
            record = self._look_up(use, address)
            if record:
                return _place_of(record)
        return Place()

    def _network_record(self, address: str) -> NetworkRecord:
        asn = self._look_up("network (asn)", address)
        isp = self._look_up("isp", address) or self._look_up("enterprise", address).get("traits", {})
        anonymous = self._look_up("anonymous", address)
        connection = self._look_up("connection type", address)
        return NetworkRecord(
            asn=asn.get("autonomous_system_number") or isp.get("autonomous_system_number"),
            organisation=asn.get("autonomous_system_organization") or isp.get("autonomous_system_organization"),
            isp=isp.get("isp"),
            isp_organisation=isp.get("organization"),
            domain=self._look_up("domain", address).get("domain") or isp.get("domain"),
            user_type=isp.get("user_type"),
            connection_type=connection.get("connection_type") or isp.get("connection_type"),
            is_hosting=bool(anonymous.get("is_hosting_provider")),
            is_vpn=bool(anonymous.get("is_anonymous_vpn") or anonymous.get("is_public_proxy")),
            is_tor=bool(anonymous.get("is_tor_exit_node")),
        )


def _raw(reader: Reader) -> Callable[[str], Any]:
    return reader._db_reader.get  # noqa: SLF001 - see the module's head


def _use_of(database_type: str) -> str | None:
    lower = database_type.lower()
    return next((use for word, use in _USES if word in lower), None)


def _place_of(record: dict[str, Any]) -> Place:
    country = record.get("country") or record.get("registered_country") or {}
    if isinstance(country, str):
        return Place(country, record.get("region"), record.get("city"), record.get("timezone"))
    subdivisions = record.get("subdivisions") or [{}]
    return Place(
        country.get("iso_code"),
        _name(subdivisions[0]),
        _name(record.get("city") or {}),
        (record.get("location") or {}).get("time_zone"),
    )


def _name(part: dict[str, Any]) -> str | None:
    names = part.get("names") or {}
    return names.get("fr") or names.get("en") or next(iter(names.values()), None)


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    if not folder.is_dir():
        return ()
    stats = ((path.name, path.stat()) for path in sorted(folder.glob("*.mmdb")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:200] or type(problem).__name__
