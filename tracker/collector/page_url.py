"""The URL of an event's page: completed where a client shortened it, cut where it is too long.

Enrichment decides whether it is the URL of a page, since only its drop reasons are shown to the publisher.
"""

from __future__ import annotations

import re

from tracker.collector.fields import MAX_DOMAIN, MAX_DOMAINS

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+\.?(?::\d+)?(?=[/?#]|$)|localhost(?::\d+)?(?=[/?#]|$)", re.IGNORECASE)
# What a frame or a link may have as its URL without being a page of its own.
_NO_PAGE = frozenset({"about", "blob", "data", "javascript", "mailto", "sms", "tel", "vbscript", "view-source"})
_LONGEST_FRAGMENT = 512
_LONGEST_READ = 64 * 1024
_LONGEST_HOST = 300


def page_url(given: str | None, domain: str | None, referer: str) -> str | None:
    """The URL of the page: as given, completed by the site's `domain`, or else the page that sent the request.

    None when nothing says which page it was.
    """
    url = (given or "")[:_LONGEST_READ].strip()
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() not in _NO_PAGE and url[scheme.end() :].strip("/"):
        return url
    if url.startswith("//") and _HOST.match(url[2:_LONGEST_HOST]):
        return f"https:{url}"
    if _HOST.match(url[:_LONGEST_HOST]):
        return f"https://{url}"
    if url.startswith("/") and domain:
        return f"https://{_host_of(domain)}{url}"
    return referer if referer.lower().startswith(("http://", "https://")) else None


def _host_of(domain: str) -> str:
    """The host of a site as clients name it, which may be a URL."""
    plain = domain.partition(",")[0].strip()
    return plain.partition("://")[2].partition("/")[0] if "://" in plain else plain.partition("/")[0]


def cut_url(url: str, most: int) -> str:
    """The URL cut to `most` characters: first a long fragment, then the longest parameters, and last the path.

    A campaign's parameters are short; what makes a URL long is a token, or the state of a map or a form.
    """
    if len(url) <= most:
        return url
    url = url[:_LONGEST_READ]
    before, hash_sign, fragment = url.partition("#")
    ending = f"{hash_sign}{fragment[:_LONGEST_FRAGMENT]}"
    path, question, query = before.partition("?")
    room = most - len(path) - len(ending) - 1
    if room < 0:
        return path[:most]
    kept = _shortest_parameters(query, room)
    return f"{path}{question if kept else ''}{kept}{ending}"


def _shortest_parameters(query: str, room: int) -> str:
    """As many parameters as fit, the shortest ones, in the order in which they stood."""
    pairs = query.split("&")
    kept: set[int] = set()
    for index in sorted(range(len(pairs)), key=lambda index: len(pairs[index])):
        room -= len(pairs[index]) + 1
        if room < 0:
            break
        kept.add(index)
    return "&".join(pair for index, pair in enumerate(pairs) if index in kept)


def site_names(domain: str) -> list[str]:
    """The sites that an event names, separated by commas: the first ten that can be names, each once."""
    names = dict.fromkeys(part.strip() for part in domain.split(","))
    return [name for name in names if 0 < len(name) <= MAX_DOMAIN][:MAX_DOMAINS]
