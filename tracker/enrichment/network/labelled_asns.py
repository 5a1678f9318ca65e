"""The labels of ASNs: what people judged the organisation behind each to be, by its name in the registries.

Pure. data/judged_networks.txt holds one letter for each ASN that was judged. data/SOURCES.md says by whom, and how.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import lru_cache
from importlib.resources import files

# The kind of network that each letter means. A small letter means: probably.
KINDS = {
    "B": "business", "b": "business", "E": "education", "e": "education", "G": "government", "g": "government",
    "N": "nonprofit", "n": "nonprofit",
    "T": "business",  # information technology: integrators, software houses, makers of equipment
    "P": "business",  # a platform or a service on the internet, whose network mostly serves machines
    "x": "business",  # may be an organisation's as well as a provider's
    "c": "business",  # not told at first, and at a second reading rather a company or an association than a provider
}  # fmt: skip
# Judged to be a provider's network, a private person's, or not decidable.
NO_ORGANISATION = "-"


@lru_cache(maxsize=1)
def _table() -> tuple[array[int], str]:
    """The ASNs in order, and the letter of each."""
    judged: dict[int, str] = {}
    text = files("tracker.enrichment").joinpath("data/judged_networks.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            judgement, *asns = line.split()
            judged.update(dict.fromkeys(map(int, asns), judgement))
    ordered = sorted(judged)
    return array("I", ordered), "".join(judged[asn] for asn in ordered)


def mark_of(asn: int | None) -> str | None:
    """The letter of an ASN, a key of KINDS or NO_ORGANISATION; None if it was not judged."""
    if not asn:
        return None
    asns, marks = _table()
    place = bisect_left(asns, asn)
    return marks[place] if place < len(asns) and asns[place] == asn else None


def judgement_of(asn: int | None) -> str | None:
    """The letter, a key of KINDS, of an ASN that is an organisation's own; else None."""
    mark = mark_of(asn)
    return None if mark == NO_ORGANISATION else mark
