"""Networks: the share of providers and hosts that would be shown as leads, and of organisations that are.

Each fold is judged by a model that was trained without the names in it. An organisation's name decides its fold. The
labels (PeeringDB, Stanford's ASdb, lists of data centres) are used only to measure: their licences do not allow to train
weights on them. Only cases on which the label sources agree are counted.
"""

from __future__ import annotations

import csv
import math
import random
import statistics
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dashboards.presentation.evidence import describe
from tests.eval.halves import Scored, other_halves
from tests.eval.measure import SHARED, Measure, timed
from tools import make_network_weights as making
from tracker.enrichment.company.evidence import Evidence, EvidenceCode
from tracker.enrichment.network.classifier import NetworkModel, network_model
from tracker.enrichment.network.kind import LEAD_KINDS, NetworkKind, classify_organisation, judge_organisation
from tracker.enrichment.organisation.name_tokens import tokens_of

_SPELLINGS = {"name in a list": 0, "name in a registry": -1}
_HALVES = 50
_CURVE = (0.005, 0.01, 0.02, 0.03, 0.06)


class Labelled(NamedTuple):
    """A network on whose label the sources agree. `spellings` are its names."""

    asn: int
    spellings: tuple[str, ...]
    is_organisation: bool
    label: str


class Judged(NamedTuple):
    """A labelled network under one of its names, with the scores of a model that has not seen the name.

    `score` is compared with the first threshold, `possible_score` with the second. A score is infinite when the rules
    around the model decide, whatever the model's score is.
    """

    case: Labelled
    spelling: int
    fold: int
    score: float
    possible_score: float
    kind: NetworkKind
    evidence: Evidence

    @property
    def is_shown(self) -> bool:
        return self.kind in LEAD_KINDS

    @property
    def is_possible(self) -> bool:
        """Sure or possible."""
        return self.is_shown or self.evidence.code == EvidenceCode.NAME_POSSIBLE

    def scored(self) -> Scored:
        return Scored(self.case.spellings[0], self.case.is_organisation, self.score, self.possible_score)


def measures() -> Iterable[Measure]:
    names = making.names_of(SHARED / "geo" / "asn.mmdb")
    labelled = list(_labelled(names))
    network_model()
    _, microseconds = timed(
        lambda pair: classify_organisation(*pair), [(name, case.asn) for case in labelled for name in case.spellings]
    )
    judged = list(_judged(labelled, names))
    for words, place in _SPELLINGS.items():
        chosen = [one for one in judged if one.case.spellings[place] == one.case.spellings[one.spelling]]
        yield _providers(f"providers, {words}", chosen, microseconds)
        yield _organisations(f"organisations, {words}", chosen, microseconds)
        for label in ("business", "education", "government", "nonprofit"):
            yield _organisations(f"  {label}", [one for one in chosen if one.case.label == label], microseconds)
        yield from _both_tiers(words, chosen, microseconds)
        yield from other_halves(words[8:], [one.scored() for one in chosen])
        yield _curve(f"organisations at a share, {words[8:]}", chosen, microseconds)
    yield _samples()


def _labelled(names: dict[int, str]) -> Iterator[Labelled]:
    """The networks whose own label, Stanford's ASdb and the lists of data centres agree."""
    with open(SHARED / "asn_train.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            is_organisation, other = row["is_org"] == "1", row["asdb3"]
            agreed = other == "Business" and not row["dc_lists"] if is_organisation else other in {"ISP", "Hosting"}
            if row["is_org"] and agreed:
                listed, asn = row["name"], int(row["asn"])
                registered = names.get(asn, listed)
                spellings = (listed,) if registered == listed else (listed, registered)
                yield Labelled(asn, spellings, is_organisation, row["label"])


def _judged(labelled: list[Labelled], names: dict[int, str]) -> Iterator[Judged]:
    with open(SHARED / "asn_train.csv", newline="") as lines:
        hosts = making.free_hosts(csv.DictReader(lines))
    cases = list(making.cases_of(names, hosts))
    for fold in range(making.FOLDS):
        asked = [case for case in labelled if making.fold_of(case.spellings[0]) == fold]
        # Both names of an organisation may be in different folds: what is asked is left out by its number as well.
        numbers = {case.asn for case in asked}
        model = making.train([one for one in cases if making.fold_of(one.name) != fold and one.asn not in numbers])
        for case in asked:
            for spelling, name in enumerate(case.spellings):
                scores = _score(model, name, case.asn), _possible_score(model, name, case.asn)
                model.threshold, model.possible = making.THRESHOLD, making.POSSIBLE_THRESHOLD
                yield Judged(case, spelling, fold, *scores, *judge_organisation(model, name, case.asn))


def _score(model: NetworkModel, name: str, asn: int) -> float:
    """Returns the score of a name; infinite when the rules around the model decide, whatever the model's score is."""
    for threshold, shown_then in ((-math.inf, True), (math.inf, False)):
        model.threshold = threshold
        if (judge_organisation(model, name, asn)[0] in LEAD_KINDS) is not shown_then:
            return threshold
    return model.score(name, asn)


def _possible_score(model: NetworkModel, name: str, asn: int) -> float:
    """Returns the score that the second threshold is compared with, for a name that is not shown already."""
    model.threshold = math.inf
    for possible, shown_then in ((-math.inf, True), (math.inf, False)):
        model.possible = possible
        if (judge_organisation(model, name, asn)[1].code == EvidenceCode.NAME_POSSIBLE) is not shown_then:
            return possible
    return model.possible_score(*model.weigh(tokens_of(name), asn, capitals=name.isupper()), asn)


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
    mistakes = [f"{one.case.spellings[one.spelling]}: {one.kind}, {describe('en', one.evidence)}" for one in wrong]
    return Measure("network", data, len(chosen), figures, microseconds, mistakes)


def _both_tiers(words: str, judged: list[Judged], microseconds: float) -> Iterable[Measure]:
    """Returns the share that is sure or possible; for organisations also by threshold of the second tier."""
    for data, is_organisation in (("providers", False), ("organisations", True)):
        chosen = [one for one in judged if one.case.is_organisation is is_organisation]
        figures = {"sure or possible": sum(one.is_possible for one in chosen) / len(chosen)}
        figures["worst of 50 halves"] = _worst_half(chosen, is_organisation)
        wrong = [one for one in chosen if one.is_possible is not is_organisation and not one.is_shown]
        mistakes = [one.case.spellings[one.spelling] for one in wrong]
        yield Measure("network", f"  {data}, both tiers, {words[8:]}", len(chosen), figures, microseconds, mistakes)


def _worst_half(judged: list[Judged], is_organisation: bool) -> float:
    """Returns the figure of the worst among random halves: what another half of such networks may show."""
    draw = random.Random(1)  # the same halves each time
    halves = (draw.sample(judged, len(judged) // 2) for _ in range(_HALVES))
    shares = [sum(one.is_possible for one in half) / len(half) for half in halves]
    return min(shares) if is_organisation else max(shares)


def _curve(data: str, judged: list[Judged], microseconds: float) -> Measure:
    """Returns the share of the organisations above the score that this share of the providers reaches, and the score."""
    providers = sorted((one.score for one in judged if not one.case.is_organisation), reverse=True)
    organisations = [one.score for one in judged if one.case.is_organisation]
    figures = {}
    for share in _CURVE:
        threshold = providers[int(len(providers) * share)]
        shown = sum(score > threshold for score in organisations) / len(organisations)
        figures[f"{share:.1%} (score {threshold:.2f})"] = shown
    return Measure("network", data, len(organisations), figures, microseconds)


def _samples() -> Measure:
    """Compares the companies of IPinfo's sample, by their names alone, with the type in the sample."""
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
