"""The published IP addresses of crawlers and monitors, to detect those that send a browser's user agent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from tracker.enrichment.bots.verdict import BotKind
from tracker.enrichment.network.ip_ranges import IpRanges, Span, span_of


class Crawler(NamedTuple):
    """The crawler that an IP address belongs to."""

    name: str
    kind: BotKind


@lru_cache(maxsize=1)
def _published() -> IpRanges[Crawler]:
    table = files("tracker.enrichment").joinpath("data/crawler_networks.csv").read_text(encoding="utf-8")
    rows = [
        (span_of(row["network"]), Crawler(row["name"], BotKind(row["kind"])))
        for row in csv.DictReader(table.splitlines())
    ]
    # Where networks overlap, the larger one counts.
    return IpRanges(_outermost(rows))


def _outermost(rows: list[tuple[Span, Crawler]]) -> Iterator[tuple[Span, Crawler]]:
    version, last = 0, -1
    for span, crawler in sorted(rows, key=lambda row: row[0]):
        if span.version != version or span.last > last:
            version, last = span.version, span.last
            yield span, crawler


def crawler_at(ip: str) -> Crawler | None:
    """The crawler that an IP address is published for; None for others and for text that is not an IP address."""
    return _published().at(ip)
