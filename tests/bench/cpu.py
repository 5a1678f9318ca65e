"""The processor time of a server's processes, which a busy machine falsifies less than a rate."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tests.running_service import descendants


def cpu_seconds(pid: int) -> float:
    """What a process and those that it started have used so far, in user and system mode."""
    ticks = 0
    for one in (pid, *descendants(pid)):
        with suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
