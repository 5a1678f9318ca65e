"""The attributions that the licences of the geo databases in use require.

DB-IP Lite (CC BY 4.0) requires a link on the pages that show its results. IPinfo Lite (CC BY-SA 4.0) requires a link to
its site. MaxMind's terms for GeoLite2 require the sentence below. Paid databases require nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tracker.enrichment.geo.databases import Databases, Files, list_files
from tracker.settings import Settings


class LicenceCredit(NamedTuple):
    """An attribution. Its words are the licence's and are not translated. `link` is the part of them that is the link."""

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
    """Returns the attribution of a database by its type and description; None when it needs none.

    The description matters for a database that somebody rebuilt: it names the source.
    """
    kind = database_type.lower()
    if (kind.startswith("dbip") and "lite" in kind) or "db-ip" in description.lower():
        return DBIP
    if kind.startswith("geolite2"):
        return MAXMIND
    return IPINFO if kind.startswith("ipinfo") and "lite" in kind else None


def attributions(settings: Settings) -> Sequence[LicenceCredit]:
    """Returns the attributions of a data folder's databases, each once."""
    return _of_files(tuple(list_files(settings.geo_kept_folder).items()))


class _ListedFiles:
    """A database source over files that are already listed."""

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
