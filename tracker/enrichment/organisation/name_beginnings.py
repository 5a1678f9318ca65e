"""Names that begin with another organisation's name: whether what is left is only a generic word.

Pure. "Capgemini Finland Oy" and "Fujitsu Services Ltd" are Capgemini and Fujitsu, "Orange County Schools" is not Orange.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from tracker.enrichment.organisation.known import KnownOrganisation, known_organisation
from tracker.enrichment.organisation.legal_forms import without_legal_form
from tracker.enrichment.organisation.name_tokens import tokens_of

SHORTEST = 5  # letters of a name that another one may begin with: shorter ones are many others' first word too
_LONGEST = 4  # words of it

# What is left of the name of a branch or a department: what it does in general, and where it is.
_GENERIC = frozenset(
    """technology technologies technologie tech techno it ict informatik informatica informatique services service serviços servicos
    servicios solutions solution systems system sistemas managed business division applications support consulting consultancy
    group groupe gruppe gruppo holding holdings international global worldwide corporate corporation company information
    operations headquarters hq europe european emea asia pacific apac africa america americas north south east west latin
    middle nordic nordics iberia benelux france french francaise germany deutschland german united kingdom uk britain great
    ireland usa us states canada mexico brasil brazil argentina chile colombia peru spain espana italia italy portugal
    netherlands nederland holland belgium belgique belgie luxembourg switzerland schweiz suisse austria osterreich oesterreich
    poland polska czech ceska slovakia slovensko hungary magyarorszag romania bulgaria serbia croatia hrvatska slovenia greece
    turkey turkiye cyprus malta sweden sverige norway norge denmark danmark finland suomi iceland estonia eesti latvia lithuania
    lietuva ukraine russia india china japan korea taiwan hong kong singapore malaysia indonesia thailand vietnam philippines
    australia zealand new israel uae emirates saudi arabia egypt morocco maroc tunisia algeria nigeria kenya south-africa
    and et und y e of de the""".split()
)


def rest_is_generic(name: str, beginning: str) -> bool:
    """Whether a name is another one with nothing but generic words and a legal form behind it."""
    words, first = name_words(name), name_words(beginning)
    rest = words[len(first) :]
    return bool(first) and words[: len(first)] == first and all(word in _GENERIC for word in rest)


def begins_with_name(name: str, beginning: str) -> bool:
    """Whether a name begins with all words of another one, which is long enough to tell something."""
    words, first = name_words(name), name_words(beginning)
    return len("".join(first)) >= SHORTEST and len(words) > len(first) and words[: len(first)] == first


def begin_alike(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one of two names, as words, begins with all words of the other."""
    length = min(len(words), len(others))
    return bool(length) and words[:length] == others[:length]


def name_words(name: str) -> list[str]:
    """The words of a name without its legal form."""
    return tokens_of(" ".join(without_legal_form(name.split())))


@lru_cache(maxsize=8_192)
def known_beginning(name: str) -> KnownOrganisation | None:
    """The well-known organisation of which a name is a branch or a department by its generic words."""
    words = name.split()
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        beginning = " ".join(words[:length])
        if len("".join(tokens_of(beginning))) >= SHORTEST and rest_is_generic(name, beginning):
            known = known_organisation(beginning)
            if known is not None:
                return known
    return None
