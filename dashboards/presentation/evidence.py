"""How an address was judged, in the reader's language.

Enrichment stores its evidence as English sentences, which the command line and exports show as they are. Here each is
found again among the sentences that enrichment can say, and said in another language with the same names in it. A
sentence of a later version stays English. `tests/dashboards/presentation/test_evidence.py` holds this list to enrichment's own.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from dashboards.translations import message, translate

_SENTENCES = (
    # Which organisation an address belongs to.
    message("%(number)s is run by %(organisation)s"),
    message("the database (%(database)s) gives the address to %(organisation)s"),
    message("the network list says that %(network)s is theirs"),
    message("the network list says that %(network)s is no company’s but of kind %(kind)s"),
    message("no line of the network list holds the address"),
    message("the visitor gave an address at %(host)s"),
    message("the visitor gave no email address"),
    message("the visitor named the company"),
    message("the visitor named no company"),
    message("the link that you made for the visitor names the company"),
    message("the address’s name is one of %(domain)s, and that name points back to the address"),
    message("the address is named %(host)s, and that name points back to the address"),  # as older versions said it
    message("the reader came from %(host)s"),
    # Why a step finds nobody.
    message("%(host)s is no domain of a company"),
    message("%(domain)s gives addresses to anybody"),
    message("%(domain)s gives names to anybody"),
    message("%(domain)s is a provider’s or host’s domain"),
    message("“%(word)s” in %(domain)s says provider or host"),
    message("“%(word)s” says a line of a provider, not a company’s gateway"),
    message("it has no registrable domain"),
    message("no database of companies names who uses the address"),
    message("no network database names an organisation"),
    message("names are asked for only where a company may have a line under somebody else’s network"),
    message("the address has no name that points back to it, or none is known yet"),
    message("the address has no name"),
    message("the database’s name is no name of an organisation"),
    message("the hit has no referrer"),
    message("the name is made of the address, as providers make them"),
    message("the name is under the network owner’s own domain"),
    message("the network connects schools or students: its name is not the reader’s"),
    message("the network delivers or crawls content: its name is not the reader’s"),
    message("the network hides its users: it names a VPN or proxy, not the reader"),
    message("the network is a host’s: programs and proxies run there, and its name is not the reader’s"),
    message("the network is a mobile carrier’s: its name is the line’s seller, not the reader"),
    message("the network is an internet provider’s: its name is the line’s seller, not the reader"),
    message("the network is part of the internet’s infrastructure: nobody reads from it"),
    message("the network’s kind is not known"),
    message("the network’s name is no name of an organisation"),
    message("the referrer names no company’s workspace"),
    message("reverse DNS is off"),
    message("WEBLEADS_REVERSE_DNS=yes asks your resolver for names"),
    message("%(host)s does not point back to the address, so it is not believed"),
    # Which kind of network it is.
    message("the network list says %(kind)s"),
    message("the database says %(kind)s"),
    message("the anonymous-network database lists the address"),
    message("the connection is cellular"),
    message("%(cloud)s publishes the address as its cloud’s"),
    message("no database knows the network"),
    message("no address, no network"),
    message("%(name)s is known as %(kind)s"),
    message("“%(word)s” is a provider’s name"),
    message("the name says “%(word)s”"),
    message("the name %(name)s reads like a company’s, not like a provider’s"),
    message("the name %(name)s does not say whether it is a provider or a company"),
    message("networks with a name like %(name)s are providers’ as a rule"),
    # What a look-up of one address says around these.
    message("%(organisation)s is not who reads: %(evidence)s"),
    message("%(address)s is not an address of the public internet: a visitor never comes from it"),
    message("an email address counts when a visitor gave it, and agreed to it: in a form, or by a link made for them"),
    message("%(host)s has the address %(address)s"),
    message("%(host)s has no address"),
    message("%(host)s could not be looked up: %(problem)s"),
    message("as a referrer: what a visitor who comes from %(host)s tells by it"),
    message("no network database: without one no organisation is known"),
    message("no place database: without one no country or city is known"),
    message("`webleads geo update` fetches one"),
)

# Words that stand in a sentence's places and are not names.
_TERMS = frozenset(
    {
        message("the network"),
        message("a company"),
        message("a school or research body"),
        message("a public body"),
        message("an association"),
        message("an internet provider"),
        message("a mobile network"),
        message("a host"),
        message("a VPN service"),
        message("a content network"),
        message("a part of the internet’s own machinery"),
        message("IPinfo or ipapi"),
    }
)
_PLACE = re.compile(r"%\((\w+)\)s")


def in_words(language: str, evidence: str) -> str:
    """Evidence, sentences joined by `; `, in a language; what is not known stays as it is."""
    if not evidence or language == "en":
        return evidence
    joint = "\u202f; " if language == "fr" else "; "
    return joint.join(_in_words(language, sentence) for sentence in evidence.split("; "))


def is_known(sentence: str) -> bool:
    """Whether one sentence is in the list."""
    return _found(sentence) is not None


@lru_cache(maxsize=4096)
def _in_words(language: str, sentence: str) -> str:
    found = _found(sentence)
    if found is None:
        return sentence
    text, places = found
    said = {name: _place_in_words(language, name, value) for name, value in places.items()}
    return translate(language, text, **said)


def _place_in_words(language: str, name: str, value: str) -> str:
    if name == "evidence":
        return in_words(language, value)
    return translate(language, value) if value in _TERMS else value


def _found(sentence: str) -> tuple[str, dict[str, str]] | None:
    for text, pattern in _patterns():
        match = pattern.fullmatch(sentence)
        if match:
            return text, match.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence as a pattern; those with the most words of their own first, as they say the most."""
    longest_first = sorted(_SENTENCES, key=lambda text: -len(_PLACE.sub("", text)))
    return tuple(
        (text, re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(text).replace(r"%\(", "%(").replace(r"\)s", ")s"))))
        for text in longest_first
    )
