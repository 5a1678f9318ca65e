"""The words of names in lower case without accents, and which words a name cannot have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.enrichment.organisation.name_tokens import may_have_token, tokens_of

NAMES = ["École Exemple", "Brøndby Straße", "Æro Łódź", "Завод Exemple", "ＦＵＬＬ Ltd", "ﬁne K", "S.A. Exemple"]


@pytest.mark.parametrize("name", NAMES)
def test_a_word_of_a_name_is_never_told_to_be_none(name: str) -> None:
    assert all(may_have_token(name, one) for one in tokens_of(name))
    assert not may_have_token(name, "absent")


@given(st.text())
def test_a_word_of_any_text_is_never_told_to_be_none(name: str) -> None:
    assert all(may_have_token(name, one) for one in tokens_of(name))
