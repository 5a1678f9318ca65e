"""How deeply a JSON text nests, measured from its bytes before it is decoded.

Owns the one bound on nesting. Decoders recurse. Depending on the version of Python, unbounded recursion raises an error
or ends the process. So text from strangers is measured first, in linear time.
"""

from __future__ import annotations

# Events need three levels and a line of the journal five; what a client nests beyond that, nobody reads.
MAX_NESTING = 32

# A text of this many bytes is too short to nest dangerously, and most events and lines are shorter.
_HARMLESS_BYTES = 512
_CLOSED_AS_ONE = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def is_harmless(text: bytes) -> bool:
    """Whether a decoder may be given a text: it is short, or nests as deep as MAX_NESTING at most."""
    return len(text) <= _HARMLESS_BYTES or not nests_too_deep(text)


def nests_too_deep(text: bytes, most: int = MAX_NESTING) -> bool:
    """Whether a JSON text opens more than `most` arrays and objects within one another.

    Of a text whose brackets do not match, which no decoder takes, up to twice as many may be let through.
    """
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    brackets = _outside_strings(text).translate(_CLOSED_AS_ONE, _ALL_BUT_BRACKETS)
    for _ in range(most):
        fewer = brackets.replace(b"[]", b"")  # the innermost pairs
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    return b"[]" in brackets or brackets.count(b"[") > most


def _outside_strings(text: bytes) -> bytes:
    """The text without its strings: every second part between quotes that are not escaped."""
    return b"".join(text.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
