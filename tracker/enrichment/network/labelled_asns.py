"""What readers of the registries' names took the organisation behind an AS number for.

Pure. data/judged_networks.txt holds a judgement for each number whose organisation seems to run its network for its own
people; data/SOURCES.md says who judged, and how. Another number of that time is a provider's, or nobody could tell.
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


@lru_cache(maxsize=1)
def _table() -> tuple[array[int], str]:
    """The numbers in order, and the judgement of each."""
    judged: dict[int, str] = {}
    text = files("tracker.enrichment").joinpath("data/judged_networks.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            judgement, *numbers = line.split()
            judged.update(dict.fromkeys(map(int, numbers), judgement))
    ordered = sorted(judged)
    return array("I", ordered), "".join(judged[number] for number in ordered)


def judgement_of(asn: int | None) -> str | None:
    """The judgement of a number, a key of KINDS."""
    if not asn:
        return None
    numbers, judgements = _table()
    place = bisect_left(numbers, asn)
    return judgements[place] if place < len(numbers) and numbers[place] == asn else None


def was_looked_at(asn: int) -> bool:
    """Whether the number was in use when the readers judged, as far as it can be told.

    Registries give out the numbers of a block one after the other (IANA hands them 1,024 at a time), so what lies behind
    the last one that was judged in a block is newer.
    """
    numbers, _ = _table()
    place = bisect_left(numbers, asn)
    return place < len(numbers) and numbers[place] >> 10 == asn >> 10
