"""The operator's own network list: a CSV in the data folder that says whose an IP address is, before every database.

    network,company,domain,kind
    192.0.2.0/24,Biscuiterie Armor,armor.example,
    198.51.100.7,,,isp

`kind` is empty for a company, or a kind of network; of nested networks the smaller one decides. A bad line is reported
with its line number and left out. The file is read again when it changes, and so is the one beside it, which people edit in the
dashboard.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import NamedTuple

from tracker.enrichment.network.ip_ranges import IpRanges
from tracker.enrichment.network.kind import LEAD_KINDS, NetworkKind

log = logging.getLogger(__name__)

_Network = IPv4Network | IPv6Network


class ListedNetwork(NamedTuple):
    """An entry of the list; `company` is empty where the kind is not a company's."""

    network: str
    company: str
    domain: str | None
    kind: NetworkKind


def edited_beside(path: Path) -> Path:
    """The file, beside the operator's own, of the list that people edit in the dashboard."""
    return path.with_name(f"{path.stem}-edited{path.suffix}")


def has_entries(path: Path) -> bool:
    """Whether the list in the file, or the one beside it, says anything beyond its heading."""
    return any(_has_entries(one) for one in (path, edited_beside(path)))


def _has_entries(path: Path) -> bool:
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return False
    return bool(read_network_list(lines)[0])


class NetworkList:
    """The list in a file and in the one beside it; a missing file is an empty list."""

    def __init__(self, path: Path | None) -> None:
        self._paths = (path, edited_beside(path)) if path else ()
        self._seen: object = None
        self._ranges: IpRanges[ListedNetwork] = IpRanges(())
        self.problems: list[str] = []
        self.reload_if_changed()

    def at(self, ip: str) -> ListedNetwork | None:
        """The entry for an IP address."""
        return self._ranges.at(ip)

    def reload_if_changed(self) -> bool:
        """Reads the files again when one was written, replaced or removed. Returns whether it was."""
        found = tuple(_stamp(path) for path in self._paths)
        if found == self._seen:
            return False
        self._seen, self.problems = found, []
        rows: list[tuple[_Network, ListedNetwork]] = []
        for path, stamp in zip(self._paths, found, strict=True):
            if stamp is not None:
                rows += self._read(path)
        self._ranges = IpRanges(rows)
        for words in self.problems:
            log.warning("%s", words)
        return True

    def _read(self, path: Path) -> list[tuple[_Network, ListedNetwork]]:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as problem:
            self.problems.append(f"{path.name} cannot be read: {problem}")
            return []
        rows, problems = read_network_list(lines)
        self.problems += [f"{path.name}, {words}" for words in problems]
        return rows


def _stamp(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def read_network_list(lines: Iterable[str]) -> tuple[list[tuple[_Network, ListedNetwork]], list[str]]:
    """The networks of a list's lines, and what is wrong with the others, each with its number."""
    found: list[tuple[_Network, ListedNetwork]] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            fields = [field.strip() for field in next(csv.reader([line]), [])]
        except csv.Error as problem:
            problems.append(f"line {number}: {problem}")
            continue
        if not any(fields) or line.startswith("#") or (number == 1 and fields[0].lower() == "network"):
            continue
        try:
            found.append(_read(fields))
        except ValueError as problem:
            problems.append(f"line {number}: {problem}")
    return found, problems


def _read(fields: list[str]) -> tuple[_Network, ListedNetwork]:
    written, company, domain, kind, *_ = [*fields, "", "", ""]
    try:
        network = ip_network(written, strict=False)
    except ValueError:
        raise ValueError(f"{written!r} is not a network such as 192.0.2.0/24") from None
    if kind and kind not in set(NetworkKind):
        raise ValueError(f"{kind!r} is not a kind of network; use one of {', '.join(NetworkKind)}")
    listed = ListedNetwork(str(network), company, domain.lower() or None, NetworkKind(kind or NetworkKind.BUSINESS))
    if listed.kind in LEAD_KINDS and not company:
        raise ValueError("the company’s name is missing")
    return network, listed
