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
_MOST_WORDS = 5


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    lines = files("tracker.enrichment").joinpath("data/given_names.txt").read_text("utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def is_private_person(name: str) -> bool:
    """Whether a name seems to be a person's, or a sole trader's."""
    if _SOLE_TRADER.search(name):
        return True
    written = name.replace(",", " ").split()
    if not 2 <= len(written) <= _MOST_WORDS or any(letter.isdigit() for letter in name):
        return False
    words = tokens_of(name)
    if not words or groups_of(words) or without_legal_form(written) != written:
        return False
    family_first = words[-1] in _given_names() and (len(written) == 2 or "," in name)
    return words[0] in _given_names() or family_first
