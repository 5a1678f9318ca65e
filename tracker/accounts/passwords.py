"""Checks and hashes passwords: a password must be long enough and hard to guess; only a slow hash of it is stored.

Source: NIST SP 800-63B, 5.1.1.2. It asks for a minimum length and for lists of common and personal words. It advises
against rules about kinds of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

from tracker.db.invalid import Invalid

MIN_PASSWORD = 10
_MAX_PASSWORD = 1000  # hashing time grows with the length, and nobody types more
# OWASP's password storage cheat sheet: scrypt with N = 2^15, r = 8 takes p = 3; werkzeug writes them into the hash.
_METHOD = "scrypt:32768:8:3"

_COMMON = Path(__file__).parent / "data" / "common_passwords.txt"
_PRODUCT = "webleads"
# So many characters must be left once repetitions, rows of keys and the user's own names are removed.
_LEAST_LEFT = 6
# Shorter parts of an email or a domain occur in many ordinary words.
_LEAST_OWN_WORD = 4
# A common word stays easy to guess with up to so many digits or punctuation marks around it.
_MOST_AROUND = 6
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl",
    "zxcvbnm", "qwertzuiop", "yxcvbnm", "qazwsxedcrfvtgbyhnujmikolp",
)  # fmt: skip
_DISGUISES = str.maketrans("0134578@$!€", "oieastbasie")


def check_password(password: str, *, email: str, domains: Iterable[str] = ()) -> None:
    """Raises Invalid for a password that is too short, too long, easily guessed, or made of the user's email or sites."""
    seen = _seen(password)
    if len(seen) < MIN_PASSWORD:
        raise Invalid("The password needs at least %(least)s characters.", least=str(MIN_PASSWORD))
    if len(password) > _MAX_PASSWORD:
        raise Invalid("The password has more than %(most)s characters.", most=str(_MAX_PASSWORD))
    plain = _letters_and_digits(seen)
    left = plain
    for word in _own_words(email, domains):
        left = left.replace(word, "")
    if left != plain and (len(_without_patterns(left)) < _LEAST_LEFT or _is_common(left)):
        raise Invalid("The password contains the email or a site’s name; choose one without them.")
    if len(_without_patterns(plain or seen)) < _LEAST_LEFT or _is_common(seen.casefold()):
        raise Invalid("The password is easy to guess; choose a less common one, such as a sentence.")


def hash_password(password: str) -> str:
    """Returns the hash to store."""
    return generate_password_hash(password, method=_METHOD)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Returns whether the password matches the hash. Takes as long for None, so that timing does not show who has an account."""
    fits = check_password_hash(password_hash or _hash_of_nobody(), password[:_MAX_PASSWORD])
    return fits and password_hash is not None


def _seen(password: str) -> str:
    """Returns the password as it looks: without invisible characters, with single spaces, trimmed."""
    visible = (" " if char.isspace() else char for char in password if char.isspace() or _has_width(char))
    return " ".join("".join(visible).split())


def _has_width(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Mn")


def _letters_and_digits(text: str) -> str:
    """Returns the letters and digits only: in lower case, without accents, of normal width."""
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def _own_words(email: str, domains: Iterable[str]) -> list[str]:
    """Returns the words that are personal to the user, the longest first."""
    local, _, host = email.partition("@")
    names = [_PRODUCT, email, local, *re.split(r"[._+-]", local)]
    for domain in (host, *domains):
        names += [domain, *domain.split(".")[:-1]]
    words = {_letters_and_digits(name) for name in names}
    return sorted((word for word in words if len(word) >= _LEAST_OWN_WORD), key=len, reverse=True)


def _is_common(text: str) -> bool:
    """Whether it is a common password, also with a few characters around it or with look-alikes in place of letters."""
    common = _common_passwords()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    forms = {text, _letters_and_digits(text), _letters_and_digits(text.translate(_DISGUISES))}
    if len(_without_patterns(_letters_and_digits(text))) - len(_letters_and_digits(core)) <= _MOST_AROUND:
        forms |= {_letters_and_digits(core), _letters_and_digits(core.translate(_DISGUISES))}
    return any(_unit(form) in common for form in forms)


def _without_patterns(text: str) -> str:
    """Returns the text with each repetition once, and of each row of keys, letters or digits the first two."""
    text = re.sub(r"(.)\1+", r"\1", _unit(text))
    if _in_a_row(text[::2]) and _in_a_row(text[1::2]):  # a1b2c3d4e5
        return text[:4]
    left: list[str] = []
    for index, char in enumerate(text):
        if index < 2 or not _in_a_row(text[index - 2 : index + 1]):
            left.append(char)
    return "".join(left)


def _unit(text: str) -> str:
    """Returns the unit of a text that is one unit repeated; else the text."""
    again = (text + text).find(text, 1)
    return text[:again] if 0 < again < len(text) else text


def _in_a_row(text: str) -> bool:
    return len(text) > 1 and any(text in row or text in row[::-1] for row in _ROWS)


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@cache
def _hash_of_nobody() -> str:
    return generate_password_hash("nobody's password", method=_METHOD)
