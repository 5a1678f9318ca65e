"""Memory of a process and its children, as the kernel counts it."""

from __future__ import annotations

from pathlib import Path


def resident_mb(pid: int) -> float:
    """Returns the proportional set size of a process and its descendants in MB. Pages that they share count once."""
    return sum(_pss_kb(one) for one in _family(pid)) / 1000


def worker_mb(pid: int) -> float:
    """Returns the memory of a process's largest child in MB. Pages shared with others count in part."""
    return max(_pss_kb(one) for one in _family(pid) if one != pid) / 1000


def _family(pid: int) -> list[int]:
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += _family(int(child))
    return found


def _pss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
