"""The legal form in a company's name, kept apart from the name: "Renault Trucks SAS" is Renault Trucks and SAS.

Pure. The forms are ISO 20275's (data/legal_forms.txt); a form is compared without spaces, dots, accents and capitals, so
that "S.A.S.", "S. A. S." and "sas" are one.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tracker.enrichment.organisation.name_tokens import tokens_of

_LONGEST = 7
# Forms that stand in front, in Russian, Ukrainian, Baltic, Indonesian, Romanian and French names.
IN_FRONT = frozenset(
    "ooo zao oao pao ao too tov tzov zat tat jsc pjsc cjsc ojsc llc fop uab sia pt cv sc ste sarl sas eurl selarl sasu snc "
    "limitedliabilitycompany jointstockcompany privatejointstockcompany publicjointstockcompany closedjointstockcompany openjointstockcompany "
    "societe anonymous".split()
) - {"societe", "anonymous"}


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset(files("tracker.enrichment").joinpath("data/legal_forms.txt").read_text("utf-8").split())


@lru_cache(maxsize=8_192)
def _compact(token: str) -> str:
    return "".join(tokens_of(token))


def is_legal_form(text: str) -> bool:
    """Whether a text is a legal form and nothing else."""
    return _compact(text) in _forms()


def without_legal_form(tokens: list[str]) -> list[str]:
    """The tokens of a name less the legal forms at its end and in front of it; a name that is nothing else stays."""
    compact = [_compact(token) for token in tokens]
    end = len(tokens)
    while shorter := _form_before(compact, end):
        end = shorter
    start = _form_in_front(compact, end)
    return tokens[start:end]


@lru_cache(maxsize=1)
def _endings() -> frozenset[str]:
    """The endings of all forms: what is none of them ends no form, however much is put before it."""
    return frozenset(form[cut:] for form in _forms() for cut in range(len(form)))


def _form_before(compact: list[str], end: int) -> int:
    """Where the longest form that ends at a place begins; 0 when there is none, or nothing before it."""
    forms, endings = _forms(), _endings()
    begin, tail = 0, ""
    for place in range(end - 1, max(0, end - 1 - _LONGEST), -1):
        tail = compact[place] + tail
        if tail and tail not in endings:
            break
        if not tail or tail in forms:
            begin = place
    return begin


def _form_in_front(compact: list[str], end: int) -> int:
    start, head = 0, ""
    for place in range(min(4, end - 1)):
        head += compact[place]
        if head in IN_FRONT:
            start = place + 1
    return start


def name_key(name: str) -> str:
    """What the spellings of one name have in common: its words without legal form, article, capitals and accents."""
    return "".join(tokens_of(" ".join(without_legal_form(name.split())))).removeprefix("the")
