"""The companies of the demo: those of the catalogue, and as many invented ones as are asked for, with a long tail.

Most organisations that open a blog come once or twice, and a few come every week. The invented ones thin out by Zipf's
law, and each comes at least once in the year, as far as the year has visits for it.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tracker.demo import catalogue
from tracker.demo.catalogue import COMPANIES, PLACES, Company

PEOPLE_APART = 64
"""Numbers that a company has for its people; none has more of them."""

_SHARE = 0.07
_MOST_SHARE = 0.5
# So many visits of each company are made on average, where there are more companies than the usual share pays for.
_VISITS_EACH = 3
# No company comes for the first time in the last days, which may be cut off.
_LAST_DEBUT = 30
_FIRST_ASN = 4_200_000_000  # of the AS numbers for private use (RFC 6996)
_KINDS = ("business",) * 22 + ("education", "government")
_BEGINNINGS = (
    "Ateliers", "Groupe", "Maison", "Cabinet", "Société", "Établissements", "Compagnie", "Fabrique", "Comptoir",
    "Conseil", "Éditions", "Agence", "Laboratoires", "Transports", "Mutuelle", "Coopérative", "Studio", "Forges",
)  # fmt: skip
_FIRST = (
    "Alba", "Bel", "Cor", "Dor", "Esta", "Fonte", "Gal", "Haute", "Isa", "Jura", "Kero", "Lor", "Mar", "Nor", "Ori",
    "Per", "Quin", "Rocha", "Sol", "Tarn", "Ule", "Val", "Ygre", "Zéli", "Ambre", "Brume", "Cèdre", "Dune",
)  # fmt: skip
_LAST = (
    "bois", "champ", "dière", "fleur", "gny", "lac", "mont", "nelle", "pierre", "rive", "sac", "tour", "val", "zan",
    "court", "denne", "fort", "mar", "roche", "ville",
)  # fmt: skip


class Cast(NamedTuple):
    """Who reads at work. `heat` (weeks, companies) is each company's share of a week, `debut` the day of its one sure visit.

    `debut` is −1 where there are none but the catalogue's; `share` is the part of all visits that are made at work.
    """

    companies: tuple[Company, ...]
    heat: NDArray[np.float64]
    debut: NDArray[np.int64]
    share: float

    @property
    def people(self) -> NDArray[np.int64]:
        return np.array([one.people for one in self.companies])

    @property
    def warmth(self) -> NDArray[np.float64]:
        return np.array([one.warmth for one in self.companies])


def cast(random: np.random.Generator, number: int, *, days: int, visits: float) -> Cast:
    """`number` companies (None of the catalogue's is left out before an invented one) for `visits` in a year of `days`."""
    companies = [*COMPANIES[:number], *_invented(number - len(COMPANIES))]
    weeks = days // 7 + 1
    spell = random.gamma(0.16, 2.2, (weeks, len(companies)))
    smooth = (spell + np.roll(spell, 1, axis=0) + np.roll(spell, 2, axis=0)) / 3
    smooth *= _size(companies)
    smooth[-3:, :4] *= 2.5
    heat = smooth / smooth.sum(axis=1, keepdims=True)
    debut = np.full(len(companies), -1)
    invented = len(companies) - len(COMPANIES)
    if invented > 0:
        debut = random.permutation(np.arange(number) * (days - _LAST_DEBUT) // number)
    share = min(_MOST_SHARE, max(_SHARE, _VISITS_EACH * number / max(1.0, visits)))
    return Cast(tuple(companies), heat, debut, share if invented > 0 else _SHARE)


def _size(companies: list[Company]) -> NDArray[np.float64]:
    """How much each company reads in all: the catalogue's by their people, the invented by their rank."""
    size = np.array([one.people * (0.3 + one.warmth) for one in companies])
    rank = np.arange(len(companies)) - len(COMPANIES) + 1
    return np.where(rank > 0, size * 8 / np.maximum(rank, 1) ** 0.8, size)


def _invented(number: int) -> list[Company]:
    """Names that differ in their letters, so that each has a domain of its own."""
    if number <= 0:
        return []
    own = np.random.default_rng(11)  # the same companies, whatever the seed
    names = [f"{first}{last}" for first, last in product(_FIRST, _LAST)]
    kinds = own.integers(0, len(_KINDS), number)
    places = own.integers(0, len(PLACES), number)
    people = 1 + np.minimum(own.pareto(1.5, number) * 2, 39).astype(np.int64)
    warmth = own.beta(1.1, 4, number)
    return [
        _company(_name(index, names), index, _KINDS[kinds[index]], PLACES[places[index]], people[index], warmth[index])
        for index in range(number)
    ]


def _name(index: int, names: list[str]) -> str:
    beginning = _BEGINNINGS[index % len(_BEGINNINGS)]
    rest = index // len(_BEGINNINGS)
    again = rest // len(names)
    return f"{beginning} {names[rest * 97 % len(names)]}" + (f" {again + 1}" if again else "")


def _company(name: str, index: int, kind: str, place: catalogue.Place, people: int, warmth: float) -> Company:
    domain = f"{name.lower().translate(_PLAIN).replace(' ', '-')}.example"
    network = f"2001:db8:{index >> 12:x}:{(index & 0xFFF) << 4:x}::/60"  # of those for documentation (RFC 3849)
    return Company(
        name,
        domain,
        kind,
        _FIRST_ASN + index,
        network,
        place.city,
        place.region,
        place.country,
        int(people),
        float(warmth),
    )


_PLAIN = str.maketrans("éèêîïôûàç", "eeeiiouac")
