"""Fetches the files that registers publish, and imports them. A file that is the same as the one imported last changes nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from tracker.reference.geo.download import DownloadFailed, fetch_file
from tracker.reference.registers import building, gleif, sirene
from tracker.reference.registers.building import BuildFailed
from tracker.reference.registers.files import BadFile, Progress
from tracker.reference.registers.registers import file_of

# StockEtablissement has 2.5 GB.
_MOST_BYTES = 6_000_000_000
_NOTES = "fetched.json"


class PublishedFile(NamedTuple):
    """A file that a register publishes: its name here, and its URL."""

    name: str
    url: str


PUBLISHED: Mapping[str, tuple[PublishedFile, ...]] = MappingProxyType(
    {
        sirene.REGISTER: (
            PublishedFile(
                "StockUniteLegale_utf8.zip",
                "https://object.files.data.gouv.fr/data-pipeline-open/siren/stock/StockUniteLegale_utf8.zip",
            ),
            PublishedFile(
                "StockEtablissement_utf8.zip",
                "https://object.files.data.gouv.fr/data-pipeline-open/siren/stock/StockEtablissement_utf8.zip",
            ),
        ),
        gleif.REGISTER: (
            PublishedFile(
                "lei2.csv.zip", "https://goldencopy.gleif.org/api/v2/golden-copies/publishes/lei2/latest.csv"
            ),
            PublishedFile("rr.csv.zip", "https://goldencopy.gleif.org/api/v2/golden-copies/publishes/rr/latest.csv"),
        ),
    }
)
_IMPORTS: Mapping[str, Callable[..., tuple[int, int]]] = MappingProxyType(
    {sirene.REGISTER: sirene.import_files, gleif.REGISTER: gleif.import_files}
)


class UpdateFailed(RuntimeError):
    """The register was not updated; the message says why in one line. The one in use stays."""


def update(
    folder: Path,
    register: str,
    *,
    now: datetime,
    report: Callable[[Path], Progress] = lambda _: lambda _read, _size: None,
    host: str | None = None,
    seconds: float = 60.0,
) -> int | None:
    """Fetches a register's files and imports them into its folder. Returns how many companies it has; None if nothing changed.

    `host` replaces the publisher's server, for example by http://127.0.0.1:8080. Only one may run at a time: it removes what one left
    that was cut off. Raises UpdateFailed.
    """
    if (host and not urlsplit(host).netloc) or urlsplit(host or "").scheme not in {"", "http", "https"}:
        raise UpdateFailed(f"{register}: {host} is not a server; write it as https://mirror.example")
    target = file_of(folder, register)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_cut_off(folder, register)
        with TemporaryDirectory(prefix=".fetched-", dir=folder) as place:
            paths = [Path(place) / one.name for one in PUBLISHED[register]]
            checksums = {
                path.name: fetch_file(
                    _at(one.url, host), {}, path, on_progress=report(path), seconds=seconds, most_bytes=_MOST_BYTES
                )
                for one, path in zip(PUBLISHED[register], paths, strict=True)
            }
            if target.exists() and _noted(folder).get(register) == checksums:
                return None
            kept, _unusable = _IMPORTS[register](target, paths, now=now, report=report)
        notes = {**_noted(folder), register: checksums}
        (folder / _NOTES).write_text(json.dumps(notes, indent=1), encoding="utf-8")
    except (DownloadFailed, BadFile, BuildFailed) as problem:
        raise UpdateFailed(f"{register}: {problem}") from problem
    except OSError as problem:
        raise UpdateFailed(f"{register}: {folder} cannot be written ({problem.strerror or problem})") from problem
    return kept


def remove_cut_off(folder: Path, register: str) -> None:
    """Removes what an update of a register left that was cut off. Nobody else may fetch or import one meanwhile."""
    for left in folder.glob(".fetched-*"):
        shutil.rmtree(left, ignore_errors=True)
    building.remove_cut_off(file_of(folder, register))


def _at(url: str, host: str | None) -> str:
    return f"{host.rstrip('/')}{urlsplit(url).path}" if host else url


def _noted(folder: Path) -> dict[str, dict[str, str]]:
    try:
        notes = json.loads((folder / _NOTES).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return notes if isinstance(notes, dict) else {}
