"""Checks whether files are readable databases.

Each file is first read in its own process: a damaged file may crash the process or never end, and the service must go on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tracker.phrase import Phrase, message

# Returns what is wrong with each file, in their order; None for a good file.
Check = Callable[[Sequence[Path]], Sequence[Phrase | None]]

# -P: no modules are imported from the folder in which the service was started.
PROBE = [sys.executable, "-P", "-m", "tracker.reference.geo.probe"]
_SECONDS = 20.0


def check_files(paths: Sequence[Path], *, seconds: float = _SECONDS) -> list[Phrase | None]:
    """Returns for each file, in their order, what is wrong with it in one line; None for a good file. Reads in parallel."""
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


def _verdict(child: subprocess.Popen[bytes], seconds: float) -> Phrase | None:
    with child:
        try:
            said, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return Phrase(message("it is damaged (it could not be read in %(seconds)s s)"), seconds=round(seconds))
    if child.returncode < 0:
        ended = message("it is damaged (reading it ends the process with signal %(signal)s)")
        return Phrase(ended, signal=-child.returncode)
    try:
        problem = json.loads(said)["problem"]
    except (ValueError, KeyError):
        return Phrase(message("it could not be checked (exit code %(code)s)"), code=child.returncode)
    return None if problem is None else Phrase(problem[0], **problem[1])
