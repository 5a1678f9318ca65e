"""Names of companies as they are compared: without differences of case, width and spacing."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=50_000)  # pages ask for all companies of a site each time
def folded(name: str) -> str:
    """Returns a name without differences of case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_domain(text: str) -> bool:
    """Whether a text can be a domain: it has a dot and no space."""
    return "." in text and " " not in text


BY_NAME = "name:"


def keys_of(asked: str) -> set[str]:
    """Returns the folded names that an id or an older link may mean. A folded text may change when it is folded again."""
    plain = asked.removeprefix(BY_NAME)
    return {asked, plain, folded(asked), folded(plain)}
