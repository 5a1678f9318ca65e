"""What the rest of the product may ask of an event store; each engine's store is one of these.

Reports ask by SQLAlchemy Core over the tables of `tracker.store.schema`; what engines say differently comes from
`tracker.store.functions`. Nobody outside `tracker/store` sees a connection, a transaction or an engine's own error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Row, Select, Table

from tracker.store.batch import Batch, SegmentPosition
from tracker.store.changes.revisions import State
from tracker.store.reading import Reading
from tracker.store.seals import KeptGoals, MonthOfFigures, SealedDay


class Snapshot(Protocol):
    """One state of the store, whatever is stored meanwhile."""

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows that a statement selects."""
        ...

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        """The result as columns, named and typed as selected."""
        ...

    def hold(self, rows: Sequence[Select[Any]], ids: Select[Any] | None) -> None:
        """Adds figures of days to `tracker.store.schema.held_rollups` and `held_rollup_ids`, which only this snapshot sees."""
        ...

    def hold_rows(self, table: Table, rows: Select[Any]) -> None:
        """Adds rows of days to those that are to be kept in one of `tracker.store.schema.KEPT_ROWS`."""
        ...

    def revision(self, reading: Reading, *, of_figures: bool = False) -> int | None:
        """The number of the last change of what is read: of events and figures of days alike, or `of_figures` alone.

        Snapshots that say the same number see the same; None where it is not known.
        """
        ...

    def once(self, reading: Reading, question: Hashable, work: Callable[[], Any], *, of_figures: bool = False) -> Any:
        """What `work` returns for a question that reads nothing else; nobody may change it.

        Where answers are kept it may be that of an earlier snapshot, which saw the same, or for a question that is answered
        from figures of days the same figures.
        """
        ...

    def corrects_companies(self, site: str) -> bool:
        """Whether its statements read companies of a site otherwise than they are stored and were counted."""
        ...


class SnapshotToCount(Snapshot, Protocol):
    """The state of which days are counted."""

    def added(self, site: str) -> int | None:
        """Puts into `tracker.store.changes.added.added_events` what was added to a site since its days were counted; returns how many events.

        None where that is not known, or else changed: then all is to be counted. It is to be asked once.
        """
        ...

    def reading(self, rows: Select[Any]) -> AbstractContextManager[None]:
        """While this is open, statements read these rows of events in the place of all; once more within it."""
        ...


if TYPE_CHECKING:
    import pandas as pd


class EventStore(Protocol):
    """Reads and appends. Safe to use from several threads."""

    # Reports

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows that a statement selects."""
        ...

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        """The result as columns, named and typed as selected."""
        ...

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Several statements over one state of the store; nothing that they do is kept."""
        ...

    # Ingest

    def append(self, batch: Batch) -> None:
        """Adds a batch once: when this returns all of it is stored, when it raises nothing that counts is.

        A batch whose bytes are stored adds nothing, so that one whose outcome is unknown may be sent again. Raises
        PositionMoved when it begins before or after what is stored.

        The seals of the days that it concerns are gone with it (tracker.store.seals).
        """
        ...

    def rehearse(self, batch: Batch) -> None:
        """Raises what `append` would raise; nothing of the batch is stored."""
        ...

    def positions(self) -> dict[str, SegmentPosition]:
        """How far each journal segment is stored, by its name."""
        ...

    def offsets(self) -> dict[str, int]:
        """How many bytes of each journal segment are stored."""
        ...

    def forget_positions(self, segments: Sequence[str]) -> None:
        """Removes the positions of segments that are no longer there."""
        ...

    def details_of(self, day: date) -> Sequence[tuple[str, str, str]]:
        """The site, reason and detail of what is not counted on a day."""
        ...

    def recover_from(self, problem: Exception) -> None:
        """Makes the store usable again after an error that the engine does not get over by itself."""
        ...

    # Housekeeping

    def checkpoint(self) -> None:
        """Makes what was committed so far outlive a crash of the engine; only then may its source be deleted.

        Nothing to do where every commit does. Raises StoreUnavailable when it is not possible now.
        """
        ...

    def give_back_memory(self) -> bool:
        """Lets go of memory that is not in use, as after much work; False where it cannot now, and is to be asked again.

        Nothing to do where the engine has its own machine.
        """
        ...

    def compact_not_counted(self) -> None:
        """Makes one row of the rows that batches added for the same site, day, reason and detail."""
        ...

    def forget_event_ids(self, kept: timedelta) -> None:
        """Removes the ids that clients gave events which are older by more than this than the newest with one.

        Such an event that is sent again would be counted twice.
        """
        ...

    def forget_site(self, site: str) -> None:
        """Deletes a site's events and what was not counted for it."""
        ...

    def count(
        self,
        site: str,
        work_out: Callable[[SnapshotToCount], Sequence[SealedDay]],
        *,
        ready: Callable[[Snapshot], object] | None = None,
        counted: Callable[[State], object] | None = None,
    ) -> set[date]:
        """Makes the rollups anew of the days that are worked out and held in a snapshot; returns those that are sealed.

        The events of the others changed meanwhile: their figures are of the moment of the snapshot. All days of the site that
        have figures and are not sealed have them of one moment. `ready` may ask about these figures before others see them;
        `counted` is told the state of all figures once they do, before anything else is counted.
        """
        ...

    def seal(self, day: SealedDay, work_out: Callable[[Snapshot], None]) -> bool:
        """Counts one day; False when a change of its events came between, so that it is not sealed."""
        ...

    def unseal(self, site: str, first: date, end: date) -> None:
        """Takes the figures of a site's days out of use, so that they are counted from the events. Those whose events are gone stay."""
        ...

    def count_month(self, work_out: Callable[[Snapshot], MonthOfFigures | None]) -> bool:
        """Makes a month's rollups of those of its days; False where it is not to be made."""
        ...

    def keep_goals(self, site: str, work_out: Callable[[Snapshot], KeptGoals | None]) -> set[date]:
        """Keeps the events of goals on sealed days; returns the days of which they are.

        Others had changes of their events meanwhile. Whatever takes a day's seal away takes these out of use as well.
        """
        ...

    def forget_goals(self, site: str, goals: Collection[str]) -> None:
        """Removes what is kept of a site's goals but these (`KeptGoals.goals`)."""
        ...

    def lags(self) -> dict[str, float]:
        """For how many seconds the figures of sites have lacked events. Sites of which no day was counted are not among them."""
        ...

    # Whoever opened it

    def ping(self) -> None:
        """Raises when the store does not answer."""
        ...

    def close(self) -> None: ...
