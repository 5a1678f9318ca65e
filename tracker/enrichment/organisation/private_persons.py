"""Whether a name is a private person's: hobby networks are registered to people, who are never shown as companies.

Pure. data/given_names.txt has given names of many countries; a name without a legal form, whose words say nothing of an
organisation and which begins with one, is a person's. So is that of somebody who trades under another name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from tracker.enrichment.organisation.legal_forms import without_legal_form
from tracker.enrichment.organisation.name_tokens import groups_of, tokens_of

_SOLE_TRADER = re.compile(r"\b(?:trading as|t/a|d/b/a|sole propriet\w*)\b|\be\.\s?u\.?$", re.IGNORECASE)
# What a registry writes around a name: the AS number before it, behind it a number of tax or a sign that it trades alone.
_AROUND = re.compile(r"^AS\d+\b[\s:-]*|[\s-]+(?:\d{6,}|ME|MEI|EPP)$")
_MOST_WORDS = 5
_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]?")


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    lines = files("tracker.enrichment").joinpath("data/given_names.txt").read_text("utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def is_private_person(name: str) -> bool:
    """Whether a name seems to be a person's, or a sole trader's."""
    if _SOLE_TRADER.search(name):
        return True
    name = _AROUND.sub("", name)
    written = name.replace(",", " ").split()
    if not 2 <= len(written) <= _MOST_WORDS or any(letter.isdigit() for letter in name):
        return False
    words = tokens_of(name)
    if not words or groups_of(words) or without_legal_form(written) != written:
        return False
    family_first = words[-1] in _given_names() and (len(written) == 2 or "," in name)
    return words[0] in _given_names() or family_first


def may_be_private_person(name: str) -> bool:
    """Whether a name may be a person’s: two to four words without a legal form, which say nothing of an organisation.

    Given names are of many more languages than the list has, and a handle may stand for a person as well. A name that begins
    with a given name says nothing by its other words: "Seastrom" is not a power company.
    """
    name = _AROUND.sub("", name)
    written = _ASIDE.sub(" ", name).replace(",", " ").split()
    if not 2 <= len(written) < _MOST_WORDS or any(letter.isdigit() for letter in name):
        return False
    words = tokens_of(name)
    return without_legal_form(written) == written and (words[0] in _given_names() or not groups_of(words))
