"""The files of a damaged event store that were set aside, and what that means for the figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class Repair(NamedTuple):
    """A damaged file that was moved aside at `at`. `part` is `log` or `file`; `kept_as` is where it is now."""

    part: str
    at: datetime
    kept_as: Path


def describe(repair: Repair) -> str:
    """Returns what happened and what it means for the figures, for an operator."""
    if repair.part == "log":
        return (
            f"the event store's log was damaged and set aside on {repair.at:%Y-%m-%d %H:%M} UTC; what was in it was"
            f" rebuilt from the journal. Delete {repair.kept_as.name} when you need it no more"
        )
    return (
        f"the event store's file was damaged and set aside on {repair.at:%Y-%m-%d %H:%M} UTC; the store started again with"
        f" what the journal still held, older events are only in {repair.kept_as.name}: restore a backup, and delete"
        " that file when you need it no more"
    )
