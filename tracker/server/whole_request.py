"""Requests that some bytes are whole and plainly: of which no two servers could read different things. Pure.

What is not plain is no mistake; a server that parses HTTP in full reads it. Most lines of a head came before, in that of
another request, so it is kept what each one says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tracker.collector.wsgi import Environ
from tracker.server.front import SAME_FOR_ALL

_LARGEST_HEAD = 8 * 1024
_MOST_HEADERS = 64
_HEAD_END = b"\r\n\r\n"
# A line of a head that no server reads in another way: no underscore, no byte beyond ASCII, not the rest of another line.
_PLAIN_LINE = re.compile(rb"([A-Za-z0-9-]{1,64}):([\x20-\x7e]*)")
_PLAIN_FIRST_LINE = re.compile(rb"(?:POST|GET|OPTIONS|PUT|PATCH|DELETE) /[\x21-\x7e]* HTTP/1\.[01]")
_DIGITS = re.compile(r"[0-9]{1,6}", re.ASCII)
_NOT_PLAIN = frozenset(("HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_TE", "HTTP_TRAILER"))
_CONNECTION = {"keep-alive": False, "close": True}
# What strangers send is kept: 4 MB at most.
_MOST_LINES = 4096
_LONGEST_LINE = 512


class WholeRequest(NamedTuple):
    """A request that came whole; `environ` has its headers. It is the last one of its connection if it says so."""

    first_line: bytes
    environ: Environ
    body: bytes
    is_last: bool


class _NotPlainError(Exception):
    """A line is not one that every server reads alike."""


class _Lines(dict[bytes, tuple[str, str]]):
    """WSGI's key and the value that a line gives. Those that came lately are kept; others are read."""

    def __missing__(self, line: bytes) -> tuple[str, str]:
        found = _PLAIN_LINE.fullmatch(line)
        if found is None:
            raise _NotPlainError
        name, value = found[1].decode("ascii"), found[2].decode("ascii")
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key in _NOT_PLAIN:
            raise _NotPlainError
        said = key, value.strip(" ")
        if len(line) <= _LONGEST_LINE:
            if len(self) >= _MOST_LINES:
                self.clear()
            self[line] = said
        return said


_lines = _Lines()
_said_by = _lines.__getitem__


def whole_request(data: bytes) -> WholeRequest | None:
    """The request that some bytes are, if they are one and it is plain; None for anything else."""
    end = data.find(_HEAD_END, 0, _LARGEST_HEAD)
    if end < 0:
        return None
    first_line, *lines = data[:end].split(b"\r\n")
    if len(lines) > _MOST_HEADERS:
        return None
    environ = SAME_FOR_ALL.copy()
    try:
        environ.update(map(_said_by, lines))
    except _NotPlainError:
        return None
    if len(environ) != len(lines) + len(SAME_FOR_ALL) or "HTTP_HOST" not in environ:
        return None  # without a host, or with a header twice
    is_last = _is_last(first_line, environ.get("HTTP_CONNECTION", "keep-alive"))
    if is_last is None or len(data) - end - 4 != _length_of(environ.get("CONTENT_LENGTH", "0")):
        return None
    return WholeRequest(first_line, environ, data[end + 4 :], is_last)


@lru_cache(maxsize=64)
def _is_last(first_line: bytes, connection: str) -> bool | None:
    """Whether no other request follows; None where the first line or the header of the connection is not plain."""
    is_last = _CONNECTION.get(connection.lower())
    if is_last is None or _PLAIN_FIRST_LINE.fullmatch(first_line) is None:
        return None
    return is_last or first_line.endswith(b"/1.0")


@lru_cache(maxsize=1024)
def _length_of(text: str) -> int:
    return int(text) if _DIGITS.fullmatch(text) else -1
