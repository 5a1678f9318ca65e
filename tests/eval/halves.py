"""What thresholds that are chosen on one half of the labelled networks come to on the other half.

The network step chooses its thresholds by all of the labelled networks. Here they are chosen anew on a random half of the
names, with the same aims, and measured on the half that had no say in them.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.eval.measure import Measure

_SPLITS = 50
# The shares of providers that are aimed at where thresholds are chosen: below the limits of 1 % and 6 %, as what the
# other half comes to varies.
_SURE_AIM, _BOTH_AIM = 0.0075, 0.045


class Scored(NamedTuple):
    """A network under one of its names: by what it is shown, and by what as possible; infinite where rules decide."""

    name: str
    is_organisation: bool
    sure: float
    possible: float


class _Shares(NamedTuple):
    providers: float
    organisations: float
    providers_of_both: float
    organisations_of_both: float


def other_halves(data: str, scored: Sequence[Scored]) -> Iterable[Measure]:
    """Returns the shares on the other half: their mean, and the worst of the splits."""
    names = sorted({one.name for one in scored})
    draw = random.Random(1)  # the same halves each time
    found = []
    for _ in range(_SPLITS):
        chosen = set(draw.sample(names, len(names) // 2))
        by = [one for one in scored if one.name in chosen]
        found.append(_shares([one for one in scored if one.name not in chosen], *_thresholds(by)))
    columns = list(zip(*found, strict=True))
    for words, (providers, organisations) in (("sure", (0, 1)), ("both tiers", (2, 3))):
        figures = {
            "providers": statistics.fmean(columns[providers]),
            "highest": max(columns[providers]),
            "organisations": statistics.fmean(columns[organisations]),
            "lowest": min(columns[organisations]),
        }
        yield Measure("network", f"  other half, {words}, {data}", len(scored) // 2, figures, 0.0)


def _thresholds(scored: Sequence[Scored]) -> tuple[float, float]:
    """Returns the lowest pair with which the shares of providers stay at what is aimed at."""
    providers = [one for one in scored if not one.is_organisation]
    sure = _at_share([one.sure for one in providers], _SURE_AIM)
    # Those that are sure are of both tiers, whatever the second threshold is.
    return sure, _at_share([float("inf") if one.sure > sure else one.possible for one in providers], _BOTH_AIM)


def _at_share(scores: Sequence[float], share: float) -> float:
    return sorted(scores, reverse=True)[int(len(scores) * share)]


def _shares(scored: Sequence[Scored], sure: float, possible: float) -> _Shares:
    found = []
    for shown in (lambda one: one.sure > sure, lambda one: one.sure > sure or one.possible > possible):
        for is_organisation in (False, True):
            of_kind = [one for one in scored if one.is_organisation is is_organisation]
            found.append(sum(map(shown, of_kind)) / len(of_kind))
    return _Shares(*found)
