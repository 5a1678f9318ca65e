"""The keys by which a company is found by its name: exact (without its legal form) and loose (its significant words).

Pure. Registers are indexed by these keys, so a change of them needs a new import (store.FORMAT).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracker.enrichment.organisation.legal_forms import without_legal_form
from tracker.enrichment.organisation.name_tokens import tokens_of

# French forms that stand in front of a name and are not in the list of ISO 20275, or stand in front only in French.
_FORMS_IN_FRONT = frozenset("sci scp gaec earl scea scm sccv selas selarl selurl scop scic sem spl gie gfa".split())
_CONJUNCTIONS = frozenset("et and und".split())
_ARTICLES = frozenset("de du des d la le les l the of".split())
# Words that tell a company from its group or its branch, and no more.
GROUP_WORDS = frozenset("france groupe group holding international europe global worldwide".split())
# They and these do not count at the ends of a name.
_GENERIC = GROUP_WORDS | frozenset("cie compagnie company societe ste".split())
_SPELLINGS = {
    "saint": "st",
    "sainte": "ste",
    "saints": "sts",
    "compagnie": "cie",
    "etablissements": "ets",
    "freres": "fres",
}
# Public bodies are called by several words; the first of a row is what stands for all.
_BODIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("commune", ("commune", "ville", "mairie")),
    ("departement", ("departement", "conseil departemental", "conseil general")),
    ("region", ("region", "conseil regional")),
    ("communaute communes", ("communaute communes", "cc")),
    ("communaute agglomeration", ("communaute agglomeration", "agglomeration", "agglo")),
    ("syndicat intercommunal", ("syndicat intercommunal", "si")),
    ("hopital universitaire", ("centre hospitalier universitaire", "chu", "centre hospitalier regional universitaire")),
    ("hopital", ("centre hospitalier", "hopital", "centre hospitalier general")),
    ("chambre commerce industrie", ("chambre commerce industrie", "cci")),
)
_BODY_WORDS = {tuple(word.split()): body.split() for body, words in _BODIES for word in words}
_LONGEST_BODY = max(map(len, _BODY_WORDS))


class NameKeys(NamedTuple):
    """The keys of one name. `words` are those of the exact key.

    `form` is the legal form in the name, folded; `form_words` are the words that it consists of, of which each may be one.
    """

    exact: str
    loose: str
    words: tuple[str, ...]
    form: str
    form_words: tuple[str, ...]


def name_keys(name: str) -> NameKeys | None:
    """Returns the keys of a name; None for a name without a letter or digit."""
    tokens = name.replace("’", "'").split()
    kept = without_legal_form(tokens)
    words = [word for word in tokens_of(" ".join(kept)) if word not in _CONJUNCTIONS]
    form_words = _form_between(tokens, kept)
    if len(words) > 1 and words[0] in _FORMS_IN_FRONT:
        form_words, words = form_words or (words[0],), words[1:]
    if len(words) > 1 and words[-1] in {"cie", "compagnie"}:
        words = words[:-1]
    if not words:
        return None
    words = [_SPELLINGS.get(word, word) for word in words]
    return NameKeys(" ".join(words), " ".join(_significant(words)), tuple(words), "".join(form_words), form_words)


def _form_between(tokens: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    """The words of the legal form that was taken from a name, each folded."""
    if len(kept) == len(tokens):
        return ()
    ends = next(
        (end for end in range(len(tokens), 0, -1) if list(tokens[end - len(kept) : end]) == list(kept)), len(tokens)
    )
    taken = [*tokens[: ends - len(kept)], *tokens[ends:]]
    return tuple("".join(tokens_of(word)) for word in taken)


def _significant(words: Sequence[str]) -> list[str]:
    """The words of a name less its articles and what a group or branch adds, public bodies called by one name."""
    bare = [word for word in words if word not in _ARTICLES] or list(words)
    for length in range(min(_LONGEST_BODY, len(bare) - 1), 0, -1):
        body = _BODY_WORDS.get(tuple(bare[:length]))
        if body is not None:
            return [*body, *bare[length:]]
    while len(bare) > 1 and bare[-1] in _GENERIC:
        bare = bare[:-1]
    while len(bare) > 1 and bare[0] in _GENERIC:
        bare = bare[1:]
    return bare


def town_key(town: str) -> str:
    """What the spellings of a town have in common: without accents, district and CEDEX."""
    words = [_SPELLINGS.get(word, word) for word in tokens_of(town)]
    if "cedex" in words:
        words = words[: words.index("cedex")]
    return " ".join(word for word in words if not word[0].isdigit() and word not in {"arrondissement", "e", "er"})
