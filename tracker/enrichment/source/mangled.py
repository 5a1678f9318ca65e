"""Repairs campaign parameters in URLs that a mail program, an editor, a redirector or a person has mangled.

Pure. Examples are a second `?`, a `&` without a `?`, a `;`, names and separators that are escaped once or more, HTML's
`&amp;` and `&#038;`, and a `.` that ended the sentence. The parameters are moved into the query before anything reads
them, and out of the path. A URL in a parameter's value belongs to another page and is not changed.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from tracker.enrichment.source.url_parameters import ROLES, STRIPPED, WEAK_SOURCE
from tracker.enrichment.text.urls import SplitUrl

# Names that only a campaign's link has. `ref` and `source` count only after a `&`.
_CAMPAIGN_ONLY = STRIPPED - frozenset((*WEAK_SOURCE, "si", "feature", "spm", "scm", "trk", "gad", "refid"))
_LONGEST_NAME = 40
_MOST_ESCAPES = 3

_ENCODED = r"%(?:25){0,3}"
_JOINT = re.compile(
    rf"(^|[?&;#]|{_ENCODED}(?:26|3f|3b|23))(?:amp;|{_ENCODED}3b|#?0*38;|[?&;\s+]|%20){{0,6}}([\w%.+\[\]-]{{2,{_LONGEST_NAME}}}?)(=|{_ENCODED}3d)",
    re.IGNORECASE,
)
_SUSPECT = re.compile(
    rf"[?;]|{_ENCODED}(?:26|3[bdf]|23)|(?:^|&)[^=&]*[%+\[]|utm[^_]|%(?:22|27|29|2c|3e)$",
    re.IGNORECASE,
)
_IN_PATH = re.compile(rf"=|{_ENCODED}3d", re.IGNORECASE)
_FIRST_IN_PATH = re.compile(rf"(?:[&;?]|{_ENCODED}(?:26|3f|3b))+[\w%.-]{{1,40}}?(?:=|{_ENCODED}3d)", re.IGNORECASE)
_AT_SLASH = re.compile(r"/((?:utm|mtm|pk)_\w+=)", re.IGNORECASE)
_HTML_AMPERSAND = re.compile(r"0*38;")
_WITHOUT_UNDERSCORE = re.compile(r"utm(source|medium|campaign|content|term|id)")
_ENDS = frozenset(".,;:!)]>\"'»”’/*?")
_END = re.compile(r"(?:[.,;:!)\]>\"'»”’/*?]|%(?:22|27|29|2c|3e|c2%bb|e2%80%9d|e2%80%99))+$", re.IGNORECASE)
_OPENED = re.compile(r"[(\[]|%28|%5b", re.IGNORECASE)
_ADDRESS_WITHIN = ("/", "%2f", "%252f", "http")


def repaired(url: SplitUrl) -> SplitUrl:
    """Returns the URL with its campaign parameters in its query, as the author of the link meant it."""
    path, query, fragment = url.path, url.query, url.fragment
    if ("=" in path or "%" in path) and _IN_PATH.search(path) is not None:
        path, said = _path_and_query(path)
        query = f"{said}&{query}" if said and query else said or query
    if fragment and "=" in fragment:
        fragment, said = _fragment_and_query(fragment)
        query = f"{query}&{said}" if said and query else said or query
    if query and _may_be_mangled(query):
        query = _plain_query(query)
    if (path, query, fragment) == (url.path, url.query, url.fragment):
        return url
    return SplitUrl(url.scheme, url.host, path, query, fragment)


def _may_be_mangled(query: str) -> bool:
    """Whether a query has any sign of being mangled. Almost none has, so the check must be fast."""
    if query[-1] in _ENDS or "?" in query or ";" in query:
        return True
    if "%" in query or "+" in query or "[" in query:
        return _SUSPECT.search(query) is not None
    return "tm_" not in query and "utm" in query.lower()


def plain_name(name: str) -> str:
    """Returns a parameter's intended name: `utm%5Fsource`, `UTM-Source` and `amp;utmsource` are `utm_source`."""
    for _ in range(_MOST_ESCAPES):
        if "%" not in name:
            break
        name = unquote(name)
    name = name.lower().strip(" +?&;").partition("[")[0]
    while name.startswith("amp;"):
        name = name.removeprefix("amp;")
    if name.startswith("utm"):
        name = _WITHOUT_UNDERSCORE.sub(r"utm_\1", re.sub(r"[-. +]", "_", name))
    return name


def _path_and_query(path: str) -> tuple[str, str]:
    """Returns the path without the parameters that were joined to it, and these parameters."""
    path = _AT_SLASH.sub(r"/?\1", path, count=1)
    found = next((match for match in _JOINT.finditer(path) if match.start() and _is_meant(match)), None)
    if found is None:
        return path, ""
    first = _FIRST_IN_PATH.search(path)
    cut = min(found.start(), first.start() if first is not None else found.start())
    return path[:cut] or "/", path[cut:].lstrip("?&;")


def _fragment_and_query(fragment: str) -> tuple[str, str]:
    """A fragment with its parameters parted by `&`; one that HTML's `&#038;` made of a query is all parameters."""
    if _HTML_AMPERSAND.match(fragment) is not None:
        return "", _HTML_AMPERSAND.sub("", fragment, count=1).replace("#038;", "").replace("#38;", "")
    route, question, query = fragment.partition("?")
    if not question:
        route, query = "", fragment
    return (f"{route}{question}{_plain_query(query)}" if query and _may_be_mangled(query) else fragment), ""


def _is_meant(match: re.Match[str]) -> bool:
    name = plain_name(match[2])
    return name in _CAMPAIGN_ONLY or (match[1] == "&" and name in WEAK_SOURCE)


def _plain_query(query: str) -> str:
    """Returns the query with its campaign parameters separated by `&`, with plain names."""

    def part(match: re.Match[str]) -> str:
        name = plain_name(match[2])
        if name not in _CAMPAIGN_ONLY or _is_within_a_url(query, match):
            return match[0]
        return f"&{name}=" if match.start() else f"{name}="

    plain = _JOINT.sub(part, query)
    before, _, last = plain.rpartition("&")
    name, _, value = last.partition("=")
    if name in ROLES and name in _CAMPAIGN_ONLY and _OPENED.search(value) is None:
        last = f"{name}={_END.sub('', value)}"
    return f"{before}&{last}" if before else last


def _is_within_a_url(query: str, match: re.Match[str]) -> bool:
    """Whether the parameter before is a URL, to which this parameter belongs."""
    if match[1] in ("", "&"):
        return False
    value = query[query.rfind("&", 0, match.start()) + 1 : match.start()].partition("=")[2]
    return value[:5].lower().startswith(_ADDRESS_WITHIN)
