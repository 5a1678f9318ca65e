"""The version of a text that somebody edits: of two people who edit it at the same time, the second is told.

A form carries the version of what its page showed. Nobody overwrites what they have not seen.
"""

from __future__ import annotations

from hashlib import sha256


class ChangedMeanwhileError(Exception):
    """Somebody else saved another text since the page was read; nothing was saved. `present` is what is kept now."""

    def __init__(self, present: str) -> None:
        super().__init__("somebody else saved another text meanwhile")
        self.present = present


def version_of(*texts: str) -> str:
    """The version of what is kept."""
    return sha256("\0".join(texts).encode()).hexdigest()[:16]


def require_seen(seen: str | None, *texts: str, present: str) -> None:
    """Raises ChangedMeanwhileError unless what is kept is the version that was `seen`; None accepts every one."""
    if seen is not None and seen != version_of(*texts):
        raise ChangedMeanwhileError(present)
