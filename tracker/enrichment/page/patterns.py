"""Patterns of paths: `/admin/*` is every path below `/admin/`. A `*` is any text, also none. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def first_match(patterns: Iterable[str], path: str) -> str | None:
    """The first of the patterns that a whole path is; None when it is none of them."""
    return next((pattern for pattern in patterns if is_like(pattern, path)), None)


def is_like(pattern: str, path: str) -> bool:
    """Whether a whole path is as a pattern says. It takes no longer with many stars, as a regular expression may."""
    first, *others = pattern.split("*")
    if not others:
        return path == pattern
    *middle, last = others
    place = len(first)
    if not path.startswith(first) or not path.endswith(last) or len(path) < place + len(last):
        return False
    end = len(path) - len(last)
    for part in middle:
        found = path.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
