"""One moment of a site for a whole page: what it says in two places is the same in both.

The figures of open days may be some seconds old there, as whoever keeps them last counted them, so that no page groups
their events. Whoever asks a store itself gets figures of now.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select

from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison, Filter
from tracker.stats.periods import Period
from tracker.stats.rollups.coverage import are_all_counted, cut_day
from tracker.stats.scope import Scope, naive
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.reading import Reading

T = TypeVar("T")
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - as the store has moments

# Figures that have lacked events for longer are worked out for the page: nobody seems to keep them.
_OLDEST_SECONDS = 30.0


@dataclass
class Caveats:
    """What is to be known of the days that figures are of.

    Some may be of the time zone or the rules of before, until they are counted again. Those from before `final_before` have no
    events any more, so that they stay as they are, in the time zone `final_in`.
    """

    in_zone_of_before: bool = False
    by_rules_of_before: bool = False
    final_before: date | None = None
    final_in: str = ""

    def add(self, others: Caveats) -> None:
        """Adds what is to be said of further figures."""
        self.in_zone_of_before |= others.in_zone_of_before
        self.by_rules_of_before |= others.by_rules_of_before
        if others.final_before is not None and (self.final_before is None or self.final_before < others.final_before):
            self.final_before, self.final_in = others.final_before, others.final_in


@dataclass
class Notes:
    """What is known of one state of the store: days as they are put together, what was worked out, who has ids that last."""

    days: dict[tuple[object, ...], Any] = field(default_factory=dict)
    noted: dict[Hashable, Any] = field(default_factory=dict)
    held: set[tuple[object, ...]] = field(default_factory=set)
    with_ids: dict[str, bool] = field(default_factory=dict)
    expected: tuple[str, ...] = ()


class Moment:
    """An EventStore of which all snapshots are the same; its other attributes are the store's."""

    def __init__(self, store: EventStore, stack: ExitStack, *, of_now: bool = False) -> None:
        self._of_now = of_now
        # A store that corrects what it reads does so in the same way throughout.
        self._store = store.as_of_now() if hasattr(store, "as_of_now") else store
        self._stack = stack
        self._snapshot: Snapshot | None = None
        self._beneath: Moment | None = None
        self._lags: dict[str, float] = {}
        self.notes = Notes()
        self.caveats = Caveats()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        if self._snapshot is None:
            self._lags = self._store.lags()
            self._snapshot = self._stack.enter_context(self._store.snapshot())
        yield self._snapshot

    def once(
        self, reading: Reading, question: Hashable, work: Callable[[], T], *, of_figures: Period | None = None
    ) -> T:
        """What `work` returns for a question, which may be kept from a page that saw the same; not to be changed.

        `of_figures`: a period whose answer comes from figures of days, if all are counted: hits then leave it as it is until
        they are counted again.
        """

        def with_caveats() -> tuple[T, Caveats]:
            others, self.caveats = self.caveats, Caveats()
            try:
                return work(), self.caveats
            finally:
                self.caveats = others

        with self.snapshot() as snapshot:
            of_before = self.takes_figures_of_before(reading.site)
            lasts = of_figures is not None and of_before and self._are_all_counted(snapshot, reading, of_figures)
            found, caveats = snapshot.once(reading, (question, of_before, lasts), with_caveats, of_figures=lasts)
        self.caveats.add(caveats)
        return cast(T, found)

    def _are_all_counted(self, snapshot: Snapshot, reading: Reading, period: Period) -> bool:
        if cut_day(period) is not None:
            return False
        zone = period.time_zone
        # What the last change concerns is asked of all that the site has: once for a page's periods that go on.
        whole = Reading(reading.site, _FIRST, _LAST)
        is_of_last_change = snapshot.revision(whole) == snapshot.revision(reading)
        return (is_of_last_change and _has_counted(snapshot, whole, zone)) or _has_counted(snapshot, reading, zone)

    def find_out_coverage(self, site: str, zone: ZoneInfo) -> None:
        """Finds out whether all days of a site have figures, which each of its pages asks."""
        with self.snapshot() as snapshot:
            _has_counted(snapshot, Reading(site, _FIRST, _LAST), zone)

    def takes_figures_of_now(self) -> None:
        """From here on the figures of open days are worked out from their events."""
        self._lags = {}
        self.notes = Notes(expected=self.notes.expected)

    def beneath(self, store_of: Callable[[EventStore], EventStore]) -> EventStore:
        """The moment of the store that `store_of` finds beneath this one's: as good as of the same state, and open as long."""
        if self._beneath is None:
            found = store_of(self._store)
            self._beneath = self if found is self._store else Moment(found, self._stack, of_now=self._of_now)
        return cast(EventStore, self._beneath)

    def takes_figures_of_before(self, site: str) -> bool:
        """Whether figures of the site's open days are good enough."""
        return not self._of_now and self._lags.get(site, math.inf) <= _OLDEST_SECONDS


def _has_counted(snapshot: Snapshot, what: Reading, zone: ZoneInfo) -> bool:
    question = ("are all counted", zone.key)
    return bool(snapshot.once(what, question, lambda: are_all_counted(snapshot, what, zone)))


def rows_of_page(store: EventStore, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a statement, for a page of the state that it has anyway."""
    if not isinstance(store, Moment):
        return store.rows(statement)
    with store.snapshot() as snapshot:
        return snapshot.rows(statement)


def expect(store: EventStore, dimensions: Iterable[str]) -> None:
    """Says by what a page is going to ask, so that a day that has to be worked out is, once for all of them."""
    if isinstance(store, Moment):
        store.notes.expected = tuple(dimensions)


def once(store: EventStore, scope: Scope, question: Hashable, work: Callable[[], T]) -> T:
    """As `Moment.once` for a scope; of other stores all is answered anew. Filtered events are not kept by day: each hit changes them."""
    if not isinstance(store, Moment):
        return work()
    return store.once(_reading(scope), (question, scope), work, of_figures=None if scope.filters else scope.period)


def _reading(scope: Scope) -> Reading:
    """All up to a scope's end. In whatever zone its last day ends, that is before the end of the next one in UTC."""
    return Reading(scope.site, _FIRST, datetime.combine(scope.period.end + timedelta(days=1), time()))


def once_of_past(store: EventStore, scope: Scope, question: Hashable, work: Callable[[], T]) -> T:
    """The same for what only the events before a period's end are asked for: it is kept whatever comes afterwards."""
    if not isinstance(store, Moment):
        return work()
    reading = Reading(scope.site, _FIRST, naive(scope.period.end_at))
    return store.once(reading, ("of past", question, scope), work)


def once_of_site(
    store: EventStore, site: str, question: Hashable, work: Callable[[], T], *, of_figures: Period | None = None
) -> T:
    """The same for what may depend on all that a site has; the question says all else on which it depends."""
    if not isinstance(store, Moment):
        return work()
    return store.once(Reading(site, _FIRST, _LAST), question, work, of_figures=of_figures)


def up_to_date(store: EventStore) -> EventStore:
    """The same moment, whose figures of open days lack no event from here on."""
    if isinstance(store, Moment):
        store.takes_figures_of_now()
    return store


def caveats_of(store: EventStore) -> Caveats:
    """What is to be said of the figures that a moment has given so far."""
    return store.caveats if isinstance(store, Moment) else Caveats()


@contextmanager
def moment(store: EventStore) -> Iterator[EventStore]:
    """A store for one page: rollups answer all of its questions for one moment."""
    with ExitStack() as stack:
        yield cast(EventStore, Moment(store, stack))


@contextmanager
def present(store: EventStore) -> Iterator[EventStore]:
    """A store for several questions: a page's moment, or else the present one, of which all figures are."""
    if isinstance(store, Moment):
        yield store
        return
    with ExitStack() as stack:
        yield cast(EventStore, Moment(store, stack, of_now=True))


def noted(store: EventStore, what: Hashable, work: Callable[[], T]) -> T:
    """What `work` returns, for a page or for several questions of the present only once."""
    if not isinstance(store, Moment):
        return work()
    if what not in store.notes.noted:
        store.notes.noted[what] = work()
    return cast(T, store.notes.noted[what])


def once_of_present(store: EventStore, scope: Scope, question: Hashable, work: Callable[[EventStore], T]) -> T:
    """What `work` returns of one state of the store; for a page it may be kept (`Moment.once`)."""
    with present(store) as opened:
        page = cast(Moment, opened)
        of_figures = scope.period if reads_kept_rows(scope.filters) else None
        return page.once(_reading(scope), (question, scope), lambda: work(opened), of_figures=of_figures)


def reads_kept_rows(filters: Collection[Filter]) -> bool:
    """Whether what companies did is read from rows that are kept of days: which companies these are is all that is asked."""
    return all(isinstance(one, Comparison) and one.dimension is Dimension.COMPANY for one in filters)
