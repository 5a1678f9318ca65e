"""How much is named, in words: the sentence about a period's visits, and what would name more of them."""

from __future__ import annotations

from collections.abc import Collection

from dashboards.presentation import numbers
from dashboards.translations import message, translate, translate_plural
from tracker.reference.naming_sources import NamingSource
from tracker.stats.companies.identified import Identified

# What the values of the dimension `identification` are called.
IDENTIFICATIONS = {
    "named": message("Named company"),
    "possible": message("Possible company"),
    "line": message("Home and mobile lines"),
    "hosting": message("Hosts and VPNs"),
    "other": message("Other networks"),
}
_WITHOUT_NAME = {
    "line": message("home and mobile lines %(share)s"),
    "hosting": message("hosts and VPNs %(share)s"),
    "other": message("other networks %(share)s"),
}
_SOURCES = {
    NamingSource.NETWORK_DATABASE: message("a network database"),
    NamingSource.REVERSE_DNS: message("reverse DNS"),
    NamingSource.NETWORK_LIST: message("your own list of networks"),
}


def identification(language: str, code: str | None) -> str:
    """What a value of the dimension is called."""
    return translate(language, IDENTIFICATIONS[code]) if code in IDENTIFICATIONS else code or ""


def how_much_is_named(language: str, found: Identified) -> str:
    """Of so many visits, how many came from named and possible companies, and where the others came from."""
    named = translate_plural(
        language,
        "Of %(visits)s visit, %(named)s came from a named company and %(possible)s from a possible one.",
        "Of %(visits)s visits, %(named)s came from a named company and %(possible)s from a possible one.",
        found.visits,
        visits=numbers.count(language, found.visits, compact=False),
        named=numbers.percent(language, found.share(found.named)),
        possible=numbers.percent(language, found.share(found.possible)),
    )
    others = ", ".join(
        translate(language, words, share=numbers.percent(language, found.share(visits)))
        for code, words in _WITHOUT_NAME.items()
        if (visits := getattr(found, code))
    )
    if not others:
        return named
    return named + " " + translate(language, "The others: %(parts)s.", parts=others)


def source_name(language: str, source: NamingSource) -> str:
    return translate(language, _SOURCES[source])


def what_names_more(language: str, missing: Collection[NamingSource]) -> str:
    """The sentence for an email; empty where nothing is missing."""
    if not missing:
        return ""
    listed = ", ".join(source_name(language, one) for one in missing)
    return translate(language, "More would be named with: %(sources)s.", sources=listed)
