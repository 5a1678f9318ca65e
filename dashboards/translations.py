"""Translations without a request: emails and words are in a site's or a person's language, named by its code.

Owns where the catalogues are and which languages there are. Pages translate through Flask-Babel from the same files.
"""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations

FOLDER = Path(__file__).parent / "web" / "translations"
LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "en"


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of a language; English, which the code is written in, for one that has none."""
    return Translations.load(FOLDER, [language])


def translate(language: str, message: str, **values: object) -> str:
    """The message in a language, with its `%(name)s` places filled."""
    text = catalogue(language).gettext(message)
    return text % values if values else text


def translate_plural(language: str, one: str, many: str, number: int, **values: object) -> str:
    """As `translate`, in the form that the number asks for; `%(num)s` is the number unless `values` words it."""
    return catalogue(language).ngettext(one, many, number) % ({"num": number} | values)


def message(text: str) -> str:
    """Marks a text for the catalogue where it is only looked up later."""
    return text
