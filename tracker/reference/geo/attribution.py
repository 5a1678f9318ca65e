"""The lines that the licences of geo databases ask for, of those that are in use.

DB-IP Lite (CC BY 4.0) asks for a link on the pages that show results from it, IPinfo Lite (CC BY-SA 4.0) for one to its
site, MaxMind's GeoLite2 terms for the sentence below. Databases that are bought ask for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tracker.enrichment.geo.databases import Databases, Files, list_files
from tracker.settings import Settings


class LicenceCredit(NamedTuple):
    """A line with a link. The words are the licence's and are not translated; `link` is the part that is one."""

    before: str
    link: str
    url: str


DBIP = LicenceCredit("", "IP Geolocation by DB-IP", "https://db-ip.com")
MAXMIND = LicenceCredit(
    "This product includes GeoLite2 Data created by MaxMind, available from ",
    "https://www.maxmind.com",
    "https://www.maxmind.com",
)
IPINFO = LicenceCredit("IP address data is powered by ", "IPinfo", "https://ipinfo.io")


def attribution_of(database_type: str, description: str) -> LicenceCredit | None:
    """The line that a database asks for, by what it says of itself; a rebuilt one names its source in its description."""
    kind = database_type.lower()
    if (kind.startswith("dbip") and "lite" in kind) or "db-ip" in description.lower():
        return DBIP
    if kind.startswith("geolite2"):
        return MAXMIND
    return IPINFO if kind.startswith("ipinfo") and "lite" in kind else None


def attributions(settings: Settings) -> Sequence[LicenceCredit]:
    """The lines for the databases of a data folder, each once."""
    return _of_files(tuple(list_files(settings.geo_kept_folder).items()))


class _ListedFiles:
    """Files that were listed already."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths: Sequence[Path] | None = paths

    def look(self) -> Files | None:
        paths, self._paths = self._paths, None
        return None if paths is None else Files(paths)


@lru_cache(maxsize=4)
def _of_files(files: tuple[tuple[Path, tuple[int, int, int]], ...]) -> Sequence[LicenceCredit]:
    opened = Databases(_ListedFiles([path for path, _ in files]), warn=False).opened
    found = (attribution_of(one.database_type, one.description) for one in opened)
    return tuple(dict.fromkeys(one for one in found if one is not None))
