"""The judgement of the organisation behind an AS number, by readers of the registries' names.

Pure. data/judged_networks.txt holds one letter for each AS number that was read. data/SOURCES.md says who read, and how.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import lru_cache
from importlib.resources import files

# The kind of network that each judgement stands for. A judgement in small letters is a probable one.
KINDS = {
    "B": "business", "b": "business", "E": "education", "e": "education", "G": "government", "g": "government",
    "N": "nonprofit", "n": "nonprofit",
    "T": "business",  # information technology: integrators, software houses, makers of equipment
    "P": "business",  # a platform or a service on the internet, whose network mostly serves machines
    "x": "business",  # may be an organisation's as well as a provider's
}  # fmt: skip
# Read as well, and taken for a provider's network, a private person's, or one that nobody could tell.
NO_ORGANISATION = "-"


@lru_cache(maxsize=1)
def _table() -> tuple[array[int], str]:
    """The numbers in order, and the letter of each."""
    judged: dict[int, str] = {}
    text = files("tracker.enrichment").joinpath("data/judged_networks.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            judgement, *numbers = line.split()
            judged.update(dict.fromkeys(map(int, numbers), judgement))
    ordered = sorted(judged)
    return array("I", ordered), "".join(judged[number] for number in ordered)


def mark_of(asn: int | None) -> str | None:
    """The letter of an AS number, a key of KINDS or NO_ORGANISATION; None if it was not read."""
    if not asn:
        return None
    numbers, marks = _table()
    place = bisect_left(numbers, asn)
    return marks[place] if place < len(numbers) and numbers[place] == asn else None


def judgement_of(asn: int | None) -> str | None:
    """The judgement of an AS number that seems to be an organisation's own, a key of KINDS."""
    mark = mark_of(asn)
    return None if mark == NO_ORGANISATION else mark
