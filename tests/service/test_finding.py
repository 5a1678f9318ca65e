from __future__ import annotations

from tracker.service.finding import Finding


def test_the_words_are_the_sentence_with_its_values() -> None:
    assert Finding("good", "%(free)s GB free", {"free": "1.5"}).words == "1.5 GB free"


def test_a_sentence_without_values_is_taken_as_it_is() -> None:
    assert Finding("problem", "City.mmdb: 100 % broken").words == "City.mmdb: 100 % broken"
