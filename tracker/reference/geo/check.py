"""Whether files are databases that can be read.

Each is read in a process of its own first: a damaged file may crash or never end, and the service must not go with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

# What is wrong with each of some files, in their order; None for a good one.
Check = Callable[[Sequence[Path]], Sequence[str | None]]

# -P: the folder that the service was started in holds no modules of its.
PROBE = [sys.executable, "-P", "-m", "tracker.reference.geo.probe"]
_SECONDS = 20.0


def check_files(paths: Sequence[Path], *, seconds: float = _SECONDS) -> list[str | None]:
    """What is wrong with each file in one line, None for a good one. The files are read side by side."""
    children = [
        subprocess.Popen(
            [*PROBE, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for path in paths
    ]
    return [_verdict(child, seconds) for child in children]


def _verdict(child: subprocess.Popen[bytes], seconds: float) -> str | None:
    with child:
        try:
            said, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return f"it is damaged (it could not be read in {seconds:.0f} s)"
    if child.returncode < 0:
        return f"it is damaged (reading it ends the process with signal {-child.returncode})"
    try:
        problem: str | None = json.loads(said)["problem"]
    except (ValueError, KeyError):
        return f"it could not be checked (exit code {child.returncode})"
    return problem
