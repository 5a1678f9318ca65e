"""The words of an organisation's name, and what they say: a bank, a ministry, a telephone company, a host.

Pure. Owns how a name is cut into words, and the list of significant words (data/organisation_words.txt). The classifier
and the rules decide what follows from them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
# Letters that are no letter with an accent, so that decomposing leaves them.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
# Beginnings and endings are looked for by so many letters first, since most words have none.
_BEGINNING = 3
_ENDING = 2

Groups = frozenset[str]
NO_GROUPS: Groups = frozenset()


class _Telling(NamedTuple):
    """The list by how a word is compared; beginnings and endings by their first and last letters."""

    whole: dict[str, Groups]
    beginnings: dict[str, list[tuple[str, Groups]]]
    endings: dict[str, list[tuple[str, Groups]]]
    pairs: dict[str, Groups]
    exceptions: dict[str, Groups]


def tokens_of(name: str) -> list[str]:
    """The words of a name in lower case without accents: "Crédit Agricole S.A." is credit, agricole, s, a."""
    text = name.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _WORD.findall(text)


def may_have_token(name: str, token: str) -> bool:
    """Whether a token can be among `tokens_of(name)`: False is certain, and known in a fraction of the time."""
    return not token.isascii() or token in _ascii(name)


def that_may_have_token(names: Sequence[str], token: str) -> Sequence[str]:
    """Those of many names of which `may_have_token` is true: all as one text, which takes a tenth of the time."""
    if not token.isascii():
        return names
    lines = _ascii("\n".join(names)).split("\n")
    if len(lines) != len(names):  # a name has a line break of its own
        return [name for name in names if may_have_token(name, token)]
    return [name for name, line in zip(names, lines, strict=True) if token in line]


def _ascii(text: str) -> str:
    """A text in lower case, without accents and without all that is not ASCII then."""
    text = text.lower()
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()


@lru_cache(maxsize=1)
def _telling() -> _Telling:
    whole, beginnings, endings, pairs, exceptions = (_entries(sort) for sort in ("whole", "*$", "*^", "_", "!"))
    by_beginning: dict[str, list[tuple[str, Groups]]] = {}
    for word, groups in beginnings.items():
        by_beginning.setdefault(word[:_BEGINNING], []).append((word, groups))
    by_ending: dict[str, list[tuple[str, Groups]]] = {}
    for word, groups in endings.items():
        by_ending.setdefault(word[-_ENDING:], []).append((word, groups))
    return _Telling(whole, by_beginning, by_ending, pairs, exceptions)


def _entries(sort: str) -> dict[str, Groups]:
    """The entries of a sort with their groups, without what marks the sort."""
    found: dict[str, set[str]] = {}
    for group, entry in _lines():
        if _sort_of(entry) == sort:
            found.setdefault(entry.replace("_", " ").strip("!*"), set()).add(group)
    return {word: frozenset(groups) for word, groups in found.items()}


def _sort_of(entry: str) -> str:
    if "_" in entry:
        return "_"
    if entry.startswith("!"):
        return "!"
    if entry.startswith("*"):
        return "*^"
    return "*$" if entry.endswith("*") else "whole"


@lru_cache(maxsize=1)
def _lines() -> tuple[tuple[str, str], ...]:
    """Each entry of the list with its group."""
    found: list[tuple[str, str]] = []
    group = ""
    for line in files("tracker.enrichment").joinpath("data/organisation_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            group = line.strip("[]")
        elif not line.startswith("#"):
            found += [(group, entry) for entry in line.split()]
    return tuple(found)


@lru_cache(maxsize=16_384)
def groups_of_word(word: str) -> Groups:
    """The groups of one word; most words have none."""
    telling = _telling()
    groups = telling.whole.get(word, NO_GROUPS)
    for beginning, found in telling.beginnings.get(word[:_BEGINNING], ()):
        if word.startswith(beginning):
            groups |= found
    for ending, found in telling.endings.get(word[-_ENDING:], ()):
        if len(word) > len(ending) and word.endswith(ending):
            groups |= found
    return groups - telling.exceptions.get(word, NO_GROUPS) if groups else groups


def groups_of_pair(pair: str) -> Groups:
    """The groups of two words in a row, joined by a space."""
    return _telling().pairs.get(pair, NO_GROUPS)


def groups_of(words: list[str]) -> Groups:
    """All the groups of the words of a name."""
    groups = NO_GROUPS
    for word in words:
        groups |= groups_of_word(word)
    known = _telling().pairs
    for first, second in pairwise(words):
        found = known.get(f"{first} {second}")
        if found:
            groups |= found
    return groups


def word_for(group: str, words: list[str]) -> str:
    """The longest word for which a name is in a group, as evidence; else the two in a row."""
    alone = [word for word in words if group in groups_of_word(word)]
    pairs = [] if alone else [f"{one} {other}" for one, other in pairwise(words) if group in _of_two(one, other)]
    return max(alone or pairs, key=len, default="")


def begins_with(group: str, words: list[str]) -> str | None:
    """The first word, or the first two, when they are in a group."""
    if len(words) > 1 and group in _of_two(words[0], words[1]):
        return f"{words[0]} {words[1]}"
    return words[0] if words and group in groups_of_word(words[0]) else None


def _of_two(first: str, second: str) -> Groups:
    return groups_of_pair(f"{first} {second}")
