"""Where in a country a place is: the department and region of France, and the region of a visitor's town."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from tracker.reference.registers.name_keys import town_key

# France and its overseas parts that have SIREN numbers, whose IP addresses databases place in countries of their own.
FRENCH = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF"})
_SMALL = frozenset("a au aux d de des du en et l la le les lès sous sur".split())
_OVERSEAS = ("97", "98")


_OVERSEAS_AREAS = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT", "975": "PM", "977": "BL", "978": "MF", "987": "PF", "988": "NC", "986": "WF"}  # fmt: skip
# Of the domains with two letters, those that companies of any country take.
_ANYBODYS = frozenset("ac ai cc co eu fm gg io is la me so to tv ws".split())


class Region(NamedTuple):
    """A region by its code of ISO 3166-2, and its name."""

    code: str
    name: str


def department_of(commune: str, postcode: str = "") -> str:
    """Returns the department of a French commune by its INSEE code, else by a postcode; empty where neither says it."""
    if commune[:2] in {"2A", "2B"} and len(commune) == 5:
        return commune[:2]
    code = commune if len(commune) == 5 and commune.isdigit() else postcode
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        return ""
    if code.startswith(_OVERSEAS):
        return code[:3]
    if code.startswith("20"):  # only postcodes do: those from 20200 on are of Haute-Corse
        return "2A" if code < "20200" else "2B"
    return code[:2]


def region_of(country: str, area: str) -> Region | None:
    """Returns the region of an area (entries.Place.area); None where it is not known. Outside France it is the area's code."""
    if country in FRENCH:
        return _departments().get(area.removeprefix("FR-"))
    return Region(area, area) if area.startswith(f"{country}-") else None


def is_one_country(one: str, other: str) -> bool:
    """Whether two ISO codes are of one country; the overseas parts of France are of France."""
    return one == other or (one in FRENCH and other in FRENCH)


def is_one_part(country: str, area: str) -> bool:
    """Whether a French department is in the part of France that an ISO code is of: its towns have namesakes in the others."""
    return country not in FRENCH or not area or _OVERSEAS_AREAS.get(area, "FR") == country


def is_foreign_domain(domain: str) -> bool:
    """Whether a domain is one of another country than France; one that anybody takes is of none."""
    ending = domain.rpartition(".")[2]
    return len(ending) == 2 and ending.isalpha() and ending not in _ANYBODYS and ending.upper() not in FRENCH


def town_name(text: str) -> str:
    """Returns a town that a register writes in capitals as it is read: Le Havre, Villeneuve-d’Ascq. Its accents are lost."""
    if text != text.upper():
        return text
    words = re.split(r"([ -]|['’])", text.lower())
    for place, word in enumerate(words):
        is_elided = word in {"d", "l"} and words[place + 1 : place + 2] in (["'"], ["’"])
        is_small = place > 0 and (is_elided or word in _SMALL)
        words[place] = word if is_small else word[:1].upper() + word[1:]
    return "".join(words).replace("'", "’")


def region_names() -> Mapping[str, str]:
    """Returns the names of the French regions by their codes, in the order of the alphabet."""
    found = {one.code: one.name for one in _departments().values()}
    return dict(sorted(found.items(), key=lambda one: one[1]))


def areas_of_region(name: str) -> Collection[str]:
    """Returns the departments of a French region by its name as geo databases write it; none for another."""
    return _by_name().get(town_key(name), frozenset())


@lru_cache(maxsize=1)
def _departments() -> Mapping[str, Region]:
    text = files("tracker.reference.registers").joinpath("data/departments_fr.csv").read_text("utf-8")
    return {row["code"]: Region(row["region"], row["label"]) for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, region in _departments().items():
        found.setdefault(town_key(region.name), set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}
