from __future__ import annotations

import json

from tracker.phrase import Phrase

FRENCH = {"%(file)s is not used: %(why)s": "%(file)s n’est pas utilisé : %(why)s", "it is empty": "il est vide"}


def test_is_an_english_text_that_another_language_can_word() -> None:
    phrase = Phrase("%(file)s is not used: %(why)s", file="a.mmdb", why=Phrase("it is empty"))
    assert phrase == "a.mmdb is not used: it is empty"
    assert json.dumps({"why": phrase}) == '{"why": "a.mmdb is not used: it is empty"}'
    assert (
        phrase.in_words_of(lambda sentence: FRENCH.get(sentence, sentence)) == "a.mmdb n’est pas utilisé : il est vide"
    )


def test_what_no_catalogue_has_stays_as_it_is() -> None:
    assert Phrase("100 % of it").in_words_of(str) == "100 % of it"
