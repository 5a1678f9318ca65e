"""Marks small and large networks in judged_networks.txt, where a judgement leaves much open, by their numbers of IP addresses.

    python tools/mark_network_sizes.py ASN.mmdb

ASN.mmdb is a database in the form of GeoLite2-ASN; what counts are its IPv4 addresses, since IPv6 is given out in blocks that
all look large. A number that it does not have, or with IPv6 alone, stays as it is. SOURCES.md says which database was read.
"""

from __future__ import annotations

import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import maxminddb

from tracker.enrichment.network.labelled_asns import KINDS, LARGE, NO_ORGANISATIONS, SMALL
from tracker.enrichment.organisation.legal_forms import name_key

FILE = Path(__file__).parents[1] / "tracker" / "enrichment" / "data" / "judged_networks.txt"
MOST_OF_SMALL = 512
FEWEST_OF_LARGE = 2048
MANY = 65_536
_ORDER = [*KINDS, *sorted(NO_ORGANISATIONS)]
_BETWEEN = {other: mark for sizes in (SMALL, LARGE) for mark, other in sizes.items()}


def sizes_of(database: Path) -> dict[int, int]:
    """The IPv4 addresses of each AS number; those of all numbers of its name where these are many: carriers have small ones too."""
    sizes: Counter[int] = Counter()
    names: dict[int, str] = {}
    with maxminddb.open_database(database) as reader:
        for network, record in reader:
            asn = record.get("autonomous_system_number") if isinstance(record, dict) else None
            if isinstance(record, dict) and isinstance(asn, int) and network.version == 4:
                sizes[asn] += network.num_addresses
                names[asn] = name_key(str(record.get("autonomous_system_organization") or asn)) or str(asn)
    by_name: Counter[str] = Counter()
    for asn, size in sizes.items():
        by_name[names[asn]] += size
    return {asn: max(size, by_name[names[asn]] if by_name[names[asn]] >= MANY else 0) for asn, size in sizes.items()}


def marked(lines: Iterable[str], sizes: Mapping[int, int]) -> list[str]:
    """The lines with the letter of each number's size. Letters of an earlier run count as those between."""
    heads, numbers = list[str](), defaultdict[str, set[int]](set)
    for line in lines:
        if line.startswith("#"):
            heads.append(line)
        elif line:
            written, *asns = line.split()
            mark = _BETWEEN.get(written, written)
            for asn in map(int, asns):
                size = sizes.get(asn, 0)
                of_size = SMALL if 0 < size <= MOST_OF_SMALL else LARGE if size >= FEWEST_OF_LARGE else {}
                numbers[of_size.get(mark, mark)].add(asn)
    return heads + [
        line
        for mark in sorted(numbers, key=_ORDER.index)
        for line in textwrap.wrap(
            " ".join(map(str, sorted(numbers[mark]))), 120, initial_indent=f"{mark} ", subsequent_indent=f"{mark} "
        )
    ]


def main(database: Path) -> None:
    lines = marked(FILE.read_text("utf-8").splitlines(), sizes_of(database))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
