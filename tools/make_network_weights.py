"""Makes network_weights.txt, the weights by which a network's name and number are judged, from labelled networks.

    python tools/make_network_weights.py LABELS.csv ASDB.csv.gz ASN.mmdb

LABELS has the columns asn, name, is_org (1, 0 or empty), asdb3 and dc_lists; ASDB has asn, name and asdb3 (business, isp,
hosting); ASN.mmdb gives the other spelling of each network's name, the one in a registry. SOURCES.md says where they
come from. Prints what a cross-validation grouped by the organisation's name gives, then trains on everything.

The model is a logistic regression with a quadratic penalty, solved by L-BFGS (Nocedal and Wright, Numerical
Optimization, algorithm 7.4). What readers took a number's owner for (judged_networks.txt) gets its weights in a second
step, from scores of names that the first had not seen; so a name without a number is judged as well as without the
judgements. Nothing here is random: the same input makes the same file.
"""

from __future__ import annotations

import csv
import gzip
import math
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb
import numpy as np
import numpy.typing as npt

from tracker.enrichment.network.classifier import NetworkModel, features, judgement_feature
from tracker.enrichment.network.kind import LEAD_KINDS, judge_organisation
from tracker.enrichment.organisation.name_tokens import words_of

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"

# How much a case counts: both label sources agree, one speaks, they contradict each other, ASdb alone.
WEIGHTS = {"agree": 2.0, "single": 1.0, "contradict": 0.3, "asdb": 0.3}
PENALTY = 10.0
LEAST_CASES = 4
FOLDS = 5
# Of the providers and hosts on which the sources agree, so many may score above the threshold. The goal is 1 %; the rest
# is the margin for names that are unlike these.
SHOWN_PROVIDERS = 0.0085

Numbers = npt.NDArray[np.float64]


class Labelled(NamedTuple):
    """A network with its label; `spellings` are the names it goes by, `certainty` a key of WEIGHTS."""

    number: int
    spellings: tuple[str, ...]
    is_organisation: bool
    certainty: str
    label: str

    @property
    def group(self) -> str:
        """What networks of one organisation share, so that no fold learns the names that it is asked."""
        return " ".join(words_of(self.spellings[0]))


def read(labels: Path, asdb: Path, database: Path) -> list[Labelled]:
    """The networks that a label or ASdb says something about, the labelled ones first."""
    with maxminddb.open_database(database) as reader:
        spelt: dict[int, str] = {}
        for _, record in reader:
            fields: dict[str, Any] = record if isinstance(record, dict) else {}
            spelt.setdefault(
                fields.get("autonomous_system_number", 0), fields.get("autonomous_system_organization", "")
            )
    with open(labels, newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = [_labelled(row, spelt) for row in rows if row["is_org"]]
    known = {row["asn"] for row in rows}
    with gzip.open(asdb, "rt", newline="") as lines:
        found += [_by_asdb(row, spelt) for row in csv.DictReader(lines) if row["asn"] not in known]
    return found


def _labelled(row: dict[str, str], spelt: dict[int, str]) -> Labelled:
    is_organisation, other = row["is_org"] == "1", row["asdb3"]
    if is_organisation:
        agrees, contradicts = (
            other == "Business" and not row["dc_lists"],
            other in {"ISP", "Hosting"} or bool(row["dc_lists"]),
        )
    else:
        agrees, contradicts = other in {"ISP", "Hosting"}, other == "Business"
    certainty = "agree" if agrees else "contradict" if contradicts else "single"
    return Labelled(int(row["asn"]), _spellings(row, spelt), is_organisation, certainty, row["label"])


def _by_asdb(row: dict[str, str], spelt: dict[int, str]) -> Labelled:
    return Labelled(int(row["asn"]), _spellings(row, spelt), row["asdb3"] == "business", "asdb", row["asdb3"])


def _spellings(row: dict[str, str], spelt: dict[int, str]) -> tuple[str, ...]:
    other = spelt.get(int(row["asn"]))
    return (row["name"], other) if other and other != row["name"] else (row["name"],)


class _Table:
    """Cases by features as two columns of positions, which is all that a sum over either needs."""

    def __init__(self, cases: Sequence[Labelled]) -> None:
        written = [(case, list(features(name, case.number))) for case in cases for name in case.spellings]
        counts = Counter(feature for _, found in written for feature in set(found))
        self.names = sorted(feature for feature, times in counts.items() if times >= LEAST_CASES)
        place = {feature: position for position, feature in enumerate(self.names)}
        pairs = [(row, place[one]) for row, (_, found) in enumerate(written) for one in found if one in place]
        self.rows, self.columns = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
        self.signs = np.array([1.0 if case.is_organisation else -1.0 for case, _ in written])
        self.weights = np.array([WEIGHTS[case.certainty] / len(case.spellings) for case, _ in written])

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


def train(cases: Sequence[Labelled], threshold: float = 0.0) -> NetworkModel:
    """The model that fits the cases."""
    table = _Table(cases)
    point = _least(table.loss, np.zeros(len(table.names) + 1))
    # Two decimals are all that the file keeps, so the cross-validation sees no more.
    weights = {name: round(float(weight), 2) for name, weight in zip(table.names, point, strict=False)}
    return NetworkModel({name: weight for name, weight in weights.items() if weight}, float(point[-1]), threshold)


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


def fold_of(case: Labelled) -> int:
    """Which fold a case is in; all networks of one organisation are in the same."""
    return zlib.crc32(case.group.encode()) % FOLDS


def cross_validated(cases: Sequence[Labelled]) -> list[tuple[Labelled, str, float]]:
    """Each labelled case and spelling with its score by a model that saw no network of the organisation."""
    found = []
    for fold in range(FOLDS):
        model = train([case for case in cases if fold_of(case) != fold])
        asked = [case for case in cases if case.certainty != "asdb" and fold_of(case) == fold]
        found += [(case, name, _score(model, name, case.number)) for case in asked for name in case.spellings]
    return found


def _score(model: NetworkModel, name: str, number: int) -> float:
    """The score of a name, infinite where the rules around the model decide whatever it says."""
    score = model.score(name, number)
    for threshold, shown_then in ((-math.inf, True), (math.inf, False)):
        model.threshold = threshold
        if (judge_organisation(model, name, number)[0] in LEAD_KINDS) is not shown_then:
            return threshold
    return score


def threshold_for(scored: Iterable[tuple[Labelled, str, float]], share: float) -> float:
    """The score above which the share of the agreed providers and hosts lies."""
    providers = sorted(score for case, _, score in scored if case.certainty == "agree" and not case.is_organisation)
    return round(providers[-int(len(providers) * share) - 1] + 0.005, 2)


def shown(scored: Iterable[tuple[Labelled, str, float]], threshold: float, *, organisations: bool) -> float:
    """The share of the agreed organisations, or of the providers and hosts, that score at or above a threshold."""
    chosen = [
        score >= threshold
        for case, _, score in scored
        if case.certainty == "agree" and case.is_organisation is organisations
    ]
    return sum(chosen) / len(chosen)


def weigh_judgements(scored: Sequence[tuple[Labelled, str, float]], threshold: float, share: float) -> dict[str, float]:
    """The weight of each judgement, such that at the threshold the share of the agreed providers is shown.

    A logistic regression on the scores, whose own factor is held at 1, by Newton's steps.
    """
    cases = [one for one in scored if one[0].certainty == "agree" and math.isfinite(one[2])]
    found = [judgement_feature(case.number) for case, _, _ in cases]
    names = sorted(set(found))
    table = np.array([[one == name for name in names] for one in found], dtype=np.float64)
    scores = np.array([score for *_, score in cases])
    wanted = np.array([case.is_organisation for case, _, _ in cases], dtype=np.float64)
    point = np.zeros(len(names))
    for _ in range(50):
        expected = 1 / (1 + np.exp(-(scores + table @ point)))
        curvature = (table * (expected * (1 - expected))[:, None]).T @ table + np.eye(len(names))
        step = np.linalg.solve(curvature, table.T @ (expected - wanted) + point)
        point -= step
        if np.abs(step).max() < 1e-9:
            break
    weights = dict(zip(names, point, strict=True))
    shift = threshold - threshold_for(with_judgements(scored, weights), share)
    return {name: round(float(weight) + shift, 2) for name, weight in weights.items()}


def with_judgements(
    scored: Iterable[tuple[Labelled, str, float]], weights: Mapping[str, float]
) -> list[tuple[Labelled, str, float]]:
    """The scores with the weights of the judgements on top."""
    return [(case, name, score + weights.get(judgement_feature(case.number), 0.0)) for case, name, score in scored]


def main(labels: Path, asdb: Path, database: Path) -> None:
    cases = read(labels, asdb, database)
    scored = cross_validated(cases)
    threshold = threshold_for(scored, SHOWN_PROVIDERS)
    judgements = weigh_judgements(scored, threshold, SHOWN_PROVIDERS)
    _print_shares("names alone", scored, threshold)
    _print_shares("names and judgements", with_judgements(scored, judgements), threshold)
    model = train(cases, threshold)
    hundredths = {"bias:": round(model.bias * 100), "threshold:": round(threshold * 100)}
    weights = sorted({**model.weights, **judgements}.items())
    hundredths |= {name: round(weight * 100) for name, weight in weights}
    lines = ["# Log-odds in hundredths; SOURCES.md says from what. Made by make_network_weights.py."]
    lines += [f"{name}\t{weight}" for name, weight in hundredths.items()]
    (DATA / "network_weights.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _print_shares(what: str, scored: Sequence[tuple[Labelled, str, float]], threshold: float) -> None:
    print(what)
    for kind in (False, True):
        shares = [
            shown([one for one in scored if fold_of(one[0]) == fold], threshold, organisations=kind)
            for fold in range(FOLDS)
        ]
        words = "organisations" if kind else "providers and hosts"
        print(f"  {words} at or above {threshold}: mean {np.mean(shares):.4f}, spread {np.std(shares):.4f}")
    for label in ("business", "education", "government", "nonprofit"):
        share = shown([one for one in scored if one[0].label == label], threshold, organisations=True)
        print(f"    {label}: {share:.4f}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
