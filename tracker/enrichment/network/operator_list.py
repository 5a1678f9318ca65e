"""The operator's own network list: a CSV in the data folder that says whose an IP address is, before every database.

    network,company,domain,kind
    192.0.2.0/24,Biscuiterie Armor,armor.example,
    198.51.100.7,,,isp

`kind` is empty for a company, or a kind of network; of nested networks the smaller one decides. A bad line is reported
with its line number and left out. The file is read again when it changes.
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


class NetworkList:
    """The list in a file; a missing file is an empty list."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: object = ()
        self._ranges: IpRanges[ListedNetwork] = IpRanges(())
        self.problems: list[str] = []
        self.reload_if_changed()

    def at(self, ip: str) -> ListedNetwork | None:
        """The entry for an IP address."""
        return self._ranges.at(ip)

    def reload_if_changed(self) -> bool:
        """Reads the file again when it was written, replaced or removed. Returns whether it was."""
        found = self._stamp()
        if found == self._seen:
            return False
        self._seen = found
        lines: list[str] = []
        self.problems = []
        if found and self._path:
            try:
                lines = self._path.read_text(encoding="utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as problem:
                self.problems = [f"{self._path.name} cannot be read: {problem}"]
        rows, problems = read_network_list(lines)
        self._ranges = IpRanges(rows)
        self.problems += [f"{self._path.name}, {words}" for words in problems] if self._path else []
        for words in self.problems:
            log.warning("%s", words)
        return True

    def _stamp(self) -> object:
        try:
            stat = self._path.stat() if self._path else None
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino) if stat else None


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
