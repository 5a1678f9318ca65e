"""While hits queue up, what the process uses of its memory is put into huge pages, and nothing that is mostly empty."""

from __future__ import annotations

import ctypes
import mmap
from pathlib import Path

import pytest

from tracker.service.huge_pages import HugePages, Mapping, collapse, own_memory, worth_collapsing

MB = 1024 * 1024
SMAPS = """\
00400000-00800000 rw-p 00000000 00:00 0                                  [heap]
Size:               4096 kB
Rss:                4000 kB
AnonHugePages:         0 kB
VmFlags: rd wr mr mw me ac
7f0000000000-7f0001000000 rw-p 00000000 00:00 0
Size:              16384 kB
Rss:               16384 kB
AnonHugePages:      2048 kB
7f0002000000-7f0003000000 r-xp 00000000 fe:00 1234                       /usr/lib/libduckdb.so
Rss:               16384 kB
AnonHugePages:         0 kB
7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0                          [stack]
Rss:                8192 kB
AnonHugePages:         0 kB
"""


def test_own_memory_is_what_can_be_written_and_is_no_files() -> None:
    assert list(own_memory(SMAPS.splitlines())) == [
        Mapping(0x400000, 0x800000, 4000 * 1024, 0),
        Mapping(0x7F0000000000, 0x7F0001000000, 16 * MB, 2 * MB),
    ]


@pytest.mark.parametrize(
    ("mapping", "collapsed"),
    [
        (Mapping(4 * MB, 8 * MB, 4 * MB, 0), [(4 * MB, 8 * MB)]),
        (Mapping(3 * MB, 9 * MB, 6 * MB, 0), [(4 * MB, 8 * MB)]),
        (Mapping(4 * MB, 8 * MB, 4 * MB, 2 * MB), [(4 * MB, 8 * MB)]),
        (Mapping(4 * MB, 8 * MB, 4 * MB, 4 * MB), []),
        (Mapping(4 * MB, 12 * MB, 5 * MB, 0), []),
        (Mapping(3 * MB, 5 * MB, 2 * MB, 0), []),
    ],
    ids=["whole", "its-middle", "in-part-huge", "huge-already", "mostly-empty", "no-whole-page"],
)
def test_whole_pages_of_what_is_mostly_in_use_are_collapsed(mapping: Mapping, collapsed: list[tuple[int, int]]) -> None:
    assert list(worth_collapsing([mapping])) == collapsed


def test_it_is_done_every_three_seconds_while_hits_queue_up() -> None:
    done: list[float] = []
    moments = iter([100.0, 101.0, 103.9, 104.0, 110.0])
    asked: list[float] = []

    def now() -> float:
        asked.append(next(moments))
        return asked[-1]

    pages = HugePages(collapse=lambda: done.append(asked[-1]), monotonic=now)
    for waiting in (999_999, 4_000_000, 4_000_000, 4_000_000, 0):
        pages(waiting)
    assert done == [101.0, 104.0]


def test_memory_keeps_what_stands_in_it() -> None:
    with mmap.mmap(-1, 8 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory.madvise(mmap.MADV_DONTFORK)  # so that the kernel joins it with no other mapping
        memory[:] = bytes(range(256)) * (8 * MB // 256)
        collapse()
        assert memory[:] == bytes(range(256)) * (8 * MB // 256)
        if _can_collapse():
            start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
            of_memory = [one for one in own_memory(_smaps()) if one.start <= start < one.end]
            assert of_memory[0].huge >= 4 * MB


def _smaps() -> list[str]:
    return Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines()


def _can_collapse() -> bool:
    """Whether this kernel takes MADV_COLLAPSE (25), asked of memory of the test's own."""
    try:
        if "[never]" in Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text(encoding="ascii"):
            return False
    except OSError:
        return False
    with mmap.mmap(-1, 4 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory[:] = b"1" * (4 * MB)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        first = -(-start // (2 * MB)) * 2 * MB
        return bool(ctypes.CDLL(None).madvise(ctypes.c_void_p(first), ctypes.c_size_t(2 * MB), 25) == 0)
