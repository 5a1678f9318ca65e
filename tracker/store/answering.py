"""An event store that runs the same statement once: equal statements at the same time share a run, and answers are cached.

Only statements that declare what they read (`tracker.store.reading`) are shared and cached. An answer is cached with the
revision of what it reads, so no answer outlives a change. So are the answers that are made of several statements of one
snapshot, by what that sees: a page's figures of days that did not change since. Statements over long periods run one at a time, others one a
core. The rest of the store (positions, the newest event, appends) never waits for them.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from sqlalchemy import Row, Select

from tracker.store.patience import Interrupted, TookTooLong, asker
from tracker.store.reading import Reading, reading_of
from tracker.store.revisions import Revisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from tracker.store.batch import Batch
    from tracker.store.protocol import EventStore, Snapshot

KEPT_BYTES = 32 * 2**20
_LONG = timedelta(days=62)
# The mean size of a cell that is a Python object.
_CELL_BYTES = 64
# Of so many values of a long list the mean size is taken.
_SAMPLE = 100
_DAY = timedelta(days=1)
_DAYS_BEGIN = date.min + _DAY


class _Flight:
    """A running statement, for which others wait."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.answer: Any = None
        self.problem: BaseException | None = None


class _Kept(NamedTuple):
    answer: Any
    size: int


class AnsweringStore:
    """Wraps an EventStore and is one itself: all other attributes are the inner store's."""

    def __init__(self, inner: EventStore, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._inner = inner
        self._kept_bytes = kept_bytes
        self._lock = threading.Lock()
        self._flights: dict[Hashable, _Flight] = {}
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._size = 0
        self._revisions = Revisions()
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
                self._revisions.everything_changed()

        return changing

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        answer: Sequence[Row[*tuple[Any, ...]]] = self._ask(
            "rows", statement, self._inner.rows, lambda rows: sum(len(row) for row in rows) * _CELL_BYTES
        )
        return answer

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        answer: pd.DataFrame = self._ask(
            "frame", statement, self._inner.frame, lambda frame: int(frame.memory_usage(index=True, deep=True).sum())
        )
        return answer.copy()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A snapshot of the inner store, of whose questions the answers are kept."""
        with self._inner.snapshot() as inner:
            yield cast("Snapshot", AnsweringSnapshot(inner, self))

    def append(self, batch: Batch) -> None:
        try:
            self._inner.append(batch)
        finally:
            self._note(batch)

    def _note(self, batch: Batch) -> None:
        for one in batch.not_counted:
            self._revisions.changed(one.site, max(one.day, _DAYS_BEGIN) - _DAY)
        if batch.retracted:
            self._revisions.everything_changed()
        elif batch.columns and len(batch.columns["site"]):
            moments = np.asarray(batch.columns["occurred_at"]).astype("datetime64[us]")
            earliest = moments.min().astype("datetime64[D]").item()
            for site in set(batch.columns["site"]):
                self._revisions.changed(site, earliest)

    def _ask(
        self, kind: str, statement: Select[Any], run: Callable[[Select[Any]], Any], size: Callable[[Any], int]
    ) -> Any:
        reading = reading_of(statement)
        key = None if reading is None else _key(statement)
        if reading is None or key is None:
            return run(statement)

        def in_lane() -> Any:
            with self._lane(reading):
                return run(statement)

        return self._answer(lambda: (kind, key, self._revisions.of(reading)), in_lane, size)

    def answer_once(self, known: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` returns, or what it returned for the same `known`, also for someone who asked at the same time.

        Within work that someone waits for nothing is waited for: two could wait for each other.
        """
        if getattr(self._working, "is_nested", False):
            return self._answer_nested(known, work)
        self._working.is_nested = True
        try:
            return self._answer(lambda: known, work, size_of)
        finally:
            self._working.is_nested = False

    def _answer_nested(self, known: Hashable, work: Callable[[], Any]) -> Any:
        with self._lock:
            if known in self._kept:
                self._kept.move_to_end(known)
                return self._kept[known].answer
        answer = work()
        self._keep(known, answer, size_of(answer))
        return answer

    def _answer(self, known_now: Callable[[], Hashable], run: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        while True:
            known = known_now()
            with self._lock:
                if known in self._kept:
                    self._kept.move_to_end(known)
                    return self._kept[known].answer
                flight = self._flights.get(known)
                if flight is None:
                    own = self._flights[known] = _Flight()
                    break
            _wait(flight.landed)
            if flight.problem is None:
                return flight.answer
            if not isinstance(
                flight.problem, Interrupted
            ):  # the caller who ran it has stopped waiting, this one has not
                raise flight.problem
        try:
            own.answer = run()
            self._keep(known, own.answer, size(own.answer))
        except BaseException as problem:
            own.problem = problem
            raise
        finally:
            with self._lock:
                del self._flights[known]
            own.landed.set()
        return own.answer

    @contextmanager
    def _lane(self, reading: Reading) -> Iterator[None]:
        lane = self._long if reading.until - reading.since > _LONG else self._short
        one = asker()
        if not lane.acquire(timeout=None if one is None else one.seconds_left):
            raise TookTooLong("others asked for long periods at the same time; try again")
        try:
            yield
        finally:
            lane.release()

    def _keep(self, known: Hashable, answer: Any, size: int) -> None:
        if size > self._kept_bytes // 4:
            return
        with self._lock:
            before = self._kept.pop(known, None)
            self._kept[known] = _Kept(answer, size)
            self._size += size - (0 if before is None else before.size)
            while self._size > self._kept_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest.size


class AnsweringSnapshot:
    """Wraps a Snapshot and is one itself: all other attributes are the inner snapshot's."""

    def __init__(self, inner: Snapshot, store: AnsweringStore) -> None:
        self._inner = inner
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def once(self, reading: Reading, question: Hashable, work: Callable[[], Any]) -> Any:
        """What `work` returned for another snapshot that saw the same, if that is kept."""
        revision = self._inner.revision(reading)
        return work() if revision is None else self._store.answer_once((question, reading, revision), work)


def size_of(answer: Any) -> int:
    """About how many bytes an answer takes: a frame, a value, or several of them."""
    if hasattr(answer, "memory_usage"):
        return int(answer.memory_usage(index=True, deep=True).sum())
    if isinstance(answer, Mapping):
        return size_of(list(answer.values())) + _CELL_BYTES * len(answer)
    if isinstance(answer, tuple | list):
        some = answer[:_SAMPLE]
        return sum(size_of(one) for one in some) * len(answer) // max(1, len(some))
    if is_dataclass(answer):
        return sum(size_of(getattr(answer, one.name)) for one in fields(answer))
    return _CELL_BYTES


# The methods of an EventStore that change no event.
_HARMLESS = frozenset(
    {"positions", "offsets", "seal", "unseal", "count", "count_month", "lags", "details_of", "rehearse", "forget_positions", "compact_not_counted", "checkpoint", "give_back_memory", "ping", "close"}
)  # fmt: skip


def _wait(landed: threading.Event) -> None:
    """Waits until another caller's run has ended, or this caller's time is up."""
    one = asker()
    while not landed.wait(timeout=None if one is None else min(0.2, one.seconds_left + 0.01)):
        if one is not None:
            one.check()


def _key(statement: Select[Any]) -> Hashable | None:
    """Returns the key of a statement: its SQLAlchemy cache key, and its bound values."""
    shape = statement._generate_cache_key()  # noqa: SLF001 - as SQLAlchemy's own example of caching answers does
    if shape is None:
        return None
    values = (parameter.effective_value for parameter in shape.bindparams)
    return shape.key, tuple(tuple(value) if isinstance(value, list | set) else value for value in values)
