"""Figures of days in DuckDB: counted from one state of the events, and sealed where none has changed meanwhile.

Days are worked out and stored without a lock, which may take a while; ingest goes on. Then, for some milliseconds, no
batch may be stored: the days that no batch concerned meanwhile are sealed. The others have figures of the moment at
which they were counted.

All days of a site that have figures and are not sealed have them of one moment. So whoever counts some of them anew takes
the figures of the rest out of use.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from threading import Lock

from sqlalchemy import Connection, Engine, select

from tracker.store.batch import Batch
from tracker.store.changes.added import AddedEvents, Columns
from tracker.store.changes.revisions import State, States
from tracker.store.duckdb.day_tables import final_days, seal_days, store_figures, store_rows
from tracker.store.duckdb.goals import KEPT_OF_GOALS, seal_goals, store_goals
from tracker.store.duckdb.snapshot import DuckDBSnapshot, SeenStates
from tracker.store.protocol import Snapshot, SnapshotToCount
from tracker.store.schema import (
    counted_days,
    counted_months,
    goal_days,
    month_rollup_ids,
    month_rollups,
    schema_version,
    sealed_days,
)
from tracker.store.seals import (
    KeptGoals,
    MonthOfFigures,
    SealedDay,
    Span,
)


class Seals:
    """Counts and seals days of a store, beside whoever changes its events."""

    def __init__(self, engine: Engine, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._changes = Lock()
        self._sealing = Lock()
        self._changed: list[tuple[Span, float]] | None = None
        # Since when events of a site have changed that its figures do not know; None where they know all.
        self._since: dict[str, float | None] = {}
        self._added = AddedEvents()
        self._states = States()
        self._figures = States()

    def states(self, connection: Connection) -> SeenStates:
        """The states that a transaction sees, which is begun by this."""
        of_all: list[State | None] = []

        def begin() -> None:
            of_all.append(self._states.seen_by(lambda: connection.execute(select(schema_version.c.version))))

        of_figures = self._figures.seen_by(begin)
        return of_all[0], of_figures

    def committing(self, spans: Sequence[Span]) -> AbstractContextManager[None]:
        """Around the commit of a transaction that changes events."""
        return self._states.committing((span.site, span.start_at.date()) for span in spans)

    @contextmanager
    def _committing_figures(self, site: str, earliest: date) -> Iterator[None]:
        """Around the commit of a transaction that changes figures of days."""
        with self._states.committing([(site, earliest)]), self._figures.committing([(site, earliest)]):
            yield

    @contextmanager
    def changing(self, batch: Batch | None = None) -> Iterator[list[Span]]:
        """While a transaction runs that adds a batch, or changes events otherwise: takes the spans that it concerns."""
        spans: list[Span] = []
        with self._changes:
            try:
                yield spans
            except BaseException:
                self._added.lose_all()  # a commit that failed may have been one
                raise
            self._note_added(batch, {span.site for span in spans})
            now = self._monotonic()
            for span in spans:
                if self._since.get(span.site, now) is None:
                    self._since[span.site] = now
            if self._changed is not None:
                self._changed += [(span, now) for span in spans]

    def _note_added(self, batch: Batch | None, sites: Collection[str]) -> None:
        if batch is None or batch.retracted:
            self._added.lose(sites)
        elif sites:
            self._added.note(sites, batch.columns)

    def lose_added(self) -> None:
        """Days are counted as a whole again: the store may not be what it was."""
        with self._changes:
            self._added.lose_all()

    def lags(self) -> dict[str, float]:
        """For how many seconds figures of sites have lacked events; sites that no day was counted of are not among them."""
        with self._changes:
            now = self._monotonic()
            return {site: 0.0 if since is None else now - since for site, since in self._since.items()}

    def count(
        self,
        site: str,
        work_out: Callable[[SnapshotToCount], Sequence[SealedDay]],
        *,
        ready: Callable[[Snapshot], object] | None = None,
        counted: Callable[[State], object] | None = None,
    ) -> set[date]:
        """Makes the rollups anew of the days that are worked out and held in a snapshot; returns those that are sealed."""
        with self._sealing, self._engine.connect() as connection:
            try:
                changed, added, seen = self._begin(connection, site)
                snapshot = DuckDBSnapshot(connection, added=added)
                days = work_out(snapshot)
                snapshot.let_go_of_added()
                earliest = store_figures(connection, site, days)
                store_rows(connection, site, days, held=snapshot.holds_rows)
                if ready is not None:
                    before = None if seen is None else seen.but(site, earliest)
                    self._ask(connection, (before, self._figures.now().but(site, earliest)), ready)
                with self._changes:
                    sealed = [day for day in days if not any(span.concerns(day) for span, _ in changed)]
                    seal_days(connection, sealed)
                    with self._committing_figures(site, earliest):
                        connection.commit()
                    self._since[site] = next((at for span, at in changed if span.site == site), None)
                if counted is not None:
                    counted(self._figures.now())
                return {day.day for day in sealed}
            except BaseException:
                with self._changes:
                    self._added.lose([site])
                raise
            finally:
                with self._changes:
                    self._changed = None

    def _begin(
        self, connection: Connection, site: str
    ) -> tuple[list[tuple[Span, float]], Sequence[Columns] | None, State | None]:
        """Begins a transaction that counts a site's days.

        Returns what is going to change, what was added before, which it sees, and the state of all that it sees.
        """
        changed: list[tuple[Span, float]] = []
        with self._changes:
            self._changed = changed
            connection.begin()
            seen, _ = self.states(connection)  # from here on it sees one state
            return changed, self._added.begin(site), seen

    def _ask(self, connection: Connection, states: SeenStates, ready: Callable[[Snapshot], object]) -> None:
        """Asks of what is counted and not committed yet."""
        snapshot = DuckDBSnapshot(connection, states)
        ready(snapshot)
        snapshot.let_go()

    @contextmanager
    def clearing(self, site: str) -> Iterator[None]:
        """While a transaction runs that removes all of a site: as `changing` and `committing`, and no day is counted meanwhile."""
        span = Span.always(site)
        with self._sealing, self.changing() as changed, self._committing_figures(site, span.start_at.date()):
            changed.append(span)
            yield

    def unseal(self, site: str, first: date, end: date) -> None:
        """Takes the figures of a site's days out of use, but of those that are final."""
        figures = self._committing_figures(site, date.min)
        with self._sealing, self._changes, figures, self._engine.begin() as connection:
            final = final_days(connection, site)
            connection.execute(counted_months.delete().where(counted_months.c.site == site))
            for table in (sealed_days, counted_days, goal_days):
                within = (table.c.site == site, table.c.day >= first, table.c.day < end)
                connection.execute(table.delete().where(*within, table.c.day.not_in(final)))

    def keep_goals(self, site: str, work_out: Callable[[Snapshot], KeptGoals | None]) -> set[date]:
        """Keeps what reached goals on sealed days; returns the days of which it is, as none of their events changed meanwhile."""
        with self._sealing:
            with self._changes:
                changed: list[tuple[Span, float]] = []
                self._changed = changed
            try:
                with self._engine.connect() as connection, connection.begin() as transaction:
                    kept = work_out(DuckDBSnapshot(connection))
                    if kept is None:
                        return set()
                    store_goals(connection, site, kept)
                    with self._changes:
                        days = [day for day in kept.days if not any(span.concerns(day) for span, _ in changed)]
                        seal_goals(connection, site, days, kept)
                        transaction.commit()
                return {day.day for day in days}
            finally:
                with self._changes:
                    self._changed = None

    def forget_goals(self, site: str, goals: Collection[str]) -> None:
        """Removes what is kept of a site's goals but these."""
        with self._sealing, self._engine.begin() as connection:
            for table in (goal_days, *KEPT_OF_GOALS):
                connection.execute(table.delete().where(table.c.site == site, table.c.goal.not_in(goals)))

    def count_month(self, work_out: Callable[[Snapshot], MonthOfFigures | None]) -> bool:
        """Makes a month's rollups of those of its days; False where it is not to be made."""
        with self._sealing, self._engine.begin() as connection:
            made = work_out(DuckDBSnapshot(connection))
            if made is None:
                return False
            month = made.month
            for kept, rows in ((month_rollups, made.rows), (month_rollup_ids, made.ids)):
                connection.execute(kept.delete().where(kept.c.site == month.site, kept.c.day == month.month))
                connection.execute(kept.insert().from_select([column.name for column in rows.selected_columns], rows))
            connection.execute(counted_months.insert(), [month._asdict()])
            return True
