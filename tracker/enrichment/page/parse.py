"""Parses a page's URL: its host and path without campaign parameters and click ids.

Pure. The campaign parameters and click ids are taken out of the URL and returned. Of the others only those are kept
that distinguish a site's pages (tracker.enrichment.page.query), since the rest may hold anything a visitor typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from tracker.enrichment.page.query import DEFAULT_PARAMETERS, page_query
from tracker.enrichment.remembered import LONGEST_OF_MANY, is_short
from tracker.enrichment.source.mangled import repaired
from tracker.enrichment.source.url_parameters import Parameters, campaign_parameters
from tracker.enrichment.text.urls import UNSAFE, split_app_url, split_url

# At most 8 KB each: the URL, three parts of it, and its parameters.
_CACHED = 6_144
_MAX_PATH = 1024
_NO_PARAMETERS = Parameters()
_ALL_PARAMETERS = re.compile(r"[^/=]+=")

# Characters that change their meaning when they are decoded: / ? # % \ and control characters.
_MEANINGFUL = re.compile(r"(%(?:2[f35]|3f|5c|7f|[01][0-9a-f]))", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid|cfid|cftoken)=[^/;]*", re.IGNORECASE)
# After a colon they belong to a URL within the path.
_SLASHES = re.compile(r"(?<!:)/{2,}")


class Page(msgspec.Struct, frozen=True, gc=False):
    """A page. `hostname` is lower case and ASCII; `params` are the RECOGNISED parameters.

    `path` begins with a slash and ends with the parameters that distinguish pages. `is_web` is False for an
    application's page and for a file, whose `hostname` may be empty.
    """

    hostname: str
    path: str
    url: str
    params: Mapping[str, str]
    is_web: bool = True

    @property
    def is_file(self) -> bool:
        return not self.is_web and self.url.startswith("file:")


def parse_page(url: str, *, keep_hash: bool = False, parameters: frozenset[str] = DEFAULT_PARAMETERS) -> Page | None:
    """Returns the page of a URL; None when the URL is not a page's. `keep_hash` keeps the fragment as part of the path.

    `parameters` are the query parameters that distinguish the site's pages. Campaign parameters are read from the query
    and from the fragment, where Matomo and older Google tags put them.
    """
    if is_short(url, LONGEST_OF_MANY):
        return _kept_page(url, keep_hash, parameters)
    return _page(url, keep_hash, parameters)


def _page(url: str, keep_hash: bool, parameters: frozenset[str]) -> Page | None:  # noqa: FBT001 - as its cache wants it
    parts = split_url(url) or split_app_url(url)
    if parts is None:
        return None
    parts = repaired(parts)
    host, query, fragment = parts.host, parts.query, parts.fragment
    path = _plain_path(parts.path)
    params = _NO_PARAMETERS
    if query:
        params, path = campaign_parameters(query), (path + page_query(query, parameters))[:_MAX_PATH]
    if fragment:
        if "=" in fragment:
            params = Parameters({**campaign_parameters(fragment.rpartition("?")[2]), **params})
        if keep_hash:
            path = f"{path}{_plain_fragment(fragment, parameters)}"[:_MAX_PATH]
    return Page(host, path, f"{parts.scheme}://{host}{path}", params, parts.scheme.startswith("http"))


_kept_page = lru_cache(maxsize=_CACHED)(_page)


def tidy_path(path: str) -> str:
    """Returns the path without doubled slashes and without the session id that some servers write into it."""
    if ";" in path:
        path = _SESSION.sub("", path)
    return _SLASHES.sub("/", path) if "//" in path else path


def _plain_path(path: str) -> str:
    """Returns the decoded path: %C3%A9 is é. Bytes that are not UTF-8 and characters with a meaning stay escaped."""
    path = tidy_path(path[: 3 * _MAX_PATH])
    if "%" in path:
        try:
            path = "".join(map(_decoded, _MEANINGFUL.split(path)))
        except UnicodeDecodeError:
            return path[:_MAX_PATH]
    return path[:_MAX_PATH] or "/"


def _decoded(piece: str) -> str:
    if "%" not in piece:
        return piece
    if _MEANINGFUL.fullmatch(piece):
        return piece.upper()
    decoded = unquote(piece, errors="strict")
    return piece if UNSAFE.search(decoded) else decoded


def _plain_fragment(fragment: str, parameters: frozenset[str]) -> str:
    """Returns the route in a single-page application's fragment, with the parameters that distinguish its pages.

    A fragment such as `map=6/46.4/2.2` or `lat=46&lng=2` has parameters only, and no route.
    """
    if "=" not in fragment:
        return f"#{fragment}"
    route, question, query = fragment.partition("?")
    if not question and _ALL_PARAMETERS.match(fragment):
        route, query = "", fragment
    route += page_query(query, parameters)
    return f"#{route}" if route else ""
