"""The lists of sites, apps and campaign words, in the forms in which they are looked up.

Reads the data files once, and decides nothing. There are three sources, of which the later ones win: the lists of others
(data/referrers.json), our own (data/sources.txt) and the social networks (social_networks.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tracker.enrichment.source.origin import Origin, make_origin, network_origin
from tracker.enrichment.source.social_networks import BY_APP, BY_WORD, NETWORKS

_DATA = Path(__file__).parents[1] / "data"


class ListedSite(NamedTuple):
    """An entry of a list. A portal's search is found for its own hosts only, other entries for all subdomains too."""

    origin: Origin | None
    parameters: str
    category: str | None
    alone: bool = False


# Our sections of sites that are of the kind that Google's list says, or of none.
_BY_GOOGLE = ("feed", "referral", "named")
# Names that lists have otherwise.
_RENAMED = {
    "Twitter": "X",
    "Vkontakte": "VK",
    "XING": "Xing",
    "reddit": "Reddit",
    "tumblr": "Tumblr",
    "StackOverflow": "Stack Overflow",
    "StartPage": "Startpage",
    "IxQuick": "Startpage",
    "Mailru": "Mail.ru",
    "my.mail.ru": "Mail.ru",
    "You": "You.com",
    "Deepseek": "DeepSeek",
    "bilibili": "Bilibili",
    "Sourceforge": "SourceForge",
    "360search": "360 Search",
    "Google%2B": "Google+",
    "Ozone": "Qzone",
}
# Below a search engine's domain, only these are the search itself: `docs.google.com` is not.
_SEARCH_LABEL = re.compile(
    r"www\d*|m|mobile|wap|amp|cdn|lite|old|html|start|safe|noai|global|encrypted|ipv6|r|l|s|search|websearch|images?|img"
    r"|cse|ntp|clck|chinese|espanol|malaysia|s\d+-\w+|[a-z]{2}|[a-z]{2}-[a-z]{2}"
)
_SEARCH_WORD = re.compile(r"search|suche|rech(erche)?|moteur|ampproject")
# Engines that are nothing but a search: below them everything counts but what the firm says of itself.
_ENGINES = frozenset(
    "bing.com duckduckgo.com ecosia.org qwant.com startpage.com swisscows.com mojeek.com kagi.com search.brave.com"
    " metager.org metager.de presearch.com lilo.org karmasearch.org oceanhero.today yep.com".split()
)
_OFFICE = frozenset(
    "about account accounts ads affiliate api app apps blog blogs business careers community dev developer developers docs"
    " donate donations feedback forum forums help info jobs mail news newsletter partner partners press shop spreadprivacy"
    " status store support trees webmaster webmasters wiki".split()
)
# Labels before a country's letters that belong to the ending: `.co.uk`, `.com.br`.
_BEFORE_COUNTRY = frozenset("co com org net gov edu ac or ne go it".split())
SEPARATORS = re.compile(r"[\s_.+\-/|:]+")


def find_in(entries: dict[str, ListedSite], host: str) -> ListedSite | None:
    """Returns the entry of a host or of its nearest listed parent domain; None without one."""
    suffix = host
    while suffix:
        entry = entries.get(suffix)
        if entry is not None:
            below = host[: -len(suffix) - 1] if len(host) > len(suffix) else ""
            if not below or not (entry.alone or (entry.category == "search" and not _is_search(below, suffix))):
                return entry
        suffix = suffix.partition(".")[2]
    return None


def _is_search(below: str, suffix: str) -> bool:
    if suffix in _ENGINES:
        return _OFFICE.isdisjoint(below.split("."))
    if _SEARCH_WORD.search(below) or _SEARCH_WORD.search(suffix):
        return True
    return all(_SEARCH_LABEL.fullmatch(label) for label in below.split("."))


def without_country(host: str) -> str | None:
    """Returns the host without its country's ending (`.fr`, `.co.uk`, `.cat`); None for a host without such an ending."""
    name, _, letters = host.rpartition(".")
    if letters == "cat":
        return name or None
    if len(letters) != 2 or not (letters.isascii() and letters.isalpha()):
        return None
    above, _, second = name.rpartition(".")
    return above if above and second in _BEFORE_COUNTRY else name or None


class SourceLists:
    """All lists in the forms in which they are asked."""

    def __init__(self) -> None:
        self.hosts: dict[str, ListedSite] = {}
        self.countries: dict[str, ListedSite] = {}
        self.apps: dict[str, Origin] = {}
        self.words: dict[str, Origin] = {}
        self.mail_names: dict[str, str] = {}
        self._own_words: set[str] = set()
        theirs = json.loads((_DATA / "referrers.json").read_text(encoding="utf-8"))
        self._categories: dict[str, str] = theirs["categories"]
        self._take_theirs(theirs["hosts"])
        for kind, name, entries in own_lines((_DATA / "sources.txt").read_text(encoding="utf-8").splitlines()):
            self._take_own(kind, name, entries)
        for network in NETWORKS:
            origin = network_origin(network)
            self._add(network.hosts.split(), ListedSite(origin, "", origin.category))
            self.words[network.name.lower().replace(" ", "_")] = origin
        self.apps |= {app: network_origin(network) for app, network in BY_APP.items()}
        self.words |= {word: network_origin(network) for word, network in BY_WORD.items()}
        for host in self._categories:
            self._drop_if_named_above(host)
        # `googlemaps` for `google_maps`; `amazonads` is told by its parts, as it was paid.
        whole = {word: origin for word, origin in self.words.items() if not word.endswith(("_ads", "_ad"))}
        self.joined_words = {word.replace("_", ""): origin for word, origin in whole.items() if "_" in word}
        self.googles = self._named_by_google()
        self.with_paths = {host.partition("/")[0] for host in self.hosts if "/" in host}

    def _named_by_google(self) -> frozenset[tuple[str, str]]:
        """The names and kinds of what Google's list of sources has, under whichever of its hosts and words."""
        named = set()
        for listed, kind in self._categories.items():
            entry = find_in(self.hosts, listed) if "." in listed else None
            origin = entry.origin if entry is not None else self.words.get(SEPARATORS.sub("_", listed.lower()))
            if origin is not None:
                named.add((origin.name, kind))
        return frozenset(named)

    def _drop_if_named_above(self, host: str) -> None:
        """Takes `lm.facebook.com`, of which a list knows the category only, out of the way of `facebook.com`."""
        listed = self.hosts.get(host)
        if listed is None or listed.origin is not None:
            return
        del self.hosts[host]
        name = without_country(host)
        above = find_in(self.hosts, host) or (find_in(self.countries, name) if name else None)
        if above is None or above.origin is None:
            self.hosts[host] = listed

    def _take_theirs(self, hosts: dict[str, list[str]]) -> None:
        for host, category in self._categories.items():
            if "." in host:
                self._add([host], ListedSite(None, "", category))
            else:
                self.words[SEPARATORS.sub("_", host)] = make_origin(host, category)
        for host, (name, kind, parameters) in hosts.items():
            origin = make_origin(_RENAMED.get(name, name), kind)
            self._add([host], ListedSite(origin, parameters, kind))

    def _take_own(self, kind: str, name: str, entries: list[str]) -> None:
        category = None if kind in _BY_GOOGLE else kind
        is_word = "word:" not in entries
        for entry in entries:
            form, _, rest = entry.partition(":")
            if form == "app":
                self.apps[rest] = make_origin(name, category)
            elif form == "mail":
                self.mail_names[rest] = name
            elif form == "word":
                if rest:
                    self._name_word(rest, make_origin(name, category))
            else:
                self._take_host(kind, name, entry.removeprefix("="), alone=entry.startswith("="))
        if is_word and kind not in ("ads", "display"):
            # What Google's list knows of a program for feeds decides for its name too.
            listed = self.hosts.get(entries[0])
            origin = listed.origin if listed is not None and listed.origin is not None else make_origin(name, category)
            self._name_word(SEPARATORS.sub("_", name.lower()), origin)

    def _take_host(self, kind: str, name: str, host: str, *, alone: bool) -> None:
        category = self._categories.get(host) if kind in _BY_GOOGLE else kind
        before = self.hosts.get(host) or self.countries.get(host.removesuffix(".{}"))
        parameters = before.parameters if before is not None and kind == "search" else ""
        origin = make_origin(name, category)
        self._add([host], ListedSite(origin, parameters, category, alone=alone))

    def _name_word(self, word: str, origin: Origin) -> None:
        """Of two of ours with one word the first has it: Yandex is the engine before it is the mailbox."""
        if word not in self._own_words:
            self._own_words.add(word)
            self.words[word] = origin

    def _add(self, hosts: Iterable[str], listed: ListedSite) -> None:
        for host in hosts:
            plain = host.removeprefix("www.").removesuffix("/")
            if plain.startswith("{}."):
                self.hosts.setdefault(plain[3:], listed)
            elif plain.endswith(".{}"):
                self.countries[plain[:-3].removeprefix("www.")] = listed
            else:
                self.hosts[plain] = listed


def own_lines(lines: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yields the kind, the name and the entries of each line of data/sources.txt."""
    kind = ""
    for line in lines:
        if line.startswith("["):
            kind = line.strip("[] ")
        elif line.strip() and not line.startswith("#"):
            name, _, entries = line.partition(": ")
            yield kind, name, entries.split()


@lru_cache(maxsize=1)
def source_lists() -> SourceLists:
    """Returns the lists, which are read once."""
    return SourceLists()
