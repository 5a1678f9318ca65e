"""Networks: of providers and hosts how many would be shown as a lead, of organisations how many are, both unseen.

The shipped model has seen every open case, so each fold is judged by a model that was trained without it; the folds are
cut by the organisation's name, as the half kept apart is. Cases on which the label sources agree are counted.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterable
from typing import NamedTuple

from tests.eval.measure import SHARED, Measure, timed
from tools import make_network_weights as making
from tracker.enrichment.network.classifier import JUDGED, network_model
from tracker.enrichment.network.kind import LEAD_KINDS, NetworkKind, classify_organisation, judge_organisation

_SPELLINGS = {"name in a list": 0, "name in a registry": -1}


class Judged(NamedTuple):
    """A labelled network under one of its names, with the kind that a model gives it that has not seen it."""

    case: making.Labelled
    spelling: int
    fold: int
    kind: NetworkKind
    evidence: str

    @property
    def is_shown(self) -> bool:
        return self.kind in LEAD_KINDS


def measures() -> Iterable[Measure]:
    cases = making.read(
        SHARED / "asn_train.csv", SHARED / "asn" / "asn_asdb3_train.csv.gz", SHARED / "geo" / "asn.mmdb"
    )
    asked = [case for case in cases if case.certainty != "asdb"]
    names = [(name, case.number) for case in asked for name in case.spellings]
    network_model()
    _, microseconds = timed(lambda pair: classify_organisation(*pair), names)
    judged = [one for fold in range(making.FOLDS) for one in _judged(cases, fold)]
    agreed = [one for one in judged if one.case.certainty == "agree"]
    for words, place in _SPELLINGS.items():
        chosen = [one for one in agreed if one.case.spellings[place] == one.case.spellings[one.spelling]]
        yield _providers(f"providers, {words}", chosen, microseconds)
        yield _organisations(f"organisations, {words}", chosen, microseconds)
        for label in ("business", "education", "government", "nonprofit"):
            yield _organisations(f"  {label}", [one for one in chosen if one.case.label == label], microseconds)
    yield _samples()


def _judged(cases: list[making.Labelled], fold: int) -> Iterable[Judged]:
    model = making.train([case for case in cases if making.fold_of(case) != fold], network_model().threshold)
    # A dozen weights of judgements that were made without any label: they are the shipped ones.
    model.weights = dict(model.weights) | {
        name: weight for name, weight in network_model().weights.items() if name.startswith(JUDGED)
    }
    for case in cases:
        if case.certainty != "asdb" and making.fold_of(case) == fold:
            for spelling, name in enumerate(case.spellings):
                yield Judged(case, spelling, fold, *judge_organisation(model, name, case.number))


def _providers(data: str, judged: list[Judged], microseconds: float) -> Measure:
    chosen = [one for one in judged if not one.case.is_organisation]
    return _measure(data, chosen, "shown as a lead", [one for one in chosen if one.is_shown], microseconds)


def _organisations(data: str, judged: list[Judged], microseconds: float) -> Measure:
    chosen = [one for one in judged if one.case.is_organisation]
    return _measure(data, chosen, "shown", [one for one in chosen if not one.is_shown], microseconds)


def _measure(data: str, chosen: list[Judged], figure: str, wrong: list[Judged], microseconds: float) -> Measure:
    folds = [[one.is_shown for one in chosen if one.fold == fold] for fold in range(making.FOLDS)]
    shares = [sum(shown) / len(shown) for shown in folds if shown]
    figures = {figure: sum(one.is_shown for one in chosen) / len(chosen), "spread": statistics.pstdev(shares)}
    mistakes = [f"{one.case.spellings[one.spelling]}: {one.kind}, {one.evidence}" for one in wrong]
    return Measure("network", data, len(chosen), figures, microseconds, mistakes)


def _samples() -> Measure:
    """The companies of IPinfo's sample by the name alone, against the type that it gives them."""
    with open(SHARED / "samples" / "ipinfo_ip_company_sample.csv", newline="") as lines:
        rows = {row["name"]: row["type"] for row in csv.DictReader(lines) if row["name"]}
    kinds, microseconds = timed(classify_organisation, list(rows))
    wrong = [
        f"{name}: {kind}, IPinfo says {said}"
        for (name, said), (kind, _) in zip(rows.items(), kinds, strict=True)
        if (kind in LEAD_KINDS) and said in {"isp", "hosting"}
    ]
    providers = sum(said in {"isp", "hosting"} for said in rows.values())
    return Measure(
        "network", "IPinfo's providers", providers, {"shown as a lead": len(wrong) / providers}, microseconds, wrong
    )
