from __future__ import annotations

import pytest

from tracker.reference.registers.entries import Entry
from tracker.reference.registers.labels import (
    SIZES,
    Label,
    activity_label,
    division_of,
    employees,
    form_label,
    section_of,
)
from tracker.reference.registers.sirene import SIZES as CODES


@pytest.mark.parametrize(
    ("entry", "language", "words"),
    [
        (Entry("sirene", "1", "A", activity="01.12Z", activity_list="NAFRev2"), "fr", "Culture du riz"),
        (
            Entry("sirene", "1", "A", activity="28.99B", activity_list="NAFRev2"),
            "en",
            "Manufacture of machinery and equipment n.e.c.",
        ),
        (
            Entry("sirene", "1", "A", activity="01.11Z", activity_list="NAFRev2", activity_2025="01.12Y"),
            "en",
            "Growing of rice",
        ),
        (Entry("sirene", "1", "A", activity="01.12Y", activity_list="NAF2025"), "fr", "Culture du riz"),
    ],
)
def test_says_what_a_company_does(entry: Entry, language: str, words: str) -> None:
    assert activity_label(entry, language) == Label(words, language)


def test_says_nothing_of_an_unknown_code() -> None:
    assert activity_label(Entry("sirene", "1", "A", activity="??"), "fr") is None


def test_says_the_legal_form() -> None:
    form = form_label(Entry("sirene", "1", "A", form="5710"))
    assert form is not None
    assert (form.words, form.language) == ("SAS, société par actions simplifiée", "fr")


@pytest.mark.parametrize(
    ("code", "words", "language"),
    [("2HBR", "Gesellschaft mit beschränkter Haftung", "de"), ("????", "", "")],
)
def test_says_the_legal_form_of_other_countries_in_their_words(code: str, words: str, language: str) -> None:
    found = form_label(Entry("gleif", "1", "A", form=code))
    assert (tuple(found) if found else ("", "")) == (words, language)


@pytest.mark.parametrize(
    ("activity", "section", "division"),
    [
        ("28.99B", "C", "28"),
        ("01.12Z", "A", "01"),
        ("62.10Y", "J", "62"),
        ("99.00Z", "U", "99"),
        ("??", "", ""),
        ("", "", ""),
    ],
)
def test_tells_the_section_and_division_of_an_activity(activity: str, section: str, division: str) -> None:
    assert (section_of(activity), division_of(activity)) == (section, division)


def test_every_size_has_its_numbers() -> None:
    assert list(SIZES) == list(CODES)
    assert employees(Entry("sirene", "1", "A", size="32")) == (250, 499)
