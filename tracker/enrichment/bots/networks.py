"""The addresses of crawlers and monitors whose owners publish them, for those that come with a browser's agent."""

from __future__ import annotations

import csv
from bisect import bisect_right
from functools import lru_cache
from importlib.resources import files
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from tracker.enrichment.bots.verdict import BotKind

_CACHED = 65_536


class Crawler(NamedTuple):
    """Whose crawler an address is."""

    name: str
    kind: BotKind


class _Ranges(NamedTuple):
    """Disjoint ranges of addresses as numbers, in order, by the length of an address in bits."""

    starts: list[int]
    ends: list[int]
    crawlers: list[Crawler]


@lru_cache(maxsize=1)
def _published() -> dict[int, _Ranges]:
    ranges = {32: _Ranges([], [], []), 128: _Ranges([], [], [])}
    table = files("tracker.enrichment").joinpath("data/crawler_networks.csv").read_text(encoding="utf-8")
    rows = [(ip_network(row["network"]), row) for row in csv.DictReader(table.splitlines())]
    for network, row in sorted(rows, key=lambda pair: (pair[0].max_prefixlen, int(pair[0].network_address))):
        starts, ends, crawlers = ranges[network.max_prefixlen]
        if ends and int(network.network_address) <= ends[-1]:
            continue  # within a larger network that stands before it
        starts.append(int(network.network_address))
        ends.append(int(network.broadcast_address))
        crawlers.append(Crawler(row["name"], BotKind(row["kind"])))
    return ranges


@lru_cache(maxsize=_CACHED)
def crawler_at(address: str) -> Crawler | None:
    """The crawler that an address is published for, or None, also for what is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    starts, ends, crawlers = _published()[parsed.max_prefixlen]
    number = int(parsed)
    place = bisect_right(starts, number) - 1
    return crawlers[place] if place >= 0 and number <= ends[place] else None
