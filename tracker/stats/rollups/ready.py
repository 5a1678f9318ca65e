"""What pages asked lately is asked again while figures are counted, so that the next page finds the answers with the figures.

Until then pages have the answers about the figures before, all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Select

from tracker.stats.rollups.moment import moment
from tracker.store.protocol import EventStore, Snapshot


def asked(store: EventStore, site: str, question: Hashable, ask: Callable[[EventStore], object]) -> None:
    """Notes that somebody asked a site's figures something; `ask` asks it of a page, and holds nothing that was read before."""
    lately = getattr(store, "lately", None)  # that of a store that keeps answers
    if lately is not None:
        lately.note(site, question, ask)


def make_ready(store: EventStore, snapshot: Snapshot, site: str, read: Callable[[EventStore], EventStore]) -> None:
    """Asks again what pages asked lately, of a snapshot that was just counted; `read` makes of a store that which pages have.

    What raises is not asked again: counting must not depend on it.
    """
    lately = getattr(store, "lately", None)
    if lately is None or not (questions := lately.take(site)):
        return
    with moment(read(cast(EventStore, _OfSnapshot(store, snapshot, site)))) as page:
        for question in questions.values():
            question.ask(page)
    lately.put_back(site, questions)


class _OfSnapshot:
    """A store of which only one snapshot is read; its other attributes are the store's."""

    def __init__(self, store: EventStore, snapshot: Snapshot, site: str) -> None:
        self._store = store
        self._snapshot = snapshot
        self._site = site

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def rows(self, statement: Select[Any]) -> Any:
        return self._snapshot.rows(statement)

    def frame(self, statement: Select[Any]) -> Any:
        return self._snapshot.frame(statement)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        yield self._snapshot

    def lags(self) -> dict[str, float]:
        """The figures of the site are those of the snapshot."""
        return {self._site: 0.0}
