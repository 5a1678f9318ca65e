"""The page's address: its host and path without what campaigns and networks hang on it.

Pure. The campaign parameters and click ids are taken out of the address and handed on; other parameters may hold
anything a visitor typed, so they are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

_CACHED = 32_768
_MAX_PATH = 1024

# Names of parameters that say where a reader comes from: UTM, Matomo, and the networks' own click ids.
CAMPAIGN_PARAMETERS = frozenset(
    "utm_source utm_medium utm_campaign utm_content utm_term utm_id source ref via"
    " mtm_source mtm_medium mtm_campaign mtm_content mtm_keyword mtm_kwd"
    " pk_source pk_medium pk_campaign pk_content pk_keyword pk_kwd piwik_campaign piwik_kwd"
    " gclid gbraid wbraid dclid fbclid msclkid li_fat_id ttclid twclid igshid igsh sccid epik rdt_cid yclid mc_cid mc_eid".split()
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Page(NamedTuple):
    """A page. `hostname` is lower case and ASCII; `path` begins with a slash; `params` are CAMPAIGN_PARAMETERS."""

    hostname: str
    path: str
    url: str
    params: Mapping[str, str]


@lru_cache(maxsize=_CACHED)
def parse_page(url: str, *, keep_hash: bool = False) -> Page | None:
    """The page of an http(s) address; None when it is none. `keep_hash` keeps the fragment as part of the path."""
    try:
        parts = urlsplit(_CONTROL.sub("", url).strip())
        hostname = _ascii_host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not hostname:
        return None
    path = _plain_path(parts.path)
    if keep_hash and parts.fragment:
        path = f"{path}#{parts.fragment}"[:_MAX_PATH]
    return Page(hostname, path, f"{parts.scheme.lower()}://{hostname}{path}", _campaign(parts.query))


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _plain_path(path: str) -> str:
    """The path as people read it: %C3%A9 is é. What does not decode, or would mean something else, stays escaped."""
    decoded = unquote(path, errors="strict") if "%" in path and _decodes(path) else path
    return (decoded or "/")[:_MAX_PATH]


def _decodes(path: str) -> bool:
    try:
        text = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return False
    return "%" not in text and "?" not in text and "#" not in text and not _CONTROL.search(text)


def _campaign(query: str) -> Mapping[str, str]:
    if not query:
        return {}
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, errors="replace"):
        key = name.lower()
        if key in CAMPAIGN_PARAMETERS and value.strip() and key not in found:
            found[key] = value.strip()[:200]
    return found
