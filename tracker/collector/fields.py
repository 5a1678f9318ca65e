"""The fields of an event: what kind of value each takes, and how long or large it may be.

Owns the one table of limits. The strict decoder is made of it, which checks while it decodes and so costs no time of
its own; what it refuses is repaired by `tracker.collector.repair` to the same limits. What the collector keeps of an
event is therefore bounded field by field, and so is whatever is later remembered by a field's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tracker.hit import WireEvent

MAX_URL = 4096
MAX_DOMAINS = 10
MAX_DOMAIN = 253
MAX_PROPERTIES = 30
MAX_KEY = 300
MAX_VALUE = 2000
# JSON parsers disagree about larger numbers.
MAX_WHOLE = 2**63 - 1

# Characters of a text. Plausible's Events API has 120 of a name, and 2,000 and more of a URL.
TEXTS: Mapping[str, int] = {
    **dict.fromkeys(("n", "name"), 120),
    **dict.fromkeys(("u", "url"), MAX_URL),
    **dict.fromkeys(("d", "domain"), MAX_DOMAINS * (MAX_DOMAIN + 2)),
    **dict.fromkeys(("r", "referrer"), 2048),
    **dict.fromkeys(("t", "title"), 500),
    **dict.fromkeys(("l", "language"), 64),
    **dict.fromkeys(("id", "vid"), 100),
    **dict.fromkeys(("email", "company"), 254),
    "token": 1024,
}
# The least and the largest value of a number.
NUMBERS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("w", "screen_width"), (0, 1e6)),
    "e": (0, 1e12),
    "sd": (-1e6, 1e6),
    "age": (0, 1e13),
}
FLAGS = ("h", "hash", "wd", "consent")
SWITCHES = ("i", "interactive")
OBJECTS = ("p", "props", "m", "meta")
REVENUES = ("$", "revenue")
# As a client's own version, whatever its form.
VERSION = "v"

_Whole = Annotated[int, Meta(ge=-MAX_WHOLE, le=MAX_WHOLE)]
_Key = Annotated[str, Meta(max_length=MAX_KEY)]
_Value = Annotated[str, Meta(max_length=MAX_VALUE)] | _Whole | float | bool | None
_Object = Annotated[dict[_Key, _Value], Meta(max_length=MAX_PROPERTIES)]
_Version = Annotated[str, Meta(max_length=32)] | float


_TYPES: Mapping[str, Any] = {
    **{name: Annotated[str, Meta(max_length=most)] for name, most in TEXTS.items()},
    **{name: Annotated[float, Meta(ge=least, le=most)] for name, (least, most) in NUMBERS.items()},
    **dict.fromkeys(FLAGS, bool | Annotated[int, Meta(ge=0, le=1)]),
    **dict.fromkeys(SWITCHES, bool),
    **dict.fromkeys((*OBJECTS, *REVENUES), _Object),
    VERSION: _Version,
}


class _Batched(WireEvent, omit_defaults=True):
    """A request's body: one event, or several under `batch`."""

    batch: list[WireEvent] | None = None


def _strict(name: str, base: type[WireEvent], **more: Any) -> Any:
    """A struct like `base` that takes what the table allows, and nothing else."""
    fields = [
        (
            field.name,
            (_TYPES[field.encode_name] if field.encode_name in _TYPES else more[field.name]) | None,
            msgspec.field(default=None, name=field.encode_name),
        )
        for field in msgspec.structs.fields(base)
    ]
    return msgspec.defstruct(name, fields, bases=(base,), omit_defaults=True)


StrictBody: type[_Batched] = _strict("StrictBody", _Batched, batch=list[_strict("StrictEvent", WireEvent)])  # type: ignore[misc]
