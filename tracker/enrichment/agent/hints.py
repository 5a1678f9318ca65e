"""The client hints of a request, as https://wicg.github.io/ua-client-hints/ has them, and the app that Android names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

_HEADERS = (
    "sec-ch-ua",
    "sec-ch-ua-full-version-list",
    "sec-ch-ua-platform",
    "sec-ch-ua-platform-version",
    "sec-ch-ua-mobile",
    "sec-ch-ua-model",
    "x-requested-with",
)
_NAMES = frozenset(_HEADERS)
_BRAND = re.compile(r'"([^"]*)";\s*v="([\d.]*)"')


class Hints(NamedTuple):
    """What the hints say; empty where there is none. `brands` are (name, version); `app` is an Android package's name."""

    brands: tuple[tuple[str, str], ...] = ()
    platform: str = ""
    platform_version: str = ""
    mobile: bool | None = None
    model: str = ""
    app: str = ""


def read_hints(headers: Mapping[str, str]) -> Hints | None:
    """The hints in a request's headers (lower-case names); None when there are none, as with most browsers' hits."""
    if _NAMES.isdisjoint(headers):
        return None
    return _read(tuple(headers.get(name, "") for name in _HEADERS))


# At most 3 KB each.
@lru_cache(maxsize=2048)
def _read(values: tuple[str, ...]) -> Hints:
    brands, full, platform, version, mobile, model, app = values
    plain = [value.strip().strip('"') for value in (platform, version, model)]
    return Hints(
        brands=tuple(_BRAND.findall(full) or _BRAND.findall(brands)),
        platform=plain[0],
        platform_version=plain[1],
        mobile={"?1": True, "?0": False}.get(mobile.strip()),
        model=plain[2],
        app=app.strip(),
    )
