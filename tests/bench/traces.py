"""A plain Chromium that writes traces, and what one script had a page's main thread do according to them.

Nobody inspects the pages but the trace: with a debugger's domains on (Playwright's, DevTools' console) Chromium collects
stacks and sources for them, and a script seems to cost up to twice as much.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from tests.chromium import PlainChromium

# `toplevel` has the tasks, `devtools.timeline` and `v8` what DevTools' performance panel shows of a script.
_CATEGORIES = ["devtools.timeline", "v8", "toplevel"]
# What a script has the main thread do by itself: compile it, run it, answer its events, its timers and its fetch.
_OWN = {"EvaluateScript", "v8.compile", "v8.run", "FunctionCall", "v8.callFunction", "RunMicrotasks"}

Event = dict[str, Any]


class TracingChromium(PlainChromium):
    """A PlainChromium that records what happens between `start_trace` and `end_trace`."""

    _events: list[Event]
    _complete: bool

    def start_trace(self) -> None:
        self._events, self._complete = [], False
        self.call("Tracing.start", traceConfig={"includedCategories": _CATEGORIES}, transferMode="ReportEvents")

    def end_trace(self) -> list[Event]:
        self.call("Tracing.end")
        while not self._complete:
            self._next_message()
        return self._events

    def _next_message(self) -> dict[str, Any]:
        message = super()._next_message()
        if message.get("method") == "Tracing.dataCollected":
            self._events += message["params"]["value"]
        elif message.get("method") == "Tracing.tracingComplete":
            self._complete = True
        return message


@dataclass(frozen=True)
class Cost:
    """Milliseconds of the main thread's processor time in one load: the wall's clock would count other processes."""

    until_load: float
    after_load: float
    # What the script did on the page before, when it was left: told apart, since no reader waits for it on this one.
    leaving: float
    # Layout of the page that the script was the first to ask for. The page pays for it sooner or later: not in the above.
    layout: float
    # All that the main thread did for this page, the script or not.
    page: float


def cost(events: list[Event], *, script: str, page: str) -> Cost:
    """The cost of the script whose address has `script` in it, on the page whose address ends in `page`."""
    begin = next(
        event
        for event in events
        if event["name"] == "ParseHTML" and event["args"].get("beginData", {}).get("url", "").endswith(page)
    )
    thread = begin["pid"], begin["tid"]
    # A task that began before the trace has no time of the thread.
    complete = [event for event in events if event.get("ph") == "X" and "tts" in event]
    spans = [event for event in complete if (event["pid"], event["tid"]) == thread]
    own = [event for event in spans if event["name"] in _OWN and script in json.dumps(event["args"])]
    loaded = max(event["ts"] for event in events if event["name"] == "MarkLoad" and event["pid"] == thread[0])
    forced = [event for event in spans if event["name"] in {"Layout", "UpdateLayoutTree"} and _within(event, own)]

    def between(start: float, end: float) -> float:
        parts = ([event for event in group if start <= event["ts"] < end] for group in (own, forced))
        return _ms(next(parts)) - _ms(next(parts))

    return Cost(
        until_load=between(begin["ts"], loaded),
        after_load=between(loaded, math.inf),
        leaving=between(0, begin["ts"]),
        layout=_ms([event for event in forced if event["ts"] >= begin["ts"]]),
        page=_ms([one for one in spans if one["name"].endswith("RunTask") and one["ts"] + one["dur"] > begin["ts"]]),
    )


def _within(event: Event, others: list[Event]) -> bool:
    return any(other["ts"] <= event["ts"] < other["ts"] + other.get("dur", 0) for other in others)


def _ms(events: list[Event]) -> float:
    """The thread's time of the outermost events: nested ones are in them already."""
    total = end = 0
    for begins, ends in sorted((event["tts"], event["tts"] + event.get("tdur", 0)) for event in events):
        total += max(0, ends - max(begins, end))
        end = max(end, ends)
    return total / 1000
