"""When a register is fetched by itself, once a month, and what became of the last time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tracker.reference.registers import gleif, sirene
from tracker.reference.registers.store import Edition

REGISTER_NAMES = (sirene.REGISTER, gleif.REGISTER)
_EVERY = timedelta(days=30)
_AGAIN_AFTER_A_FAILURE = timedelta(days=1)
_NOTES = "updates.json"


class Update(NamedTuple):
    """An update of a register: when it ended, whether it did what it should, and what it said, in one line."""

    at: datetime
    is_good: bool
    said: str


def kept_fresh(setting: str) -> tuple[str, ...]:
    """Returns the registers that the setting WEBLEADS_REGISTERS_UPDATE names."""
    return REGISTER_NAMES if setting == "all" else tuple(one for one in REGISTER_NAMES if one == setting)


def is_due(last: Update | None, edition: Edition | None, now: datetime) -> bool:
    """Whether a register is to be fetched: a month after the last time, a day after a failure. An import by hand counts."""
    if last is not None and not last.is_good:
        return now - last.at >= _AGAIN_AFTER_A_FAILURE
    times = [last.at] if last else []
    if edition is not None:
        times.append(datetime.fromisoformat(edition.imported_at))
    return not times or now - max(times) >= _EVERY


def last_updates(folder: Path) -> Mapping[str, Update]:
    """Returns the last update of each register that was fetched by itself."""
    try:
        notes = json.loads((folder / _NOTES).read_text(encoding="utf-8"))
        return {
            name: Update(datetime.fromisoformat(at), bool(good), str(said)) for name, (at, good, said) in notes.items()
        }
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def note_update(folder: Path, register: str, update: Update) -> None:
    """Keeps what became of an update. Raises OSError."""
    notes = {**last_updates(folder), register: update}
    text = json.dumps({name: (one.at.isoformat(), one.is_good, one.said) for name, one in notes.items()}, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{_NOTES}"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / _NOTES)
