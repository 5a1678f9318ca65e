"""The legal form in a company's name, kept apart from the name: "Renault Trucks SAS" is Renault Trucks and SAS.

Pure. The forms are ISO 20275's (data/legal_forms.txt); a form is compared without spaces, dots, accents and capitals, so
that "S.A.S.", "S. A. S." and "sas" are one.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tracker.enrichment.organisation_words import words_of

_LONGEST = 7
# Forms that stand in front, in Russian, Ukrainian, Baltic, Indonesian, Romanian and French names.
_IN_FRONT = frozenset(
    "ooo zao oao pao ao too tov tzov jsc pjsc cjsc ojsc llc fop uab sia pt cv sc ste sarl sas eurl selarl sasu snc "
    "limitedliabilitycompany jointstockcompany privatejointstockcompany publicjointstockcompany closedjointstockcompany openjointstockcompany "
    "societe anonymous".split()
) - {"societe", "anonymous"}


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset(files("tracker.enrichment").joinpath("data/legal_forms.txt").read_text("utf-8").split())


@lru_cache(maxsize=65_536)
def _compact(token: str) -> str:
    return "".join(words_of(token))


def without_legal_form(tokens: list[str]) -> list[str]:
    """The tokens of a name less the legal forms at its end and in front of it; a name that is nothing else stays."""
    compact = [_compact(token) for token in tokens]
    end = len(tokens)
    while shorter := _form_before(compact, end):
        end = shorter
    start = _form_in_front(compact, end)
    return tokens[start:end]


def _form_before(compact: list[str], end: int) -> int:
    """Where the form that ends at a place begins; 0 when there is none, or nothing before it."""
    forms = _forms()
    for length in range(min(_LONGEST, end - 1), 0, -1):
        tail = "".join(compact[end - length : end])
        if tail in forms or not tail:
            return end - length
    return 0


def _form_in_front(compact: list[str], end: int) -> int:
    start, head = 0, ""
    for place in range(min(4, end - 1)):
        head += compact[place]
        if head in _IN_FRONT:
            start = place + 1
    return start


def name_key(name: str) -> str:
    """What the spellings of one name have in common: its words without legal form, article, capitals and accents."""
    return "".join(words_of(" ".join(without_legal_form(name.split())))).removeprefix("the")
