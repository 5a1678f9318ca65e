"""Corrections to companies in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dashboards.translations import message, translate
from tracker.db.correction_models import CompanyCorrection
from tracker.leads.corrections.joining import AUTOMATIC
from tracker.leads.corrections.rules import MERGES, Kind

_SENTENCES = {
    Kind.RENAME: message("%(subject)s is shown as %(target)s"),
    Kind.MERGE: message("%(subject)s counts as %(target)s"),
    Kind.MERGE_POSSIBLE: message("%(subject)s counts as %(target)s"),
    Kind.NOT_A_COMPANY: message("%(subject)s is not a company: its network’s visits count for nobody"),
    Kind.NOT_ORGANISATION: message("Networks of %(subject)s identify no company"),
    Kind.NOT_ASN: message("AS%(subject)s identifies no company"),
    Kind.NOT_DOMAIN: message("Host names under %(subject)s identify no company"),
}


@dataclass(frozen=True)
class CorrectionRow:
    """A correction as the page lists it."""

    number: int
    text: str
    is_shared: bool
    made_by: str
    made_at: datetime
    is_automatic: bool


def correction_rows(language: str, made: Sequence[CompanyCorrection]) -> list[CorrectionRow]:
    """The corrections in words, in their order; one of a kind that this version does not know is left out."""
    return [
        CorrectionRow(
            one.id,
            translate(language, _SENTENCES[Kind(one.kind)], subject=one.subject, target=one.target or ""),
            one.site_id is None,
            one.made_by,
            one.made_at,
            one.made_by == AUTOMATIC,
        )
        for one in made
        if one.kind in set(Kind)
    ]


class JoinedName(NamedTuple):
    """A name whose visits count for a company; `number` is that of the correction that joins it."""

    name: str
    number: int
    is_automatic: bool


def joined_names(company: str, made: Sequence[CompanyCorrection]) -> list[JoinedName]:
    """The names that were merged into a company, by a person or by themselves."""
    return [
        JoinedName(one.subject, one.id, one.made_by == AUTOMATIC)
        for one in made
        if one.kind in MERGES and one.target == company
    ]
