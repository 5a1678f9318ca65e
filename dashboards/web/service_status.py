"""The state of the running service, as the pages show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.db.recovery import Restore
from tracker.store.repairs import Repair


class Found(NamedTuple):
    """One line of what `webleads doctor` says, in English. `level` is `good`, `hint` or `problem`."""

    level: str
    words: str


Diagnose = Callable[[], Sequence[Found]]


def no_diagnosis() -> Sequence[Found]:
    """Where the application has no doctor."""
    return ()


@dataclass(frozen=True)
class ServiceStatus:
    """How the service is: what is wrong with each part, in an operator's words, or None.

    `waiting_bytes` of hits are kept and not counted yet; `repairs` are files of the event store that were set aside,
    `restores` what happened to the app database of late, `quarantined` how many lines could not be read or counted.
    """

    journal: str | None = None
    ingest: str | None = None
    event_store: str | None = None
    waiting_bytes: int = 0
    repairs: Sequence[Repair] = ()
    restores: Sequence[Restore] = ()
    quarantined: int = 0

    @property
    def needs_attention(self) -> bool:
        """Whether hits are refused, not counted, or were lost. Then every page says so."""
        broken = self.journal or self.ingest or self.event_store
        return bool(broken) or any(repair.part == "file" for repair in self.repairs)
