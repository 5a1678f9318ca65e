"""Which social networks are worth keeping, trying and leaving, by the six kinds of Cavazza's panorama.

The networks and their kinds are tracker.enrichment.source.social_networks's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from tracker.enrichment.source.social_networks import KIND_BY_NAME, SocialKind
from tracker.reports.advice.bringing import LEAST_VISITS_OF_VALUE, Bringing


class Verdict(StrEnum):
    """What to do with a network. Less: it brings companies, but fewer than others. Open: its visits do not say. Few: too few visits."""

    KEEP = "keep"
    TRY = "try"
    LEAVE = "leave"
    LESS = "less"
    OPEN = "open"
    FEW = "few"


@dataclass(frozen=True)
class Network:
    """A network that visits came from, with those of companies; `expected` as in Bringing."""

    name: str
    kind: SocialKind
    visits: int
    theirs: int
    expected: float
    verdict: Verdict


def networks(all_visits: pd.DataFrame, sources: Sequence[Bringing]) -> list[Network]:
    """Returns the social networks of a frame of window.visits_by_week, by kind and then the most visits first.

    Keep is one that brings companies more than others do. Leave is one that brought none, where others would have. Try
    is one of a kind that is kept, whose own visits are too few to say.
    """
    judged = {one.value: one for one in sources}
    visits = {name: int(all_visits.loc[name].sum()) for name in all_visits.index if name in KIND_BY_NAME}
    kept = {KIND_BY_NAME[name] for name in visits if name in judged and judged[name].passes}
    found = [_network(name, number, judged.get(name), kept) for name, number in visits.items()]
    return sorted(found, key=lambda one: (list(SocialKind).index(one.kind), -one.visits, one.name))


def _network(name: str, visits: int, judged: Bringing | None, kept: Collection[SocialKind]) -> Network:
    theirs, expected = (judged.theirs, judged.expected) if judged else (0, 0.0)
    if judged is None or visits < LEAST_VISITS_OF_VALUE:
        verdict = Verdict.TRY if KIND_BY_NAME[name] in kept else Verdict.FEW
    elif judged.passes:
        verdict = Verdict.KEEP
    elif judged.falls_short:
        verdict = Verdict.LESS if judged.theirs else Verdict.LEAVE
    else:
        verdict = Verdict.OPEN
    return Network(name, KIND_BY_NAME[name], visits, theirs, expected, verdict)
