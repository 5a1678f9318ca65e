"""Parses a request's body or query in any form that clients use: JSON or the fields of a form.

The strict form, JSON in UTF-8, is decoded elsewhere. This reads what else is sent, and recurses no deeper than
`tracker.hit.nesting` allows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl, unquote

from tracker.hit.nesting import nests_too_deep

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# `props[plan]=pro`, as PHP and jQuery write an object.
_MEMBER = re.compile(r"(\w+)\[([^\]]*)\]")
_PART_NAME = re.compile(r'form-data; name="([^"]*)"', re.IGNORECASE)
_LONGEST_WHOLE = 18
_LONGEST_FORM = 48 * 1024


class Unreadable(ValueError):
    """A text that holds no JSON and no form; the message says why."""


def text_of(body: bytes) -> str:
    """The text of a body: in UTF-8, in UTF-16 that says so, or else as Windows writes Western languages."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if body.startswith(mark)), "utf-8")
    try:
        return body.decode(encoding).strip()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace").strip()


def content_of(text: str) -> Any:
    """What a text holds: a JSON value, or a form's fields as an object. Raises Unreadable."""
    if text[:3].lower() == "%7b":
        text = unquote(text).rstrip("=")
    if text.startswith("----"):
        return _object_of(_parts(text[:_LONGEST_FORM]))
    try:
        found = _decode(text)
    except Unreadable:
        if text.startswith(("{", "[", '"')) or "=" not in text:
            raise
        return form_of(text)
    return _decode(found) if isinstance(found, str) else found  # encoded once more than needed


def form_of(text: str) -> dict[str, Any]:
    """The fields of a form or of a query, each by its first value."""
    return _object_of(parse_qsl(text[:_LONGEST_FORM], errors="replace"))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """The fields of a form in several parts (RFC 7578), as a `FormData` is sent: the first line parts them."""
    boundary = text.partition("\n")[0].strip()
    for part in text.split(boundary)[1:]:
        head, _, value = part.partition("\r\n\r\n")
        if name := _PART_NAME.search(head[:300]):
            yield name[1], value.removesuffix("\r\n")


def _object_of(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields:
        member = _MEMBER.fullmatch(name)
        if member is None:
            found.setdefault(name, value)
        elif isinstance(known := found.setdefault(member[1], {}), dict):
            known[member[2]] = value
    return found


def from_json(text: str) -> Any:
    """The value of a JSON text; None for other text."""
    try:
        return _decode(text)
    except Unreadable:
        return None


def _decode(text: str) -> Any:
    if nests_too_deep(text.encode("utf-8", "surrogatepass")):
        raise Unreadable("is nested too deeply")
    try:
        return json.loads(text, strict=False, parse_int=_whole, parse_float=_finite, parse_constant=lambda _: None)
    except ValueError as problem:
        raise Unreadable(f"is not valid JSON: {problem}") from None


def _whole(digits: str) -> int | float | None:
    """An integer. One that does not fit 64 bits becomes the nearest float, or None beyond those."""
    return int(digits) if len(digits) <= _LONGEST_WHOLE else _finite(digits)


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None
