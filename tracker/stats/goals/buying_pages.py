"""Buying pages: the pages of a site that somebody reads who thinks of buying, as patterns with weights.

Owns what a pattern finds, and the defaults, which are French and English. A pattern is made of whole words, or is a path:

- `tarifs` finds a page that is called so: the last part of its path is the word, alone or beside small words such as
  *nos*, *demander* or *our*, which do not matter in a pattern either. /tarifs, /fr/nos-tarifs.html and /demander-un-devis (for `devis`) are; /le-prix-goncourt is
  not for `prix`, nor is /caprix.
- `tarifs/*` finds such a page and all below it: /tarifs/agences.
- `*migration*` finds each page with that word in the last part of its path; each `*` is any words, or none.
- `/offres/*` finds the pages whose path is that from end to end, with `*` for any text.

Upper and lower case, accents and plurals by -s do not matter. Of several patterns that find a page the greatest weight
counts; 1 is usual.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tracker.db.invalid import Invalid

if TYPE_CHECKING:
    from tracker.db.models import Site

MOST_PATTERNS = 200
LEAST_WEIGHT, MOST_WEIGHT = 0.1, 5.0
USUAL_WEIGHT = 1.0
_MOST_STARS = 4

# Words that change nothing about what a page is called.
_SMALL_WORDS = frozenset(
    "a an and ask au aux avec book by commander contactez de demande demander des discover du en et for free get gratuit"
    " gratuite gratuits in l la le les ligne me mes mon my nos notre nous now obtenir of online or ou our page pour"
    " prendre prenez request reserver reservez schedule see started the to try un une us view voir vos votre vous with"
    " you your".split()
)
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_LINE = re.compile(r"(?P<pattern>.*?\S)(?:\s+(?P<weight>[0-9]+(?:[.,][0-9]+)?))?")

DEFAULTS: Mapping[str, float] = {
    **dict.fromkeys(
        (
            "devis",
            "démo",
            "démonstration",
            "demo",
            "quote",
            "trial",
            "essai gratuit",
            "free trial",
            "rendez-vous",
            "rdv",
        ),
        2.0,
    ),
    **dict.fromkeys(
        (
            *("tarif/*", "tarification/*", "prix", "abonnement", "pricing/*", "price", "plans", "tarifs et prix"),
            *("contact/*", "nous contacter", "contactez-nous", "get started", "essai", "consultation"),
            *("book a call", "book a meeting", "prix et tarifs", "pricing and plans"),
        ),
        1.0,
    ),
    **dict.fromkeys(
        (
            *("offre", "service", "prestation/*", "accompagnement", "référence", "case studies", "cas clients"),
            *("études de cas", "customers", "clients", "témoignages", "testimonials", "solutions"),
        ),
        0.5,
    ),
}


@dataclass(frozen=True)
class BuyingPages:
    """Patterns with their weights, in their order."""

    weights: tuple[tuple[str, float], ...]

    @property
    def are_defaults(self) -> bool:
        return self == DEFAULT

    def of(self, paths: Iterable[str]) -> dict[str, float]:
        """Returns the weights of those of the paths that are buying pages."""
        finders = _finders(self.weights)
        found = {}
        for path in paths:
            weight = _weight(finders, path)
            if weight:
                found[path] = weight
        return found


DEFAULT = BuyingPages(tuple(DEFAULTS.items()))


def buying_pages_of(site: Site) -> BuyingPages:
    """Returns a site's buying pages: what its publisher wrote, else the defaults."""
    return DEFAULT if site.buying_pages is None else read_buying_pages(site.buying_pages)


def read_buying_pages(text: str) -> BuyingPages:
    """Reads one pattern a line, with its weight after it where that is not 1. Raises Invalid."""
    found: dict[str, float] = {}
    for line in filter(None, (one.strip() for one in text.splitlines())):
        match = _LINE.fullmatch(line)
        assert match is not None  # it has a character that is not a space
        pattern, weight = match["pattern"], match["weight"]
        found[_checked(pattern)] = USUAL_WEIGHT if weight is None else _checked_weight(weight)
    if len(found) > MOST_PATTERNS:
        raise Invalid("%(count)s lines are too many; write %(most)s at most.", count=str(len(found)), most=str(MOST_PATTERNS))  # fmt: skip
    return BuyingPages(tuple(found.items()))


def write_buying_pages(pages: BuyingPages) -> str:
    """Returns the text that `read_buying_pages` reads."""
    return "\n".join(
        pattern if weight == USUAL_WEIGHT and not _ends_with_a_number(pattern) else f"{pattern} {weight:g}"
        for pattern, weight in pages.weights
    )


def words_of(text: str) -> list[str]:
    """Returns the words of a text or of a path's part, folded: in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", unquote(text)).casefold()
    return _WORDS.findall("".join(char for char in plain if not unicodedata.combining(char)))


def last_part(path: str) -> str:
    """Returns what a page is called by its path: the last part, without an ending such as .html."""
    return _ENDING.sub("", path.rstrip("/").rpartition("/")[2])


def is_small_word(word: str) -> bool:
    return word in _SMALL_WORDS or len(word) == 1 or word.isdigit()


def _ends_with_a_number(pattern: str) -> bool:
    """Whether its last word would be taken for a weight."""
    match = _LINE.fullmatch(pattern)
    return match is not None and match["weight"] is not None


def _checked(pattern: str) -> str:
    if len(pattern) > 200:
        raise Invalid("“%(pattern)s…” is too long; write 200 characters at most.", pattern=pattern[:40])
    if pattern.count("*") > _MOST_STARS:
        raise Invalid("“%(pattern)s” has too many stars; write %(most)s at most.", pattern=pattern[:40], most=str(_MOST_STARS))  # fmt: skip
    if pattern.startswith("/") or words_of(pattern):
        return pattern
    raise Invalid("“%(pattern)s” finds no page; write a word such as pricing, or a path such as /offers/*.", pattern=pattern[:40])  # fmt: skip


def _checked_weight(text: str) -> float:
    weight = float(text.replace(",", "."))
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        raise Invalid("The weight %(weight)s is not one from 0.1 to 5.", weight=text)
    return weight


@dataclass(frozen=True)
class _Finder:
    """A pattern as a regular expression over a whole path, or over the words of its last part, or of any where `below`.

    `large_words`: over the words that are not small ones, since the pattern has such.
    """

    weight: float
    expression: re.Pattern[str]
    of_path: bool
    below: bool
    large_words: bool


@lru_cache(maxsize=256)
def _finders(weights: tuple[tuple[str, float], ...]) -> tuple[_Finder, ...]:
    """The finders, the greatest weights first."""
    made = [_finder(pattern, weight) for pattern, weight in weights]
    return tuple(sorted(made, key=lambda one: -one.weight))


def _finder(pattern: str, weight: float) -> _Finder:
    if pattern.startswith("/"):
        plain = pattern.rstrip("/") or "/"
        expression = re.compile(re.escape(plain).replace(r"\*", ".*") + ("" if plain == "/" else "/?"), re.DOTALL)
        return _Finder(weight, expression, of_path=True, below=False, large_words=True)
    below = pattern.endswith("/*")
    parts = [words_of(part) for part in pattern.removesuffix("/*").split("*")]
    large = any(not is_small_word(word) for part in parts for word in part)
    # Words stand as " one two ": a star is any words between two spaces.
    said = (
        "".join(f" {re.escape(_singular(one))}" for one in part if not (large and is_small_word(one))) for part in parts
    )
    expression = re.compile(r"(?: \S+)*".join(said) + " ")
    return _Finder(weight, expression, of_path=False, below=below, large_words=large)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _weight(finders: tuple[_Finder, ...], path: str) -> float | None:
    plain = path.partition("?")[0]
    parts = [one for one in plain.split("/") if one]
    called = [_called(part) for part in parts]
    for one in finders:
        if one.of_path:
            if one.expression.fullmatch(path) or one.expression.fullmatch(plain):
                return one.weight
            continue
        among = called if one.below else called[-1:]
        if any(one.expression.fullmatch(pair[one.large_words]) for pair in among):
            return one.weight
    return None


@lru_cache(maxsize=10_000)
def _called(part: str) -> tuple[str, str]:
    """The words of a path's part as " one two ": all of them, and without the small ones."""
    words = words_of(_ENDING.sub("", part))
    large = [word for word in words if not is_small_word(word)]
    return f" {' '.join(map(_singular, words))} ", f" {' '.join(map(_singular, large))} "
