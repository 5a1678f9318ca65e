"""Well-known companies with networks of their own: the share that is sure or possible by the network's name and number alone.

The names are in well_known_companies.txt; a network is one of theirs where its registered name begins with the company's words.
What is counted is companies: one counts where most of its networks are sure or possible, before any visitor's evidence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from unicodedata import combining, normalize

from tests.eval.measure import SHARED, Measure, timed
from tools import make_network_weights as making
from tracker.enrichment.company.evidence import EvidenceCode
from tracker.enrichment.network.kind import LEAD_KINDS, NetworkKind, classify_organisation

_COMPANIES = Path(__file__).with_name("well_known_companies.txt")
# A network of a company's name that is somebody else's: another firm, a university, or a provider of that name.
_OTHERS = re.compile(
    r"telecom|telekom|\btel\b|internet|broadband|hosting|\bisp\b|cable|university|school|networks?\b|\bnet\b|communications|datacom"
)


class _Network(NamedTuple):
    asn: int
    name: str


def measures() -> Iterable[Measure]:
    companies = _networks_of_companies(making.names_of(SHARED / "geo" / "asn.mmdb"))
    networks = [network for own in companies.values() for network in own]
    judged, microseconds = timed(lambda one: classify_organisation(one.name, one.asn), networks)
    kinds = {one.asn: (kind, why.code) for one, (kind, why) in zip(networks, judged, strict=True)}

    def share(own: list[_Network], *, sure_only: bool) -> float:
        return sum(_is_shown(*kinds[one.asn], sure_only=sure_only) for one in own) / len(own)

    sure = sum(share(own, sure_only=True) >= 0.5 for own in companies.values()) / len(companies)
    missed = {company: own for company, own in companies.items() if share(own, sure_only=False) < 0.5}
    figures = {
        "sure": sure,
        "sure or possible": 1 - len(missed) / len(companies),
        "networks, sure or possible": share(networks, sure_only=False),
    }
    mistakes = [
        f"{company}: "
        + "; ".join(f"AS{one.asn} {one.name} ({kinds[one.asn][0]}, {kinds[one.asn][1]})" for one in own[:4])
        for company, own in missed.items()
    ]
    yield Measure("well known", "companies with networks of their own", len(companies), figures, microseconds, mistakes)


def _is_shown(kind: NetworkKind, code: str, *, sure_only: bool) -> bool:
    return kind in LEAD_KINDS or (not sure_only and code == EvidenceCode.NAME_POSSIBLE)


def _networks_of_companies(names: Mapping[int, str]) -> dict[str, list[_Network]]:
    """The networks of each company that has any."""
    by_first: dict[str, list[tuple[str, _Network]]] = defaultdict(list)
    for asn, name in names.items():
        key = _key(name)
        by_first[key.split(" ")[0]].append((f"{key} ", _Network(asn, name)))
    found = {}
    for line in _COMPANIES.read_text("utf-8").splitlines():
        company = _key(line)
        if company and not line.startswith("#"):
            own = [one for key, one in by_first[company.split(" ")[0]] if key.startswith(f"{company} ")]
            own = [one for one in own if not _OTHERS.search(_key(one.name)[len(company) :])]
            if own:
                found[line] = own
    return found


def _key(name: str) -> str:
    plain = "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", plain.replace("'", "").lower()))
