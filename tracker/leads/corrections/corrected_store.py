"""The event store as reports read it: with the corrections to companies applied to each statement; no event is rewritten.

Owns where corrections are applied: every statement reads the table of events with the corrected columns in place of
the stored ones. Figures by company that are kept by day know of no correction: they are counted from events where there is
one (`corrects_companies`). Whoever stores or counts days has the store itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import FromClause, Row, Select, Table, select
from sqlalchemy.sql import visitors

from tracker.leads.corrections.rules import Rules
from tracker.leads.corrections.shown_names import ShownNames
from tracker.stats.rollups.moment import Moment
from tracker.store.protocol import EventStore, Snapshot
from tracker.store.reading import Reading, reading_of
from tracker.store.schema import KEPT_ROWS, events

if TYPE_CHECKING:
    import pandas as pd


_CORRECTED = frozenset(table for table in (events, *KEPT_ROWS) if "company" in table.c)


def corrected_statement(statement: Select[Any], rules: Rules) -> Select[Any]:
    """The statement over corrected events."""
    read = reading_of(statement)
    if not rules or (read is not None and not rules.concern(read.site)):
        return statement
    instead: dict[Any, Any] = {}

    def view(table: Any) -> Any:
        if table not in instead:
            instead[table] = _view(table, rules.corrected(table))
        return instead[table]

    def replace(element: Any, **_: Any) -> Any:
        if element in _CORRECTED:
            return view(element)
        table = getattr(element, "table", None)
        return view(table).c[element.name] if table in _CORRECTED else None

    return cast("Select[Any]", visitors.replacement_traverse(statement, {}, replace))


def _view(table: FromClause, corrected: dict[str, Any]) -> FromClause:
    columns = [corrected[one.name].label(one.name) if one.name in corrected else one for one in table.c]
    return select(*columns).subquery(f"corrected_{table.description}")


def stored(store: EventStore) -> EventStore:
    """The store itself, whose events are as they are: what counts days reads it, and what gives companies their ids."""
    if isinstance(store, Moment):
        return store.beneath(_stored_now)
    return cast("EventStore", getattr(store, "stored", store))


def _stored_now(store: EventStore) -> EventStore:
    """The same of a moment's store, whose corrections stay as they are: where there are none it is that store, with what it noted."""
    rules = getattr(store, "rules", None)
    return store if rules is not None and not rules() else stored(store)


def shown_names(store: EventStore, site: str) -> ShownNames:
    """The corrections of the names of a site, as a store applies them; none for a store that corrects nothing."""
    rules = getattr(store, "rules", None)
    return ShownNames() if rules is None else rules().shown_names(site)


class CorrectedSnapshot:
    """A snapshot whose statements are corrected; what it holds is not."""

    def __init__(self, snapshot: Snapshot, rules: Rules) -> None:
        self._snapshot = snapshot
        self._rules = rules

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._snapshot.rows(corrected_statement(statement, self._rules))

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return self._snapshot.frame(corrected_statement(statement, self._rules))

    def hold(self, rows: Sequence[Select[Any]], ids: Select[Any] | None) -> None:
        self._snapshot.hold(rows, ids)

    def hold_rows(self, table: Table, rows: Select[Any]) -> None:
        self._snapshot.hold_rows(table, rows)

    def revision(self, reading: Reading, *, of_figures: bool = False) -> int | None:
        return self._snapshot.revision(reading, of_figures=of_figures)

    def once(self, reading: Reading, question: Hashable, work: Callable[[], Any], *, of_figures: bool = False) -> Any:
        rules = self._rules.all if self._rules.concern(reading.site) else ()
        return self._snapshot.once(reading, (question, rules), work, of_figures=of_figures)

    def corrects_companies(self, site: str) -> bool:
        return self._rules.concern(site)


class CorrectedStore:
    """An event store whose statements are corrected; `rules` returns the corrections as they are now."""

    def __init__(self, store: EventStore, rules: Callable[[], Rules]) -> None:
        self.stored = store
        self.rules = rules

    def rows(self, statement: Select[Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        return self.stored.rows(corrected_statement(statement, self.rules()))

    def frame(self, statement: Select[Any]) -> pd.DataFrame:
        return self.stored.frame(corrected_statement(statement, self.rules()))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with self.stored.snapshot() as found:
            yield CorrectedSnapshot(found, self.rules())

    def as_of_now(self) -> CorrectedStore:
        """The same with the corrections of one moment, which are read when they are asked for first."""
        return CorrectedStore(self.stored, cache(self.rules))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stored, name)
