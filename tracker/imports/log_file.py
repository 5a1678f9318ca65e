"""A log as a file: packed or not, in any encoding. It can be read several times."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any

_CHUNK_BYTES = 1024 * 1024
# Web servers accept requests of 8 KB. A longer line is cut, and then cannot be read as a request.
_LONGEST_LINE = 64 * 1024
_PACKED: dict[bytes, Callable[[Any], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

OnBytes = Callable[[int], None]


class LogUnreadable(ValueError):
    """The file cannot be read to its end; the message is one line."""


def lines_of(file: Path, on_bytes: OnBytes = lambda _: None) -> Iterator[str]:
    """Yields the file's lines as text. Bytes that are not UTF-8 become surrogates; a line that is too long is cut.

    `on_bytes` is called with the number of bytes of each read. Raises LogUnreadable.
    """
    with _opened(file) as (raw, source):
        read = 0
        for line in _utf_16(source) if _starts_with(source, *_UTF_16) else _bytes_lines(source):
            on_bytes(raw.tell() - read)
            read = raw.tell()
            yield line


def digest_of(file: Path) -> str:
    """Returns the SHA-256 of the log's text in hexadecimal, which does not depend on how it is packed. Raises LogUnreadable."""
    digest = sha256()
    with _opened(file) as (_, source):
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _opened(file: Path) -> Iterator[tuple[BufferedReader, BufferedReader]]:
    try:
        with open(file, "rb") as raw:
            begin = raw.peek(6)
            unpack = next((unpack for magic, unpack in _PACKED.items() if begin.startswith(magic)), None)
            yield raw, BufferedReader(unpack(raw)) if unpack else raw
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise LogUnreadable(f"{file} cannot be read to its end: {reason}") from problem


def _starts_with(source: Any, *marks: bytes) -> bool:
    return bool(source.peek(2)[:2] in marks)


def _bytes_lines(source: BufferedReader) -> Iterator[str]:
    while line := source.readline(_LONGEST_LINE):
        while not line.endswith(b"\n") and len(line) == _LONGEST_LINE and (more := source.readline(_LONGEST_LINE)):
            line = line[: _LONGEST_LINE - 1] + more[-1:]
        yield line.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _utf_16(source: BufferedReader) -> Iterator[str]:
    text = TextIOWrapper(source, "utf-16", errors="replace", newline="\n")
    try:
        while line := text.readline(_LONGEST_LINE):
            while not line.endswith("\n") and len(line) == _LONGEST_LINE and (more := text.readline(_LONGEST_LINE)):
                line = line[: _LONGEST_LINE - 1] + more[-1:]
            yield line.rstrip("\r\n")
    finally:
        text.detach()  # otherwise closing the text would close the file, before all of it was read
