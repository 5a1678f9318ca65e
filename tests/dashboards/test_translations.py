from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import dashboards
from dashboards.translations import FOLDER

ROOT = Path(dashboards.__file__).parents[1]
METHODS = [
    ("dashboards/**.py", "python"),
    ("tracker/**.py", "python"),
    ("dashboards/web/templates/**.html", "jinja2"),
]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translate": (2,),
    "translate_plural": (2, 3),
    "message": None,
    "message_plural": (1, 2),
    "say": None,
    "Invalid": None,
}


@pytest.fixture(scope="module")
def french():  # type: ignore[no-untyped-def]
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale="fr")


@pytest.fixture(scope="module")
def messages() -> set[object]:
    found = extract_from_dir(
        ROOT, METHODS, {"dashboards/web/templates/**.html": {"trimmed": "true", "silent": "false"}}, keywords=KEYWORDS
    )
    return {identifier for _, _, identifier, _, _ in found}


def test_every_message_has_its_french(french, messages) -> None:  # type: ignore[no-untyped-def]
    assert len(messages) > 250
    missing = [one for one in messages if not (known := french.get(one)) or not known.string or not all(known.string)]
    assert missing == []


def test_no_french_is_left_of_messages_that_went(french, messages) -> None:  # type: ignore[no-untyped-def]
    known = {one if isinstance(one, str) else one[0] for one in messages}
    assert [
        one.id for one in french if one.id and (one.id if isinstance(one.id, str) else one.id[0]) not in known
    ] == []


def test_a_message_has_one_french_text() -> None:
    # A merge may keep two; the parser takes the last one without a word.
    lines = (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").read_text().splitlines()
    assert [two for two in pairwise(lines) if all(line.startswith("msgstr ") for line in two)] == []


def test_places_for_values_are_the_same_in_both_languages(french) -> None:  # type: ignore[no-untyped-def]
    def places(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    for one in french:
        english = one.id if isinstance(one.id, str) else one.id[1]
        for text in [one.string] if isinstance(one.string, str) else one.string:
            assert places(text) == places(english), one.id


def test_french_has_its_own_typography(french) -> None:  # type: ignore[no-untyped-def]
    for one in french:
        if not one.id:
            continue
        for text in [one.string] if isinstance(one.string, str) else one.string:
            assert "'" not in text, text
            assert not re.search(r"[ \w][;?!»]|(?<=[a-zé]):(?!\d)|«(?!\u202f)", text), text
