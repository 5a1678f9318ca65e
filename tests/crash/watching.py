"""Waits for the moment at which a file is made, changed or removed, so that a process can be killed in it (inotify)."""

from __future__ import annotations

import ctypes
import os
import select
import struct
import time
from pathlib import Path

MODIFY, CREATE, DELETE, MOVED_TO = 0x2, 0x100, 0x200, 0x80
_HEADER = struct.Struct("iIII")


class FolderWatch:
    """Collects changes in folders from its creation on. Linux only."""

    def __init__(self, *folders: Path, events: int) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for folder in folders:
            if self._libc.inotify_add_watch(self._descriptor, os.fsencode(folder), events) < 0:
                raise OSError(ctypes.get_errno(), f"cannot watch {folder}")

    def wait_for(self, *endings: str, seconds: float) -> str | None:
        """Returns the name of the first changed file with this ending; None if there is none in time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            select.select([self._descriptor], [], [], left)
            for name in self._names():
                if name.endswith(endings):
                    return name
        return None

    def close(self) -> None:
        os.close(self._descriptor)

    def _names(self) -> list[str]:
        try:
            data = os.read(self._descriptor, 65_536)
        except BlockingIOError:
            return []
        names, at = [], 0
        while at < len(data):
            length = _HEADER.unpack_from(data, at)[3]
            names.append(data[at + _HEADER.size : at + _HEADER.size + length].rstrip(b"\0").decode())
            at += _HEADER.size + length
        return names
