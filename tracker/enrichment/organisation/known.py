"""Well-known organisations, by name or ASN: companies, carriers and hosts whose words would mislead.

Pure. data/known_asns.csv and data/known_organisations.csv are ours; data/listed_companies.csv holds companies of the
large stock indices. A name is compared without its legal form.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from tracker.enrichment.organisation.legal_forms import IN_FRONT, name_key
from tracker.enrichment.organisation.name_tokens import tokens_of


class KnownOrganisation(NamedTuple):
    """An organisation as people call it, its site, and its network kind."""

    name: str
    domain: str | None
    kind: str


def _rows(file: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(files("tracker.enrichment").joinpath(f"data/{file}").read_text("utf-8").splitlines())


@lru_cache(maxsize=1)
def _known_asns() -> dict[int, str]:
    return {int(row["asn"]): row["kind"] for row in _rows("known_asns.csv")}


@lru_cache(maxsize=1)
def _names() -> dict[str, KnownOrganisation]:
    table: dict[str, KnownOrganisation] = {}
    for known, spelling in _spellings():
        table.setdefault(name_key(spelling), known)
    return table


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[KnownOrganisation, str], ...]:
    """Each known organisation with each of its spellings; ours come first."""
    rows = (row for file in ("known_organisations.csv", "listed_companies.csv") for row in _rows(file))
    return tuple(
        (KnownOrganisation(row["name"], row["domain"] or None, row["kind"]), spelling)
        for row in rows
        for spelling in (row["name"], *filter(None, row["also"].split("|")))
    )


def known_asn(asn: int | None) -> str | None:
    """The network kind of a well-known ASN."""
    return _known_asns().get(asn) if asn else None


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    """The first words of known names, by which most other names are ruled out."""
    return frozenset(tokens_of(spelling.removeprefix("The "))[0] for _, spelling in _spellings())


@lru_cache(maxsize=8_192)
def known_organisation(name: str) -> KnownOrganisation | None:
    """The organisation of a name, however its legal form and capitals are written."""
    return _names().get(name_key(name))


def may_be_known(words: list[str]) -> bool:
    """Whether a name of these words is worth comparing; the first word may be an article or a legal form."""
    known = _first_words()
    if words and (words[0] == "the" or words[0] in IN_FRONT):
        return words[0] in known or not known.isdisjoint(words[1:3])
    return bool(words) and words[0] in known
