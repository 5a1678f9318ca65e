"""Requests that some bytes are whole and plainly: of which no two servers could read different things. Pure.

What is not plain is no mistake; a server that parses HTTP in full reads it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from tracker.collector.wsgi import Environ
from tracker.server.front import SAME_FOR_ALL

_LARGEST_HEAD = 8 * 1024
_MOST_HEADERS = 64
_HEAD_END = b"\r\n\r\n"
# Lines of a head that no server reads in another way: no folded line, no underscore, no byte beyond ASCII.
_PLAIN_LINES = re.compile(rb"(?:[A-Za-z0-9-]{1,64}:[\x20-\x7e]*\r\n)+")
_PLAIN_FIRST_LINE = re.compile(rb"(?:POST|GET|OPTIONS|PUT|PATCH|DELETE) /[\x21-\x7e]* HTTP/1\.[01]")
_DIGITS = re.compile(r"[0-9]{1,6}", re.ASCII)
_NOT_PLAIN = ("HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_TE", "HTTP_TRAILER")
_CONNECTION = {"keep-alive": False, "close": True}


class WholeRequest(NamedTuple):
    """A request that came whole; `environ` has its headers. It is the last one of its connection if it says so."""

    first_line: bytes
    environ: Environ
    body: bytes
    is_last: bool


def whole_request(data: bytes) -> WholeRequest | None:
    """The request that some bytes are, if they are one and it is plain; None for anything else."""
    end = data.find(_HEAD_END, 0, _LARGEST_HEAD)
    begin = data.find(b"\r\n")
    if end < 0 or begin == end or _PLAIN_LINES.fullmatch(data, begin + 2, end + 2) is None:
        return None
    environ: dict[str, Any] = SAME_FOR_ALL.copy()
    lines = data[begin + 2 : end].decode("ascii").split("\r\n")
    if len(lines) > _MOST_HEADERS:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        key = _keys.get(name) or _key_of(name)
        if key in environ:
            return None
        environ[key] = value.strip(" ")
    length, first_line = environ.get("CONTENT_LENGTH", "0"), data[:begin]
    if "HTTP_HOST" not in environ or _DIGITS.fullmatch(length) is None or len(data) != end + 4 + int(length):
        return None
    is_last = first_line.endswith(b"/1.0") or _CONNECTION.get(environ.get("HTTP_CONNECTION", "keep-alive").lower())
    if is_last is None or any(key in environ for key in _NOT_PLAIN) or _PLAIN_FIRST_LINE.fullmatch(first_line) is None:
        return None
    return WholeRequest(first_line, environ, data[end + 4 :], is_last)


# WSGI's keys of headers that came before.
_keys: dict[str, str] = {}
_MOST_KEYS = 1024


def _key_of(name: str) -> str:
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if len(_keys) < _MOST_KEYS:
        _keys[name] = key
    return key
