"""An event store that runs the same statement once: equal statements at the same time share a run, and answers are cached.

Only statements that declare what they read (`tracker.store.reading`) are shared and cached. An answer is cached with the
revision of what it reads, so no answer outlives a change. So are the answers that are made of several statements of one
snapshot, by what that sees: a page's figures of days that did not change since. Answers about figures of days may be made
while these are counted: they are there at the moment at which the figures are. Statements over long periods run one at a
time, others one a core. The rest of the store (positions, the newest event, appends) never waits for them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import Row, Select

from tracker.store.answering.flights import Flights
from tracker.store.answering.kept import CELL_BYTES, KeptAnswers, size_of
from tracker.store.answering.lately import Lately
from tracker.store.changes.revisions import Revisions, State
from tracker.store.patience import TookTooLong, asker
from tracker.store.reading import Reading, reading_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from tracker.store.batch import Batch
    from tracker.store.protocol import EventStore, Snapshot, SnapshotToCount
    from tracker.store.seals import SealedDay

KEPT_BYTES = 32 * 2**20
_LONG = timedelta(days=62)
_DAY = timedelta(days=1)
_DAYS_BEGIN = date.min + _DAY


class AnsweringStore:
    """Wraps an EventStore and is one itself: all other attributes are the inner store's."""

    def __init__(self, inner: EventStore, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._inner = inner
        self._kept = KeptAnswers(kept_bytes)
        self._flights = Flights()
        self.lately = Lately()
        self._revisions = Revisions()
        self._of_excluded = Revisions()
        self._working = threading.local()
        self._long = threading.Semaphore(1)
        self._short = threading.Semaphore(max(2, os.cpu_count() or 1))

    def __getattr__(self, name: str) -> Any:
        """Returns an attribute of the inner store. A method that may change events makes all cached answers invalid."""
        found = getattr(self._inner, name)
        if name in _HARMLESS or not callable(found):
            return found

        def changing(*arguments: Any, **named: Any) -> Any:
            try:
                return found(*arguments, **named)
            finally:
                self._everything_changed()

        return changing

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        answer: Sequence[Row[*tuple[Any, ...]]] = self._ask(
            "rows", statement, self._inner.rows, lambda rows: sum(len(row) for row in rows) * CELL_BYTES
        )
        return answer

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        answer: pd.DataFrame = self._ask("frame", statement, self._inner.frame, size_of)
        return answer.copy()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A snapshot of the inner store, of whose questions the answers are kept."""
        with self._inner.snapshot() as inner:
            yield cast("Snapshot", AnsweringSnapshot(inner, self))

    def count(
        self,
        site: str,
        work_out: Callable[[SnapshotToCount], Sequence[SealedDay]],
        *,
        ready: Callable[[Snapshot], object] | None = None,
    ) -> set[date]:
        """Counts days. What `ready` asks about their figures is answered before others see these, and kept for them."""
        if ready is None:
            return self._inner.count(site, work_out)
        made: dict[tuple[Hashable, Reading], Any] = {}

        def keep(state: State) -> None:
            for question, answer in made.items():
                revision = state.revision(question[1])
                if revision is not None:
                    self._kept.keep(question, revision, answer, size_of(answer))

        def ask(snapshot: Snapshot) -> None:
            ready(cast("Snapshot", CountedSnapshot(snapshot, self, made)))

        return self._inner.count(site, work_out, ready=ask, counted=keep)

    def append(self, batch: Batch) -> None:
        try:
            self._inner.append(batch)
        finally:
            self._note(batch)

    def _note(self, batch: Batch) -> None:
        for one in batch.not_counted:
            self._of_excluded.changed(one.site, max(one.day, _DAYS_BEGIN) - _DAY)
        if batch.retracted:
            self._everything_changed()
        elif batch.columns and len(batch.columns["site"]):
            moments = np.asarray(batch.columns["occurred_at"]).astype("datetime64[us]")
            earliest = moments.min().astype("datetime64[D]").item()
            for site in set(batch.columns["site"]):
                self._revisions.changed(site, earliest)

    def _everything_changed(self) -> None:
        self._revisions.everything_changed()
        self._of_excluded.everything_changed()

    def _ask(
        self, kind: str, statement: Select[Any], run: Callable[[Select[Any]], Any], size: Callable[[Any], int]
    ) -> Any:
        reading = reading_of(statement)
        key = None if reading is None else _key(statement)
        if reading is None or key is None:
            return run(statement)

        def in_lane() -> Any:
            with self.lane(reading):
                return run(statement)

        revisions = self._of_excluded if reading.of_excluded else self._revisions
        return self._answer((kind, key), revisions.of(reading), in_lane, size)

    def answer_once(self, question: Hashable, revision: int, work: Callable[[], Any]) -> Any:
        """What `work` returns, or what it returned for the same question of this state, also for who asked at the same time.

        Within work that someone waits for nothing is waited for: two could wait for each other.
        """
        if getattr(self._working, "is_nested", False):
            return self._answer_alone(question, revision, work, size_of)
        self._working.is_nested = True
        try:
            return self._answer(question, revision, work, size_of)
        finally:
            self._working.is_nested = False

    def _answer(self, question: Hashable, revision: int, work: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        found = self._kept.find(question, revision)
        if found is not None:
            return found.answer
        return self._flights.once(
            (question, revision), lambda: self._answer_alone(question, revision, work, size)
        )  # one that landed meanwhile is found there

    def _answer_alone(
        self, question: Hashable, revision: int, work: Callable[[], Any], size: Callable[[Any], int]
    ) -> Any:
        found = self._kept.find(question, revision)
        if found is not None:
            return found.answer
        answer = work()
        self._kept.keep(question, revision, answer, size(answer))
        return answer

    @contextmanager
    def lane(self, reading: Reading) -> Iterator[None]:
        """Around a statement, whose turn it is."""
        lane = self._long if reading.until - reading.since > _LONG else self._short
        one = asker()
        if not lane.acquire(timeout=None if one is None else one.seconds_left):
            raise TookTooLong("others asked for long periods at the same time; try again")
        try:
            yield
        finally:
            lane.release()


class AnsweringSnapshot:
    """Wraps a Snapshot and is one itself: all other attributes are the inner snapshot's."""

    def __init__(self, inner: Snapshot, store: AnsweringStore) -> None:
        self._inner = inner
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def rows(self, statement: Select[Any]) -> Any:
        return self._in_lane(statement, self._inner.rows)

    def frame(self, statement: Select[Any]) -> Any:
        return self._in_lane(statement, self._inner.frame)

    def _in_lane(self, statement: Select[Any], run: Callable[[Select[Any]], Any]) -> Any:
        """What declares that it reads events waits its turn; what is read of figures does not."""
        reading = reading_of(statement)
        if reading is None:
            return run(statement)
        with self._store.lane(reading):
            return run(statement)

    def once(self, reading: Reading, question: Hashable, work: Callable[[], Any], *, of_figures: bool = False) -> Any:
        """What `work` returned for another snapshot that saw the same, if that is kept."""
        revision = self._inner.revision(reading, of_figures=of_figures)
        return work() if revision is None else self._store.answer_once((question, reading), revision, work)


class CountedSnapshot(AnsweringSnapshot):
    """One whose figures others do not see yet: answers about them are gathered in `made`, to be kept when others see them."""

    def __init__(self, inner: Snapshot, store: AnsweringStore, made: dict[tuple[Hashable, Reading], Any]) -> None:
        super().__init__(inner, store)
        self._made = made
        self._else: dict[tuple[Hashable, Reading], Any] = {}

    def once(self, reading: Reading, question: Hashable, work: Callable[[], Any], *, of_figures: bool = False) -> Any:
        """What `work` returns; what is not about days that were counted now may be kept already."""
        if self._inner.revision(reading, of_figures=of_figures) is not None:
            return super().once(reading, question, work, of_figures=of_figures)
        # Which days are sealed is not known yet: what is not about figures alone holds for this snapshot.
        answers = self._made if of_figures else self._else
        if (question, reading) not in answers:
            answers[question, reading] = work()
        return answers[question, reading]


# The methods of an EventStore that change no event.
_HARMLESS = frozenset(
    {"positions", "offsets", "seal", "unseal", "count_month", "keep_goals", "forget_goals", "lags", "details_of", "rehearse", "forget_positions", "compact_not_counted", "forget_event_ids", "checkpoint", "give_back_memory", "ping", "close"}
)  # fmt: skip


def _key(statement: Select[Any]) -> Hashable | None:
    """Returns the key of a statement: its SQLAlchemy cache key, and its bound values."""
    shape = statement._generate_cache_key()  # noqa: SLF001 - as SQLAlchemy's own example of caching answers does
    if shape is None:
        return None
    values = (parameter.effective_value for parameter in shape.bindparams)
    return shape.key, tuple(tuple(value) if isinstance(value, list | set) else value for value in values)
