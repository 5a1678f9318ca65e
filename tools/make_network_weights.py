"""Makes network_weights.txt, the weights by which a network's name and AS number are judged, out of free sources only.

    python tools/make_network_weights.py ASN.mmdb [HOSTS.csv]

ASN.mmdb gives the name of each AS number. judged_networks.txt gives the judgement of it. HOSTS has the columns asn and
dc_lists, and says which lists of data centres name an AS number. Only the lists of FREE_LISTS are used, and no other column
is read. SOURCES.md says where all of them come from and under which licences.

The model is a logistic regression with a quadratic penalty, solved by L-BFGS (Nocedal and Wright, Numerical
Optimization, algorithm 7.4). Nothing here is random: the same input makes the same file. tests/eval/network.py measures it.
"""

from __future__ import annotations

import csv
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import maxminddb
import numpy as np
import numpy.typing as npt

from tracker.enrichment.network.classifier import JUDGED, NOT_READ, POSSIBLE, NetworkModel, features
from tracker.enrichment.network.labelled_asns import (
    LARGE_NO_ORGANISATION,
    NO_ORGANISATIONS,
    SMALL_NO_ORGANISATION,
    mark_of,
)
from tracker.enrichment.organisation.name_tokens import groups_of, tokens_of

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"

# Lists of data centres under the MIT licence, by their names in the column dc_lists. Other lists there are not free.
FREE_LISTS = frozenset({"x4b", "badasn"})

# How much a judgement counts as a case: a sure one in full, a probable one by half. A platform's network mostly serves
# machines, so it counts as a host. T, and x and c in all sizes, are left out: their networks are of both kinds.
ORGANISATIONS = dict.fromkeys("BEGN", 1.0) | dict.fromkeys("begn", 0.5)
PROVIDERS = {"P": 0.5} | dict.fromkeys(NO_ORGANISATIONS, 1.0)
# Groups of words that only providers have. They stand for the numbers that were not read, most of which have such a word.
PROVIDER_GROUPS = frozenset({"vpn", "infrastructure", "content", "hosting", "mobile", "isp"})

# What a judgement adds to the name's score, in log-odds. Set by hand: a sure judgement counts 50 to 1, a probable one 7 to 1.
# "No organisation" says less than it seems, as it also stands for "cannot tell".
JUDGEMENTS = {
    **dict.fromkeys("BEGN", 4.0), **dict.fromkeys("begn", 2.0), **dict.fromkeys("TP", 1.0), **dict.fromkeys("xyz", 0.0),
    **dict.fromkeys("cd", -2.0), **dict.fromkeys(NO_ORGANISATIONS, -2.0), NOT_READ: 0.0,
}  # fmt: skip
# The score from which a network is shown as an organisation's. The labelled networks of tests/eval/network.py show that
# fewer than 1 % of the providers reach it. This and the second one are what they had a say in.
THRESHOLD = 2.25
# The second threshold, from which a network whose name leaves its kind open is shown apart as a possible company, and what a
# judgement adds for that beside JUDGEMENTS: a technology firm or a platform, whose name tells little, may be a company
# that reads. Where a judgement leaves the kind open, a small network speaks for a company and a large one for a provider.
# Set by hand as well, so that on halves of the labelled networks fewer than 6 % of the providers are sure or possible.
POSSIBLE_THRESHOLD = -2.5
POSSIBLE_JUDGEMENTS = {
    **dict.fromkeys("BEGNbegncy", 4.0), **dict.fromkeys("TP", 5.0), "x": -1.0, "z": -9.0, "d": -5.0,
    SMALL_NO_ORGANISATION: 3.0, LARGE_NO_ORGANISATION: -9.0, NOT_READ: -3.0,
}  # fmt: skip
# The same for what a name says: most associations that nobody could tell run a network for themselves, firms of information
# technology more often than others, and stations sell lines.
POSSIBLE_GROUPS = {"nonprofit": 2.0, "it": 0.8, "media": -1.5}

PENALTY = 10.0
LEAST_CASES = 4
FOLDS = 5

Numbers = npt.NDArray[np.float64]


class Case(NamedTuple):
    """A network to learn from. `weight` says how much it counts."""

    asn: int
    name: str
    is_organisation: bool
    weight: float


def names_of(database: Path) -> dict[int, str]:
    """The name of each AS number in a database of the form of GeoLite2-ASN."""
    names: dict[int, str] = {}
    with maxminddb.open_database(database) as reader:
        for _, record in reader:
            if isinstance(record, dict):
                asn, name = record.get("autonomous_system_number"), record.get("autonomous_system_organization")
                if isinstance(asn, int) and asn and isinstance(name, str) and name:
                    names.setdefault(asn, name)
    return names


def free_hosts(rows: Iterable[Mapping[str, str]]) -> set[int]:
    """The AS numbers that a list of data centres under a free licence names."""
    return {int(row["asn"]) for row in rows if FREE_LISTS & set(row["dc_lists"].split("|"))}


def cases_of(names: Mapping[int, str], hosts: set[int]) -> Iterator[Case]:
    """The networks to learn from, out of the judgements, the lists of hosts and the words of providers."""
    for asn, name in names.items():
        mark = mark_of(asn)
        if asn in hosts:
            yield Case(asn, name, False, 1.0)
        elif mark in ORGANISATIONS:
            yield Case(asn, name, True, ORGANISATIONS[mark])
        elif mark in PROVIDERS:
            yield Case(asn, name, False, PROVIDERS[mark])
        elif mark is None and groups_of(tokens_of(name)) & PROVIDER_GROUPS:
            yield Case(asn, name, False, 1.0)


class _Table:
    """Cases by features as two columns of positions, which is all that a sum over either needs."""

    def __init__(self, cases: Sequence[Case]) -> None:
        written = [list(features(case.name, case.asn)) for case in cases]
        counts = Counter(feature for found in written for feature in set(found))
        self.names = sorted(feature for feature, times in counts.items() if times >= LEAST_CASES)
        place = {feature: position for position, feature in enumerate(self.names)}
        pairs = [(row, place[one]) for row, found in enumerate(written) for one in found if one in place]
        self.rows, self.columns = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
        self.signs = np.array([1.0 if case.is_organisation else -1.0 for case in cases])
        self.weights = np.array([case.weight for case in cases])

    def loss(self, point: Numbers) -> tuple[float, Numbers]:
        """The penalised logistic loss at weights (the last one the bias), and its slope."""
        size = len(self.names)
        scores = np.bincount(self.rows, weights=point[self.columns], minlength=len(self.signs)) + point[-1]
        margins = self.signs * scores
        losses = np.logaddexp(0.0, -margins)
        pulls = -self.signs * self.weights / (1.0 + np.exp(np.minimum(margins, 500.0)))
        slope = np.append(
            np.bincount(self.columns, weights=pulls[self.rows], minlength=size) + PENALTY * point[:-1], pulls.sum()
        )
        return float(self.weights @ losses + PENALTY / 2 * point[:-1] @ point[:-1]), slope


def train(cases: Sequence[Case]) -> NetworkModel:
    """The model that fits the cases, with the weights of the judgements."""
    table = _Table(cases)
    point = _least(table.loss, np.zeros(len(table.names) + 1))
    # Two decimals are all that the file keeps, so a measurement sees no more.
    weights = {name: round(float(weight), 2) for name, weight in zip(table.names, point, strict=False)}
    weights |= {f"{JUDGED}{mark}": weight for mark, weight in JUDGEMENTS.items()}
    weights |= {f"{POSSIBLE}{mark}": weight for mark, weight in POSSIBLE_JUDGEMENTS.items()}
    weights |= {f"{POSSIBLE}[{group}]": weight for group, weight in POSSIBLE_GROUPS.items()}
    kept = {name: weight for name, weight in weights.items() if weight}
    return NetworkModel(kept, round(float(point[-1]), 2), THRESHOLD, POSSIBLE_THRESHOLD)


def _least(
    loss: Callable[[Numbers], tuple[float, Numbers]], point: Numbers, *, steps: int = 120, kept: int = 12
) -> Numbers:
    """The point of the least loss, by L-BFGS with halved steps."""
    value, slope = loss(point)
    history: list[tuple[Numbers, Numbers, float]] = []
    for _ in range(steps):
        direction = -_times_curvature(slope, history)
        downhill, length = float(slope @ direction), 1.0 if history else 1.0 / float(np.abs(slope).sum())
        while True:
            ahead = point + length * direction
            next_value, next_slope = loss(ahead)
            if next_value <= value + 1e-4 * length * downhill or length < 1e-12:
                break
            length /= 2
        moved, bent = ahead - point, next_slope - slope
        if (product := float(moved @ bent)) > 0:
            history = [*history[-kept + 1 :], (moved, bent, 1 / product)]
        settled = value - next_value < 1e-6 * abs(value)
        point, value, slope = ahead, next_value, next_slope
        if settled:
            break
    return point


def _times_curvature(slope: Numbers, history: Iterable[tuple[Numbers, Numbers, float]]) -> Numbers:
    """The slope times the inverse of the curvature, as the last steps tell it."""
    steps = list(history)
    result, factors = slope.copy(), []
    for moved, bent, inverse in reversed(steps):
        factors.append(inverse * float(moved @ result))
        result = result - factors[-1] * bent
    if steps:
        moved, bent, _ = steps[-1]
        result = result * (float(moved @ bent) / float(bent @ bent))
    for (moved, bent, inverse), factor in zip(steps, reversed(factors), strict=True):
        result = result + (factor - inverse * float(bent @ result)) * moved
    return result


def fold_of(name: str) -> int:
    """Which fold a name is in. All networks of one organisation are in the same, whatever its legal form."""
    return zlib.crc32(" ".join(tokens_of(name)).encode()) % FOLDS


def main(database: Path, lists: Path | None = None) -> None:
    hosts: set[int] = set()
    if lists is not None:
        with open(lists, newline="") as lines:
            hosts = free_hosts(csv.DictReader(lines))
    cases = list(cases_of(names_of(database), hosts))
    print(f"{sum(case.is_organisation for case in cases)} organisations of {len(cases)} cases")
    model = train(cases)
    table = {"bias:": model.bias, "threshold:": model.threshold, "possible:": model.possible} | dict(
        sorted(model.weights.items())
    )
    lines_out = ["# Log-odds in hundredths; SOURCES.md says from what. Made by make_network_weights.py."]
    lines_out += [f"{name}\t{round(weight * 100)}" for name, weight in table.items()]
    (DATA / "network_weights.txt").write_text("\n".join(lines_out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
