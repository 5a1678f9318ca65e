"""Asks Linux for huge pages while hits queue up: what ingest looks up stands all over its memory.

A processor finds a page of 4 KB by its own small list of pages, which has room for some megabytes, and otherwise by four
look-ups in memory, or two dozen in a virtual machine. Of pages of 2 MB the same list reaches over all that the process has.
Linux makes them by itself only where its administrator chose `always`; usually the choice is `madvise`, for those who ask.
Does nothing where the choice is `never`, or the system is another or older than Linux 6.1.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_HUGE = 2 * 1024 * 1024
# `MADV_COLLAPSE` of madvise(2): once, of what is there now. `MADV_HUGEPAGE` would have the kernel fill up empty memory later, too.
_COLLAPSE = 25
_EVERY_SECONDS = 3.0
# A huge page takes its 2 MB whole: a mapping that is emptier is left as it is.
_LEAST_FULL = 0.75
_CHOICE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_MAPPINGS = Path("/proc/self/smaps")


class Mapping(NamedTuple):
    """A part of the process's memory: its addresses, the bytes of it that are there, and those of them in huge pages."""

    start: int
    end: int
    resident: int
    huge: int


def collapse() -> None:
    """Has what the process uses of memory that is no file's put into huge pages, as far as that is possible now."""
    with suppress(OSError, AttributeError):
        if "[never]" in _CHOICE.read_text(encoding="ascii"):
            return
        madvise = ctypes.CDLL(None).madvise
        for start, end in worth_collapsing(own_memory(_MAPPINGS.read_text(encoding="utf-8").splitlines())):
            madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _COLLAPSE)  # what fails stays as it is


def own_memory(lines: Iterable[str]) -> Iterator[Mapping]:
    """The mappings of `/proc/self/smaps` that can be written and are no file's, nor the first thread's stack."""
    start = end = resident = 0
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            is_own = words[1] == "rw-p" and (len(words) == 5 or words[5] == "[heap]")
            start, end = (int(place, 16) for place in words[0].split("-")) if is_own else (0, 0)
        elif words[0] == "Rss:":
            resident = int(words[1]) * 1024
        elif words[0] == "AnonHugePages:" and end:
            yield Mapping(start, end, resident, int(words[1]) * 1024)


def worth_collapsing(mappings: Iterable[Mapping]) -> Iterator[tuple[int, int]]:
    """The whole huge pages within mappings that are mostly in use, and not in huge pages yet."""
    for start, end, resident, huge in mappings:
        first, last = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
        if first < last and huge < last - first and resident >= _LEAST_FULL * (end - start):
            yield first, last


class HugePages:
    """Call it before each batch, with the bytes that wait: it collapses every few seconds while hits queue up."""

    def __init__(
        self,
        *,
        from_bytes: int = 1_000_000,
        collapse: Callable[[], None] = collapse,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._from_bytes = from_bytes
        self._collapse = collapse
        self._monotonic = monotonic
        self._next_at = 0.0

    def __call__(self, waiting_bytes: int) -> None:
        now = self._monotonic()
        if waiting_bytes >= self._from_bytes and now >= self._next_at:
            self._next_at = now + _EVERY_SECONDS
            self._collapse()
