"""The files of a damaged event store that were set aside, and what that means for the figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tracker.phrase import Phrase, message


class Repair(NamedTuple):
    """A damaged file that was moved aside at `at`. `part` is `log` or `file`; `kept_as` is where it is now."""

    part: str
    at: datetime
    kept_as: Path


def describe(repair: Repair) -> Phrase:
    """Returns what happened and what it means for the figures, for an operator."""
    if repair.part == "log":
        sentence = message(
            "the event store’s log was damaged and set aside on %(time)s UTC; what was in it was rebuilt from the journal."
            " Delete %(file)s when you need it no more"
        )
    else:
        sentence = message(
            "the event store’s file was damaged and set aside on %(time)s UTC; the store started again with what the"
            " journal still held, older events are only in %(file)s: restore a backup, and delete that file when you need"
            " it no more"
        )
    return Phrase(sentence, time=f"{repair.at:%Y-%m-%d %H:%M}", file=repair.kept_as.name)
