"""Companies: display names for names of real networks, and how long the cascade takes."""

from __future__ import annotations

from collections.abc import Iterable

import maxminddb

from tests.eval.measure import SHARED, Measure, timed
from tracker.enrichment.company.cascade import Clues, identify_company
from tracker.enrichment.geo.records import NetworkRecord
from tracker.enrichment.network.kind import identify_network
from tracker.enrichment.organisation.display_name import clean_organisation_name

_SOME = 20_000


def measures() -> Iterable[Measure]:
    with maxminddb.open_database(SHARED / "geo" / "asn.mmdb") as reader:
        fields = (record for _, record in reader if isinstance(record, dict))
        found = {str(one["autonomous_system_organization"]): one["autonomous_system_number"] for one in fields}
    names = sorted(found)[:: max(1, len(found) // _SOME)]
    clean_organisation_name("Exemple SAS")
    cleaned, microseconds = timed(clean_organisation_name, names)
    shouted = [name for name in cleaned if name.isupper() and len(name) > 12]
    yield Measure(
        "company", "names of networks", len(names), {"in capitals": len(shouted) / len(names)}, microseconds, shouted
    )
    yield from _cascade([(name, found[name]) for name in names])


def _cascade(networks: list[tuple[str, int]]) -> Iterable[Measure]:
    def identify(network: tuple[str, int]) -> object:
        record = NetworkRecord(asn=network[1], organisation=network[0])
        return identify_company(Clues("192.0.2.1", record, identify_network(record)))

    classified = [(f"{name} ", number) for name, number in networks]
    for words, asked in (("nothing cached", classified), ("all cached", classified)):
        answers, microseconds = timed(identify, asked)
        named = sum(answer is not None for answer in answers) / len(answers)
        yield Measure("company", f"the cascade, {words}", len(asked), {"named": named}, microseconds)
