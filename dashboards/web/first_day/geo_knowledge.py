"""Which geo databases there are, as pages ask it: looked at again only when a file has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tracker.enrichment.geo.databases import list_files
from tracker.reference.geo.verified_copies import open_databases
from tracker.settings import Settings


class GeoKnowledge(NamedTuple):
    """Whether companies' networks can be told, and places."""

    networks: bool
    places: bool


class GeoDatabases:
    """Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._seen: Mapping[Path, object] | None = None
        self._known = GeoKnowledge(networks=False, places=False)

    @property
    def known(self) -> GeoKnowledge:
        """What the databases of the data folder know now."""
        with self._lock:
            found = list_files(self._settings.geo_folder)
            if found != self._seen:
                opened = open_databases(self._settings, warn=False)
                self._known = GeoKnowledge(opened.knows_networks, opened.knows_places)
                self._seen = found
            return self._known
