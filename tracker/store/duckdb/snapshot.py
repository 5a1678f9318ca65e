"""One state of a DuckDB store: what is asked of it, what is worked out and held in it, and what it reads in the place of all events."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from tracker.store.changes.added import SOME_EVENTS, Columns, added_events
from tracker.store.changes.revisions import State
from tracker.store.duckdb.frames import read_frame
from tracker.store.duckdb.insertion import insert_rows
from tracker.store.reading import Reading
from tracker.store.schema import KEPT_ROWS, held_rollup_ids, held_rollups

if TYPE_CHECKING:
    import pandas as pd

# What a snapshot sees of all changes, and of those of figures of days alone.
SeenStates = tuple[State | None, State | None]


class DuckDBSnapshot:
    """A Snapshot (`tracker.store.protocol`) in a transaction, which is rolled back in the end."""

    def __init__(
        self, connection: Connection, states: SeenStates = (None, None), *, added: Sequence[Columns] | None = None
    ) -> None:
        """`added` are the batches of a site since its days were counted, where these are counted now and all are known."""
        self._connection = connection
        self._added = added
        self._read_instead = 0
        self._holds_added = False
        self._of_all, self._of_figures = states
        self._holds = False
        self.holds_rows = False

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(statement).all()

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return read_frame(self._connection, statement)

    def hold(self, rows: Sequence[Select[Any]], ids: Select[Any] | None) -> None:
        """Adds figures of days to the tables that only this snapshot sees."""
        if not self._holds:
            self._holds = True
            held_rollups.metadata.create_all(self._connection, checkfirst=False)
        both = [(held_rollups, one) for one in rows] + ([] if ids is None else [(held_rollup_ids, ids)])
        for table, statement in both:
            names = [column.name for column in statement.selected_columns]
            self._connection.execute(table.insert().from_select(names, statement))

    def hold_rows(self, table: Table, rows: Select[Any]) -> None:
        """Adds rows of days to the table that holds what is to be kept in another one."""
        if not self.holds_rows:
            self.holds_rows = True
            for held in KEPT_ROWS.values():
                held.create(self._connection, checkfirst=False)
        names = [column.name for column in rows.selected_columns]
        self._connection.execute(KEPT_ROWS[table].insert().from_select(names, rows))

    def added(self, site: str) -> int | None:
        """Puts what was added to a site since its days were counted into a table, and returns how many events; None where it is not known."""
        if self._added is None:
            return None
        added_events.create(self._connection, checkfirst=False)
        self._holds_added = True
        for columns in self._added:
            insert_rows(self._connection, added_events, columns)
        of_site = select(func.count()).where(added_events.c.site == site)
        return int(self._connection.execute(of_site).scalar_one())

    @contextmanager
    def reading(self, rows: Select[Any]) -> Iterator[None]:
        """While this is open, statements read these rows of events in the place of all."""
        table = SOME_EVENTS[self._read_instead]
        table.create(self._connection, checkfirst=False)
        self._connection.execute(table.insert().from_select(list(table.columns.keys()), rows))
        self._read(table)
        self._read_instead += 1
        yield
        self._read_instead -= 1
        self._read(SOME_EVENTS[self._read_instead - 1] if self._read_instead else None)
        table.drop(self._connection, checkfirst=False)

    def _read(self, table: Table | None) -> None:
        """A temporary view hides the table of its name."""
        if table is None:
            self._connection.exec_driver_sql("DROP VIEW temp.events")
            return
        statement = f"CREATE OR REPLACE TEMPORARY VIEW events AS SELECT * FROM {table.name}"  # noqa: S608 - one of two
        self._connection.exec_driver_sql(statement)

    def revision(self, reading: Reading, *, of_figures: bool = False) -> int | None:
        """The number of the last change of what is read; None where that is not known."""
        state = self._of_figures if of_figures else self._of_all
        return None if state is None else state.revision(reading)

    def once(
        self,
        reading: Reading,  # noqa: ARG002 - part of the protocol
        question: Hashable,  # noqa: ARG002
        work: Callable[[], Any],
        *,
        of_figures: bool = False,  # noqa: ARG002
    ) -> Any:
        """It keeps no answers."""
        return work()

    def let_go(self) -> None:
        """Drops what it holds, for a transaction that is committed."""
        if self._holds:
            held_rollups.metadata.drop_all(self._connection, checkfirst=False)
        if self.holds_rows:
            for held in KEPT_ROWS.values():
                held.drop(self._connection, checkfirst=False)
        self._holds = self.holds_rows = False

    def let_go_of_added(self) -> None:
        """Drops the table of what was added."""
        if self._holds_added:
            added_events.drop(self._connection, checkfirst=False)
        self._holds_added = False

    def corrects_companies(self, site: str) -> bool:  # noqa: ARG002 - part of the protocol
        """It reads what is stored."""
        return False
