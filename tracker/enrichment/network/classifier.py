"""Classifies a network by its name and ASN: a score for an organisation's own network, against a provider's.

Pure. The score is a sum of weights (log-odds). There is a weight for each word, for its first and last letters, for two
words in a row, for the groups that its words belong to, for the block of ASNs, and for the label of the ASN.
tools/make_network_weights.py makes the weights, and data/SOURCES.md says from what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from tracker.enrichment.network.labelled_asns import mark_of
from tracker.enrichment.organisation.name_tokens import (
    NO_GROUPS,
    Groups,
    groups_of,
    groups_of_pair,
    groups_of_word,
    tokens_of,
)

JUDGED = "judged:"
# What a label says of a name that leaves open what it is, instead of what it says of a clear one.
POSSIBLE = "possible:"
NOT_READ = "?"
_AFFIXES = (3, 4, 5)


class NetworkModel:
    """Weights by feature. A score of `threshold` or more means an organisation, a second one of `possible` a possible one."""

    def __init__(self, weights: Mapping[str, float], bias: float, threshold: float, possible: float) -> None:
        self.weights = weights
        self.bias = bias
        self.threshold = threshold
        self.possible = possible
        self._of_word = lru_cache(maxsize=16_384)(self._sum_of_word)
        self._of_groups = lru_cache(maxsize=4096)(self._sum_of_groups)
        self._of_asn = lru_cache(maxsize=4096)(self._sum_of_asn)

    def score(self, name: str, asn: int | None) -> float:
        """The log-odds that a network of this name, and of this ASN if given, is an organisation's own."""
        return self.weigh(tokens_of(name), asn, capitals=name.isupper())[0]

    def is_possible(self, score: float, groups: Groups, asn: int | None) -> bool:
        """Whether a name with this score, which leaves its kind open, speaks more for an organisation than most."""
        return self.possible_score(score, groups, asn) >= self.possible

    def possible_score(self, score: float, groups: Groups, asn: int | None) -> float:
        """The score that is compared with the second threshold."""
        of_groups = sum(self.weights.get(f"{POSSIBLE}[{group}]", 0.0) for group in groups)
        of_label = self.weights.get(f"{POSSIBLE}{mark_of(asn) or NOT_READ}", 0.0)
        return score + of_groups + of_label

    def weigh(self, words: list[str], asn: int | None, *, capitals: bool) -> tuple[float, Groups]:
        """The score of a name that is cut into words, and of their groups."""
        weight = self.weights.get
        score, groups = self.bias + weight(_length(words), 0.0), NO_GROUPS
        for word in words:
            of_word, told = self._of_word(word)
            score += of_word
            if told:
                groups |= told
        for pair in map(" ".join, pairwise(words)):
            score += weight(pair, 0.0)
            told = groups_of_pair(pair)
            if told:
                groups |= told
        if capitals:
            score += weight("capitals", 0.0)
        score += self._of_groups(groups)
        if asn:
            score += self._of_asn(asn >> 10) + weight(judgement_feature(asn), 0.0)
        return score, groups

    def _sum_of_word(self, word: str) -> tuple[float, Groups]:
        weight, total = self.weights.get, 0.0
        for feature in word_features(word):
            total += weight(feature, 0.0)
        return total, groups_of_word(word)

    def _sum_of_groups(self, groups: frozenset[str]) -> float:
        return sum(self.weights.get(feature, 0.0) for feature in group_features(groups))

    def _sum_of_asn(self, block: int) -> float:
        return sum(self.weights.get(feature, 0.0) for feature in asn_features(block << 10))


def features(name: str, asn: int | None) -> Iterator[str]:
    """All features of a name and an ASN; a feature that occurs twice counts twice."""
    words = tokens_of(name)
    for word in words:
        yield from word_features(word)
    for first, second in pairwise(words):
        yield f"{first} {second}"
    yield from group_features(groups_of(words))
    yield _length(words)
    if name.isupper():
        yield "capitals"
    if asn:
        yield from asn_features(asn)


def word_features(word: str) -> Iterator[str]:
    """The word, and its first and last three to five letters where it is longer."""
    yield word
    for length in _AFFIXES:
        if len(word) > length:
            yield f"{word[:length]}~"
            yield f"~{word[-length:]}"


def group_features(groups: frozenset[str]) -> Iterator[str]:
    """The groups, each two of them together, and all of them together."""
    ordered = sorted(groups)
    yield from (f"[{group}]" for group in ordered)
    yield from (f"[{one}+{other}]" for place, one in enumerate(ordered) for other in ordered[place + 1 :])
    yield f"[{','.join(ordered)}]!"


def asn_features(asn: int) -> Iterator[str]:
    """The block of an ASN: IANA assigns 1,024 ASNs at a time, by region."""
    block = asn >> 10
    yield f"AS{block << 10}/1024"
    yield f"AS{asn >> 13 << 13}/8192"
    yield f"AS*{(block or 1).bit_length()}"


def judgement_feature(asn: int) -> str:
    """The label of an ASN as a feature; its weight is added to the name's."""
    return f"{JUDGED}{mark_of(asn) or NOT_READ}"


def _length(words: list[str]) -> str:
    return f"words:{min(len(words), 6)}"


@lru_cache(maxsize=1)
def network_model() -> NetworkModel:
    """The model that the product ships."""
    lines = files("tracker.enrichment").joinpath("data/network_weights.txt").read_text("utf-8").splitlines()
    table = dict(line.rsplit("\t", 1) for line in lines if line and not line.startswith("#"))
    weights = {feature: int(hundredths) / 100 for feature, hundredths in table.items()}
    return NetworkModel(weights, *(weights.pop(name) for name in ("bias:", "threshold:", "possible:")))
