"""The publisher's own properties of an event: what is stored of an object that a client gave. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

import msgspec

from tracker.hit.nesting import nests_too_deep

Scalar = str | int | float | bool

_MAX_PROPERTIES = 30
_MAX_KEY = 300
_MAX_VALUE = 2000


def read_properties(given: Any) -> dict[str, Scalar]:
    """The first 30 properties that are texts, numbers or booleans."""
    scalars = {str(key)[:_MAX_KEY]: _scalar(value) for key, value in list(json_object(given).items())[:_MAX_PROPERTIES]}
    return {key: value for key, value in scalars.items() if value is not None}


def json_object(value: Any) -> Mapping[str, Any]:
    """An object, which older clients send as a JSON text; an empty one for anything else."""
    if isinstance(value, str):
        try:
            text = value.encode()
            value = None if nests_too_deep(text) else msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeError):
            return {}
    return value if isinstance(value, Mapping) else {}


def as_text(properties: Mapping[str, Scalar]) -> str | None:
    """Properties as the event store has them: a JSON object, or nothing."""
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":")) if properties else None


def _scalar(value: Any) -> Scalar | None:
    if isinstance(value, str):
        return value[:_MAX_VALUE]
    if isinstance(value, float) and not isfinite(value):
        return None  # JSON cannot hold infinity or NaN
    return value if isinstance(value, int | float | bool) else None
