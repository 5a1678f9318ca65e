"""What pages asked lately is asked again while figures are counted, so that the next page finds the answers with the figures.

Until then pages have the answers about the figures before, all of them. An overview comes first, then lists, then the rest: figures
wait for the first of them, and for others only where these take no longer than there is time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Select

from tracker.stats.rollups.moment import Moment, moment
from tracker.store.answering.lately import Question
from tracker.store.protocol import EventStore, Snapshot

# So long figures wait for answers that are made of them. For the first of these they wait as long as it takes.
SECONDS = 0.75


class Place(IntEnum):
    """In which order questions are asked again, whatever was asked last."""

    OVERVIEW = 0
    LIST = 1
    OTHER = 2


def asked(
    store: EventStore,
    site: str,
    question: Hashable,
    ask: Callable[[EventStore], object],
    *,
    place: Place = Place.OTHER,
) -> None:
    """Notes that somebody asked a site's figures something; `ask` asks it of a page, and holds nothing that was read before."""
    lately = getattr(store, "lately", None)  # that of a store that keeps answers
    if lately is not None:
        lately.note(site, question, ask, place=place)


def seen_last(store: EventStore) -> list[str]:
    """The sites that somebody looked at lately, the last one first."""
    lately = getattr(store, "lately", None)
    return [] if lately is None else list(lately.sites())


def make_ready(
    store: EventStore,
    snapshot: Snapshot,
    site: str,
    read: Callable[[EventStore], EventStore],
    *,
    seconds: float = SECONDS,
) -> Left | None:
    """Asks again what pages asked lately, of a snapshot that was just counted; `read` makes of a store that which pages have.

    The figures wait for the first question, and then for those that took no longer the last time than is left of so many seconds.
    Returns what is left to ask once they are seen: also what was never asked again, of which nobody knows how long it takes.
    What raises is not asked again: counting must not depend on it.
    """
    lately = getattr(store, "lately", None)
    if lately is None or not (questions := lately.take(site)):
        return None
    until = time.monotonic() + seconds
    answered: dict[Hashable, Question] = {}
    with moment(read(cast(EventStore, _OfSnapshot(store, snapshot, site)))) as page:
        for name, question in _in_order(questions):
            if not answered or _fits(question, until - time.monotonic()):
                answered[name] = _ask(question, page)
    lately.put_back(site, {name: answered[name] for name in questions if name in answered})
    left = {name: one for name, one in questions.items() if name not in answered}
    return Left(store, site, read, left) if left else None


def _in_order(questions: Mapping[Hashable, Question]) -> list[tuple[Hashable, Question]]:
    """By their places, those asked last first."""
    last_first = [*questions.items()][::-1]
    return sorted(last_first, key=lambda one: one[1].place)


def _fits(question: Question, seconds: float) -> bool:
    return question.seconds is not None and question.seconds <= seconds


def _ask(question: Question, page: EventStore) -> Question:
    """The question, with how long it takes."""
    begun = time.monotonic()
    question.ask(page)
    return question._replace(seconds=time.monotonic() - begun)


@dataclass
class Left:
    """What pages asked of a site lately, and is not asked again yet since its figures were counted."""

    store: EventStore
    site: str
    read: Callable[[EventStore], EventStore]
    questions: Mapping[Hashable, Question]

    def ask(self, goes_on: Callable[[], bool]) -> None:
        """Asks it of the figures as they are seen, as long as it `goes_on`. Whoever asks meanwhile has what is asked for them alone."""
        answered: dict[Hashable, Question] = {}
        with moment(self.read(self.store)) as page:
            for name, question in _in_order(self.questions):
                if not goes_on():
                    break
                answered[name] = _ask(question, page)
        self.store.lately.put_back(self.site, {**self.questions, **answered})  # type: ignore[attr-defined]


def find_out_coverage(store: EventStore, site: str, zone: ZoneInfo, read: Callable[[EventStore], EventStore]) -> None:
    """Finds out for pages, once days were counted, whether all of a site's have figures; for nobody where nobody looked lately."""
    lately = getattr(store, "lately", None)
    if lately is not None and lately.is_asked(site):
        with moment(read(store)) as page:
            cast(Moment, page).find_out_coverage(site, zone)


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
