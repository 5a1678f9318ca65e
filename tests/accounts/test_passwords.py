"""What will do for a password: kinds that are easily guessed, and sentences that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.accounts.passwords import check_password, hash_password, password_fits
from tracker.db.invalid import Invalid

EMAIL = "lea.martin@exemple.fr"
SITES = ["blog.atelier-plume.fr"]


def check(password: str) -> None:
    check_password(password, email=EMAIL, domains=SITES)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("", id="nothing"),
        pytest.param("court", id="short"),
        pytest.param(" " * 10, id="ten-spaces"),
        pytest.param("\u3000\u00a0" * 6, id="wide-and-hard-spaces"),
        pytest.param("   court       ", id="spaces-at-its-ends"),
        pytest.param("co" + " " * 12 + "urt", id="spaces-within"),
        pytest.param("a\u200b\u2060" * 6, id="signs-without-width"),
        pytest.param("a\x00" * 6, id="control-characters"),
    ],
)
def test_a_length_is_of_what_one_sees(password: str) -> None:
    with pytest.raises(Invalid, match="at least 10 characters"):
        check(password)


@pytest.mark.parametrize(
    "password",
    [
        EMAIL,
        EMAIL.upper(),
        f"{EMAIL}2026",
        "lea.martin1985",
        "Martin-Martin",
        "exemple.fr exemple.fr",
        "blog.atelier-plume.fr",
        "AtelierPlume26!",
        "webleads2026!",
        "exemplemotdepasse",
    ],
)
def test_the_own_email_and_the_sites_are_no_password(password: str) -> None:
    with pytest.raises(Invalid, match="contains the email or a site’s name"):
        check(password)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaa", "éééééééééé", "!!!!!!!!!!!!", "11112222333344", "abcabcabcabc", "123123123123",
        "1234567890", "0987654321", "abcdefghij", "azertyuiop", "qwertzuiop", "a1b2c3d4e5f6", "qwerty123456",
        "AzertyUiop123!", "1q2w3e4r5t", "password123", "P@ssw0rd2026!", "motdepasse1", "Motdepasse2026!",
        "123456azerty", "bonjour123", "soleil2026!!", "passwordpassword", "i love you!!!", "administrateur",
    ],
)  # fmt: skip
def test_common_passwords_and_patterns_are_refused(password: str) -> None:
    with pytest.raises(Invalid, match="easy to guess"):
        check(password)


@pytest.mark.parametrize(
    "password",
    [
        "une phrase de passe", "les chats dorment", "mon chat est gris", "tX9#kq2!Lm", "Zq7vTn3pXw", "4f9a1c7e0b",
        "горы и море далеко", "日本語のとても長い合言葉です", "exemple et une longue phrase", "le soleil brille à Brest",
    ],
)  # fmt: skip
def test_sentences_and_random_signs_will_do(password: str) -> None:
    check(password)


def test_a_password_longer_than_anybody_types_is_refused() -> None:
    with pytest.raises(Invalid, match="more than 1000 characters"):
        check("une phrase de passe " * 60)


@given(st.text(max_size=60))
def test_any_text_will_do_or_is_refused_in_words(password: str) -> None:
    try:
        check(password)
    except Invalid:
        return
    assert len(password.strip()) >= 10


def test_a_hash_fits_its_password_alone_and_no_hash_fits_none() -> None:
    kept = hash_password("une phrase de passe")
    assert kept.startswith("scrypt:32768:8:3$")
    assert password_fits(kept, "une phrase de passe")
    assert not password_fits(kept, "une autre phrase")
    assert not password_fits(None, "nobody's password")
