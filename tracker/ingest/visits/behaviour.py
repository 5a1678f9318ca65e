"""Detects bots by the behaviour in a visit. Pure, with little memory for each visit.

Only a page with the snippet in a browser is judged: it alone reports reading time. A hit of another client may come
from a server that passes on many people's, and a line of a log has no reading time to miss.
"""

from __future__ import annotations

from tracker.enrichment.bots import BotRule, NamelessBot
from tracker.enrichment.event import ENGAGEMENT, PAGEVIEW

# What is stored of a visit that was judged by its behaviour.
BEHAVIOUR_NAMES = {
    BotRule.IMPOSSIBLE_RATE: NamelessBot.IMPOSSIBLE_RATE.value,
    BotRule.READS_NOTHING: NamelessBot.READS_NOTHING.value,
    BotRule.ONE_PAGE_MANY_IPS: NamelessBot.ONE_PAGE_MANY_IPS.value,
}

# Nobody opens twenty pages in ten seconds; a browser that restores its tabs opens the most.
FAST_PAGES = 20
FAST_US = 10 * 1_000_000
# This many pages with our snippet, none of which was ever in the foreground.
UNREAD_PAGES = 25


class Behaviour:
    """One visit's behaviour. `see` takes its events in the order in which they arrive."""

    __slots__ = ("_moments", "_unread", "engaged")

    def __init__(self) -> None:
        self.engaged = False
        self._moments: tuple[int, ...] = ()
        self._unread = 0

    def see(self, name: str, occurred_at: int, engaged_ms: int, *, scripted: bool) -> BotRule | None:
        """Takes one more event. Returns the rule by which the visit is a bot's, or None while it may be a person's.

        `occurred_at` in µs since 1970; `scripted` for an event of the snippet, which reports reading time.
        """
        if name == ENGAGEMENT:
            self.engaged = self.engaged or engaged_ms > 0
            return None
        if name != PAGEVIEW:
            self.engaged = True  # a click, a form, a file: what a page's own script saw somebody do
            return None
        if not scripted:
            return None
        self._unread += 1
        before = self._moments
        # As people's do nearly always, it comes too late to be in ten seconds with the page before.
        if not before or occurred_at - before[-1] >= FAST_US:
            self._moments = (occurred_at,)
        else:
            self._moments = moments = (*before[1 - FAST_PAGES :], occurred_at)
            if len(moments) == FAST_PAGES and max(moments) - min(moments) < FAST_US:
                return BotRule.IMPOSSIBLE_RATE
        return BotRule.READS_NOTHING if self._unread >= UNREAD_PAGES and not self.engaged else None


def is_scripted(screen_width: int | None, title: str | None, language: str | None, *, has_event_id: bool) -> bool:
    """Whether an event came from the snippet: it gives each event an id, the screen's width, the title and the language."""
    return has_event_id and screen_width is not None and title is not None and language is not None
