"""How much of the journal waits to be stored, told by the process that stores it to the one that takes hits.

Both are forks of the process that made it, and share its memory. It is a hint: whoever is wrong about it waits a moment too
long, or too short.
"""

from __future__ import annotations

import mmap

# About what comes while a batch is stored, as long as storing keeps up.
_USUAL_BYTES = 3_000_000
_BYTES_A_STEP = 150_000
_STEP_SECONDS = 0.0001
_MOST_STEPS = 20


class Backlog:
    """One byte: how far behind storing is, in steps."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 1)

    def tell(self, waiting_bytes: int) -> None:
        """Says how much waits now."""
        self._shared[0] = min(_MOST_STEPS, max(0, waiting_bytes - _USUAL_BYTES) // _BYTES_A_STEP)

    def rest_seconds(self) -> float:
        """How long to rest before more hits are taken, so that storing catches up: the longer, the more waits. 2 ms at most."""
        return self._shared[0] * _STEP_SECONDS
