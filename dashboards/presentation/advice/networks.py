"""The social networks of a site with what to do with each, in words."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from dashboards.presentation import labels, numbers
from dashboards.translations import message, translate
from tracker.enrichment.source.social_networks import SocialKind
from tracker.reports.advice.networks import Network, Verdict

_VERDICTS = MappingProxyType(
    {
        Verdict.KEEP: message("Keep: it brings companies more than others do."),
        Verdict.TRY: message("Try: another network of this kind brings you companies."),
        Verdict.LEAVE: message("Leave: it brought no company."),
        Verdict.LESS: message("It brings companies, but fewer than others do."),
        Verdict.OPEN: message("Nothing sets it apart from others."),
        Verdict.FEW: message("Too few visits to say."),
    }
)


@dataclass(frozen=True)
class NetworkRow:
    name: str
    visits: str
    theirs: str
    verdict: str
    tone: str


def networks_by_kind(language: str, networks: list[Network]) -> list[tuple[str, list[NetworkRow]]]:
    """Returns all six kinds with the networks that visits came from; a kind may have none."""
    return [
        (
            translate(language, labels.SOCIAL_KINDS[kind]),
            [_row(language, one) for one in networks if one.kind is kind],
        )
        for kind in SocialKind
    ]


def _row(language: str, one: Network) -> NetworkRow:
    visits, theirs = (numbers.count(language, number, compact=False) for number in (one.visits, one.theirs))
    return NetworkRow(one.name, visits, theirs, translate(language, _VERDICTS[one.verdict]), one.verdict.value)
