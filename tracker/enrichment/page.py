"""The page's address: its host and path without what campaigns and networks hang on it.

Pure. The campaign parameters and click ids are taken out of the address and handed on; other parameters may hold
anything a visitor typed, so they are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from tracker.enrichment.parameters import Parameters, campaign_parameters, without_campaign
from tracker.enrichment.web_address import UNSAFE, split_address

_CACHED = 8_192
_MAX_PATH = 1024
_NO_PARAMETERS = Parameters()


class Page(msgspec.Struct, frozen=True, gc=False):
    """A page. `hostname` is lower case and ASCII; `path` begins with a slash; `params` are the RECOGNISED parameters."""

    hostname: str
    path: str
    url: str
    params: Mapping[str, str]


@lru_cache(maxsize=_CACHED)
def parse_page(url: str, *, keep_hash: bool = False) -> Page | None:
    """The page of an http(s) address; None when it is none. `keep_hash` keeps the fragment as part of the path.

    Campaign parameters count in the query and, as Matomo and older Google tags have them, in the fragment.
    """
    address = split_address(url)
    if address is None:
        return None
    host, query, fragment = address.host, address.query, address.fragment
    path = _plain_path(address.path)
    params = campaign_parameters(query) if query else _NO_PARAMETERS
    if fragment:
        if "=" in fragment:
            params = Parameters({**campaign_parameters(fragment.rpartition("?")[2]), **params})
        if keep_hash:
            path = f"{path}#{_plain_fragment(fragment)}"[:_MAX_PATH]
    return Page(host, path, f"{address.scheme}://{host}{path}", params)


def _plain_path(path: str) -> str:
    """The path as people read it: %C3%A9 is é. What does not decode, or would mean something else, stays escaped."""
    path = path[: 3 * _MAX_PATH]
    if "%" in path:
        try:
            decoded = unquote(path, errors="strict")
        except UnicodeDecodeError:
            return path[:_MAX_PATH]
        if not ("%" in decoded or "?" in decoded or "#" in decoded or UNSAFE.search(decoded)):
            path = decoded
    return path[:_MAX_PATH] or "/"


def _plain_fragment(fragment: str) -> str:
    """The fragment of a single-page application without the campaign parameters in it."""
    if "=" not in fragment:
        return fragment
    before, question, query = fragment.rpartition("?")
    kept = without_campaign(query)
    return f"{before}{question}{kept}" if kept else before
