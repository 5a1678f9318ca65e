"""The words of names in lower case without accents, and which words a name cannot have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.organisation.name_tokens import may_have_token, that_may_have_token, tokens_of

NAMES = ["École Exemple", "Brøndby Straße", "Æro Łódź", "Завод Exemple", "ＦＵＬＬ Ltd", "ﬁne K", "S.A. Exemple"]


@pytest.mark.parametrize("name", NAMES)
def test_a_word_of_a_name_is_never_told_to_be_none(name: str) -> None:
    assert all(may_have_token(name, one) for one in tokens_of(name))
    assert not may_have_token(name, "absent")


@given(st.text())
def test_a_word_of_any_text_is_never_told_to_be_none(name: str) -> None:
    assert all(may_have_token(name, one) for one in tokens_of(name))


@given(st.lists(st.text()), st.data())
def test_of_many_names_the_same_are_left_as_of_each_alone(names: list[str], data: st.DataObject) -> None:
    tokens = ["", "exemple", "é", *(token for name in names for token in tokens_of(name))]
    token = data.draw(st.sampled_from(tokens))
    assert list(that_may_have_token(names, token)) == [name for name in names if may_have_token(name, token)]


def test_many_names_with_a_word_are_found_whatever_their_spelling() -> None:
    assert list(that_may_have_token([*NAMES, "two\nexemple"], "exemple")) == [
        NAMES[0],
        NAMES[3],
        NAMES[6],
        "two\nexemple",
    ]
    assert list(that_may_have_token(NAMES, "strasse")) == [NAMES[1]]
