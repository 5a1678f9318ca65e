"""Repairs events that do not have the API's form: each field is cut, converted or left out, and the hit is kept.

A visitor cannot help how a page's script, a plugin or a proxy writes an event. Nothing of an event is needed but its
name and its page; whatever else cannot be used is left out. The limits are those of `tracker.collector.fields`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from math import isfinite
from typing import Any

from tracker.collector import fields
from tracker.collector.page_url import cut_url, page_url
from tracker.collector.reading import from_json
from tracker.hit import WireEvent

_NUMBER = re.compile(r"\s*([+-]?\d{1,15}(?:[.,]\d{1,15})?)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off", ""})
# Half of one of these would identify somebody else, or nobody.
_WHOLE_OR_NOT = frozenset({"email", "token"})


def repaired(given: Mapping[str, Any], referer: str) -> WireEvent:
    """The event of what was given, with whatever can be used; `referer` is the page that sent it, where that is known."""
    found: dict[str, Any] = {}
    for name in fields.TEXTS:
        found[name] = _text(name, given.get(name))
    for name, (least, most) in fields.NUMBERS.items():
        found[name] = _number(given.get(name), least, most)
    for name in fields.FLAGS:
        found[name] = _flag(given.get(name))
    for name in fields.SWITCHES:
        found[name] = _flag(given.get(name))
    for name in fields.OBJECTS:
        found[name] = _object(given.get(name))
    revenue = next((money for name in fields.REVENUES if (money := _revenue(given.get(name))) is not None), None)
    domain = found.pop("d") or found.pop("domain", None)
    url = page_url(found.pop("u") or found.pop("url", None), domain, referer)
    found |= {"n": found["n"] or found["name"], "name": None, "d": domain, "u": url, "domain": None, "url": None}
    if url is not None:
        found["u"] = cut_url(url, fields.MAX_URL)
    return WireEvent(**found, revenue=revenue, v=_version(given.get(fields.VERSION)))


def _text(name: str, value: Any) -> str | None:
    if isinstance(value, list) and name in ("d", "domain"):
        value = ",".join(one for one in value if isinstance(one, str))
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text, most = _SURROGATE.sub("\ufffd", value).strip(), fields.TEXTS[name]
    if len(text) <= most or name in ("u", "url"):
        return text or None
    if name in ("id", "vid"):
        # Two long values must not become one by cutting.
        return blake2b(text.encode(), digest_size=16).hexdigest()
    if name in ("r", "referrer"):
        return cut_url(text, most)
    return None if name in _WHOLE_OR_NOT else text[:most]


def _number(value: Any, least: float, most: float) -> float | None:
    """A number, also out of a text: `1920px`, `1920x1080`, `12,5`."""
    if isinstance(value, str) and (match := _NUMBER.match(value)):
        value = float(match[1].replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if least <= value <= most else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, int | float):
        return bool(value)
    word = value.strip().lower() if isinstance(value, str) else None
    return True if word in _YES else False if word in _NO else None


def _object(value: Any) -> dict[str, Any] | None:
    """Properties: whatever is a text, a number or yes and no; a list of such ones as one text."""
    if isinstance(value, str):
        value = from_json(value)
    if not isinstance(value, dict):
        return None
    found = {}
    for key, one in value.items():
        plain = _plain(one)
        if plain is not None:
            found[_SURROGATE.sub("\ufffd", key)[: fields.MAX_KEY]] = plain
        if len(found) == fields.MAX_PROPERTIES:
            break
    return found or None


def _plain(value: Any) -> str | int | float | bool | None:
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value if isinstance(one, str | int | float)) or None
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)[: fields.MAX_VALUE]
    if isinstance(value, int):
        return value if -fields.MAX_WHOLE <= value <= fields.MAX_WHOLE else float(value)
    return value if isinstance(value, float) and isfinite(value) else None


def _revenue(value: Any) -> dict[str, Any] | str | float | None:
    """As an object, or the bare amount; `tracker.enrichment.revenue` knows how amounts are written."""
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)[: fields.MAX_VALUE]
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _version(value: Any) -> str | float | None:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)[:32]
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
