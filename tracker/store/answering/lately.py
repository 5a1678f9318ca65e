"""Which questions of sites were asked lately, and how to ask them again when the figures that they are about have changed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tracker.store.protocol import EventStore

SITES = 50
QUESTIONS = 6
_SECONDS = 600.0


class Question(NamedTuple):
    """`ask` asks it of a store, and depends on nothing else that changes.

    Those with a lower `place` are asked again first. `seconds`: how long that took last; None where it was not asked again yet.
    """

    asked_at: float
    ask: Callable[[EventStore], object]
    place: int = 0
    seconds: float | None = None


Questions = OrderedDict[Hashable, Question]


class Lately:
    """The questions asked last, QUESTIONS of each site, of the SITES that somebody looked at last."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sites: OrderedDict[str, Questions] = OrderedDict()

    def note(self, site: str, question: Hashable, ask: Callable[[EventStore], object], *, place: int = 0) -> None:
        """Notes a question that somebody asked now."""
        with self._lock:
            questions = self._sites.setdefault(site, OrderedDict())
            seconds = questions[question].seconds if question in questions else None
            questions[question] = Question(self._monotonic(), ask, place, seconds)
            questions.move_to_end(question)
            self._sites.move_to_end(site)
            if len(questions) > QUESTIONS:
                questions.popitem(last=False)
            if len(self._sites) > SITES:
                self._sites.popitem(last=False)

    def sites(self) -> list[str]:
        """The sites that somebody asked something of, the last one first."""
        with self._lock:
            return sorted(self._sites, key=self._asked_last, reverse=True)

    def _asked_last(self, site: str) -> float:
        return max((one.asked_at for one in self._sites[site].values()), default=0.0)

    def is_asked(self, site: str) -> bool:
        """Whether anything is noted of a site."""
        with self._lock:
            return site in self._sites

    def take(self, site: str) -> Questions:
        """Takes out what was asked of a site within the last minutes; the rest is forgotten."""
        since = self._monotonic() - _SECONDS
        with self._lock:
            found = self._sites.pop(site, OrderedDict())
            return OrderedDict((question, one) for question, one in found.items() if one.asked_at >= since)

    def put_back(self, site: str, questions: Mapping[Hashable, Question]) -> None:
        """Puts back what was taken out, behind what was asked since."""
        with self._lock:
            since = self._sites.get(site, OrderedDict())
            both = [(question, one) for question, one in questions.items() if question not in since]
            for question, one in since.items():
                known = questions.get(question, one).seconds
                both.append((question, one._replace(seconds=one.seconds if known is None else known)))
            self._sites[site] = OrderedDict(both[-QUESTIONS:])
