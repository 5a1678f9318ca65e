"""Translations outside a request: emails and labels are in the language of a site or person, given by its code.

Owns the list of languages and the place of the catalogues. Pages use the same files through Flask-Babel.
"""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.numbers import format_decimal
from babel.support import Translations

FOLDER = Path(__file__).parent / "web" / "translations"
LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "en"


@cache
def catalogue(language: str) -> NullTranslations:
    """Returns the messages of a language. A language without a catalogue gets the English of the code."""
    return Translations.load(FOLDER, [language])


def translate(language: str, message: str, **values: object) -> str:
    """Returns the message in a language, with its `%(name)s` placeholders filled."""
    text = catalogue(language).gettext(message)
    return text % values if values else text


def translate_plural(language: str, one: str, many: str, number: int, **values: object) -> str:
    """Translates as `translate` does, in the plural form for a number. `%(num)s` is the number unless `values` has `num`."""
    written = format_decimal(number, locale=language) if number >= 1000 else number
    return catalogue(language).ngettext(one, many, number) % ({"num": written} | values)


def message(text: str) -> str:
    """Marks a text for the catalogue that is translated later. Returns it unchanged."""
    return text


def message_plural(one: str, many: str) -> tuple[str, str]:
    """Marks a text and its plural for the catalogue, for `translate_plural` later. Returns them unchanged."""
    return one, many
