"""The IP addresses of clouds, as their owners publish them (data/cloud_networks.csv). Pure."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from tracker.enrichment.network.ip_ranges import IpRanges, span_of


@lru_cache(maxsize=1)
def _published() -> IpRanges[str]:
    table = files("tracker.enrichment").joinpath("data/cloud_networks.csv").read_text(encoding="utf-8")
    return IpRanges((span_of(row["network"]), row["cloud"]) for row in csv.DictReader(table.splitlines()))


def cloud_at(ip: str) -> str | None:
    """The cloud that an IP address is published for; None for others and for text that is not an IP address."""
    return _published().at(ip)
