"""Detects botnets: one page, opened from hundreds of IP addresses with the same user agent, and read by nobody.

People who open a popular page have many user agents and referrers, and go on to other pages. A crowd that does none of
this within a day is taken for a bot as a whole. Pure; memory is bounded, and begins anew with the process.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable
from typing import Any, NamedTuple

from tracker.enrichment.agent import Agent
from tracker.enrichment.event import Event

CROWD = 200
_WINDOW_US = 24 * 3600 * 1_000_000
# Of the agent's visits to the site, and of the page's visits: an agent that many have goes everywhere, a page that
# many like is opened by every agent.
_OF_AGENT = 0.95
_OF_PAGE = 0.6
_MAX_KEYS = 20_000
# More visits than this of one user agent to one page are taken for people's.
_MOST_VISITS = 5_000
_LONGEST_PATH = 200


class CrowdKey(NamedTuple):
    """The site, page and user agent that a crowd's visits share."""

    site: str
    path: str | None
    agent: Agent


class _Crowd:
    __slots__ = ("alive", "judged", "visit_ids")

    def __init__(self) -> None:
        self.visit_ids: list[int] = []
        self.alive = False  # somebody in it read on
        self.judged = False


class Crowds:
    """Counts the first pages of visits by site, page and agent."""

    def __init__(self) -> None:
        self._crowds: OrderedDict[CrowdKey, _Crowd] = OrderedDict()
        self._visits_of_agent: Counter[tuple[str, Agent]] = Counter()
        self._visits_of_page: Counter[tuple[str, str | None]] = Counter()
        self._window_us = 0

    def begin(self, event: Event) -> tuple[CrowdKey, list[int]]:
        """Counts a visit's first page. Returns its key, and the visits that are now a bot's, this one included."""
        self._turn(event.occurred_at)
        path = event.path[:_LONGEST_PATH] if event.path else None
        key = CrowdKey(event.site, path, event.facts.agent)
        _count(self._visits_of_agent, (key.site, key.agent))
        _count(self._visits_of_page, (key.site, key.path))
        crowd = self._crowds.get(key)
        if crowd is None:
            crowd = self._crowds[key] = _Crowd()
            if len(self._crowds) > _MAX_KEYS:
                self._crowds.popitem(last=False)
        self._crowds.move_to_end(key)
        crowd.alive = crowd.alive or event.facts.source.referrer is not None
        if crowd.alive:
            return key, []
        if crowd.judged:
            return key, [event.visit_id]
        crowd.visit_ids.append(event.visit_id)
        if len(crowd.visit_ids) < CROWD or not self._stands_out(key, len(crowd.visit_ids)):
            if len(crowd.visit_ids) > _MOST_VISITS:
                crowd.alive, crowd.visit_ids = True, []
            return key, []
        crowd.judged = True
        judged, crowd.visit_ids = crowd.visit_ids, []
        return key, judged

    def read_on(self, key: CrowdKey) -> None:
        """Notes that a visit of a crowd read or opened another page: the crowd is one of people."""
        crowd = self._crowds.get(key)
        if crowd is not None and not crowd.judged:
            crowd.alive = True
            crowd.visit_ids = []

    def _stands_out(self, key: CrowdKey, visits: int) -> bool:
        of_agent = self._visits_of_agent.get((key.site, key.agent))
        of_page = self._visits_of_page.get((key.site, key.path))
        if of_agent is None or of_page is None:
            return False
        return visits >= _OF_AGENT * of_agent and visits >= _OF_PAGE * of_page

    def _turn(self, now_us: int) -> None:
        """Starts a new day's window. An event out of order, as of an old log, belongs to the current window."""
        if now_us - self._window_us > _WINDOW_US:
            self._window_us = now_us
            self._crowds.clear()
            self._visits_of_agent.clear()
            self._visits_of_page.clear()


def _count(counter: Counter[Any], key: Hashable) -> None:
    """Counts one more, unless that would be one key too many; such visits are not judged as a crowd."""
    if key in counter or len(counter) < _MAX_KEYS:
        counter[key] += 1
