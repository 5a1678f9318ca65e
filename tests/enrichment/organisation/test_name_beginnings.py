"""Names that begin with another one: a branch by its generic words, or somebody else."""

from __future__ import annotations

import pytest

from tracker.enrichment.network.kind import classify_organisation
from tracker.enrichment.organisation.name_beginnings import begins_with_name, known_beginning, rest_is_generic


@pytest.mark.parametrize(
    ("name", "beginning", "is_generic"),
    [
        ("Capgemini Finland Oy", "Capgemini", True),
        ("Exemple Technology Services Ltd", "Exemple", True),
        ("Exemple SAS", "Exemple", True),
        ("Orange County Schools", "Orange", False),
        ("Exemplebank", "Exemple", False),
    ],
)
def test_only_generic_words_and_legal_forms_join_by_themselves(name: str, beginning: str, is_generic: bool) -> None:
    assert rest_is_generic(name, beginning) is is_generic


def test_another_name_is_offered_where_it_begins_with_all_words() -> None:
    assert begins_with_name("Orange County Schools", "Orange")
    assert not begins_with_name("Orangerie Exemple", "Orange")
    assert not begins_with_name("Orange", "Orange SA")


def test_a_branch_of_a_well_known_company_is_a_possible_one_whatever_a_word_of_it_says() -> None:
    known = known_beginning("Capgemini Finland Oy")
    assert known is not None
    assert known.name == "Capgemini"
    assert classify_organisation("Fujitsu Exemple Telecom", None)[1].code != "name_possible"
    assert classify_organisation("Fujitsu Services Ltd.", None)[1].code == "name_possible"
