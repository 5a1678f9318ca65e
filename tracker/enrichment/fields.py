"""Single fields of a hit as the event store has them. Pure."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

_LONGEST_LANGUAGES = 64


def language_tag(languages: str) -> str | None:
    """The first of the languages that a browser names, as `fr-FR`; None for what is no language's tag."""
    return _language_tag(languages if len(languages) <= _LONGEST_LANGUAGES else languages[:_LONGEST_LANGUAGES])


@lru_cache(maxsize=4096)
def _language_tag(value: str) -> str | None:
    tag = value.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].strip().replace("_", "-")
    if not tag or not tag.replace("-", "").isalnum() or len(tag) > 35:
        return None
    primary, _, rest = tag.partition("-")
    return primary.lower() + (f"-{rest}" if rest else "")


def whole(value: float, least: int, most: int) -> int | None:
    """The number within its bounds; none for what is no number (JSON lets 1e999 through as infinity)."""
    if least <= value <= most:
        return int(value)
    if not isfinite(value):
        return None
    return min(max(int(value), least), most)
