"""Companies that may be the same are offered: by their domain, by generic words, by the beginning of the name."""

from __future__ import annotations

from datetime import datetime

from tracker.leads.companies.known import ListedCompany
from tracker.leads.corrections.suggestions import same_beginning

DAY = datetime(2026, 11, 10)  # noqa: DTZ001 - as the store has it


def _company(name: str, domain: str | None = None, *, sure: bool = True) -> ListedCompany:
    return ListedCompany(name, domain, sure, DAY, DAY)


def test_the_likeliest_is_offered_first_and_no_uncertain_one() -> None:
    known = [
        _company("Exemple", "exemple.fr"),
        _company("Exemple Technologies France"),
        _company("Exemple County Schools"),
        _company("Other name", "exemple.fr"),
        _company("Exemple Typed", sure=False),
        _company("Exemplebank"),
    ]
    assert same_beginning("Exemple", known) == ["Other name", "Exemple Technologies France", "Exemple County Schools"]
    assert same_beginning("Exemplebank", known) == []
