"""The labels of ASNs: what people judged the organisation behind each to be, by its name in the registries.

Pure. data/judged_networks.txt holds one letter for each ASN that was judged. data/SOURCES.md says by whom, and how. A judgement
that leaves much open has another letter for a small network and for a large one: a firm that needs a number for itself has a
few hundred IP addresses, a provider thousands (tools/mark_network_sizes.py).
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
    "y": "business", "z": "business",  # the same of a small network, and of a large one
    "c": "business",  # not told at first, and at a second reading rather a company or an association than a provider
    "d": "business",  # the same of a large network
}  # fmt: skip
# Judged to be a provider's network, a private person's, or not decidable; of a small network, and of a large one.
NO_ORGANISATION = "-"
SMALL_NO_ORGANISATION = "s"
LARGE_NO_ORGANISATION = "l"
NO_ORGANISATIONS = frozenset({NO_ORGANISATION, SMALL_NO_ORGANISATION, LARGE_NO_ORGANISATION})
# The letter of a small network, and of a large one, for that of a network between the two.
SMALL = {"x": "y", NO_ORGANISATION: SMALL_NO_ORGANISATION}
LARGE = {"x": "z", "c": "d", NO_ORGANISATION: LARGE_NO_ORGANISATION}


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
    """The letter of an ASN, a key of KINDS or one of NO_ORGANISATIONS; None if it was not judged."""
    if not asn:
        return None
    asns, marks = _table()
    place = bisect_left(asns, asn)
    return marks[place] if place < len(asns) and asns[place] == asn else None


def judgement_of(asn: int | None) -> str | None:
    """The letter, a key of KINDS, of an ASN that is an organisation's own; else None."""
    mark = mark_of(asn)
    return None if mark in NO_ORGANISATIONS else mark
